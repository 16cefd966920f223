/** Samplers and a modeler in virtual time and in one process: their messages go through the bytes that the wire would carry. */
import { type Bundle, compile, serialize } from '../../../src/bundle/index.ts'
import { statisticsReply, statisticsRequest } from '../../../src/daemon/rpc/messages.ts'
import { createGathering, type Gathering, type WireEvents } from '../../../src/daemon/split/gathering.ts'
import { type Connection, createSessions, type Sessions } from '../../../src/daemon/split/sessions.ts'
import { createEngine, type Engine } from '../../../src/engine/index.ts'
import { createDictionary, decodeRequest, type SpanTable } from '../../../src/spans/index.ts'
import { encodeRequest, type PlainSpan, service } from '../../support/otlp.ts'

export const begin = 1_700_000_000e9
export const latenessNs = 5e9

export function bundleOf(text: string): Bundle {
  const { bundle, diagnostics } = compile({ roots: [{ name: 'rules.scale', text }] }, { compiler: 'test' })
  if (bundle === undefined) throw new Error(JSON.stringify(diagnostics))
  return bundle
}

export interface Span {
  readonly service: string
  readonly operation: string
  /** Milliseconds after the beginning. */
  readonly endMs: number
  readonly durationMs: number
  readonly failed?: boolean
  readonly id: number
  readonly trace: number
}

export function bytesOf(spans: readonly Span[]): Uint8Array {
  return encodeRequest(spans.map((span) => service(span.service, [plain(span)])))
}

function plain({ operation, endMs, durationMs, failed, id, trace }: Span): PlainSpan {
  const end = BigInt(begin) + BigInt(endMs) * 1_000_000n
  return {
    traceId: trace.toString(16).padStart(32, '0'),
    spanId: id.toString(16).padStart(16, '0'),
    name: operation,
    kind: 2,
    start: end - BigInt(durationMs) * 1_000_000n,
    end,
    ...(failed === true ? { status: 2 } : {}),
  }
}

export function decodeInto(table: SpanTable, spans: readonly Span[]): SpanTable {
  table.clear()
  const decoded = decodeRequest(bytesOf(spans), table)
  if (!decoded.ok) throw new Error(decoded.message)
  return table
}

export interface Clock {
  now: number
}

/** A sampler's half, in a network that can be cut. */
export class SamplerPlace {
  readonly #clock: Clock
  readonly #keepNs: number
  readonly #maxOpenSpans: number
  #runs = 0
  readonly #name: string
  sessions: Sessions
  /** Whether connections work. */
  reachable = true
  readonly #connections = new Set<() => void>()

  constructor(clock: Clock, options: { readonly name?: string; readonly keepNs?: number; readonly maxOpenSpans?: number } = {}) {
    this.#name = options.name ?? 'sampler'
    this.#clock = clock
    this.#keepNs = options.keepNs ?? 60e9
    this.#maxOpenSpans = options.maxOpenSpans ?? 1e6
    this.sessions = this.#run()
  }

  #run(): Sessions {
    return createSessions({
      instance: `${this.#name}, run ${++this.#runs}`,
      dictionary: createDictionary(),
      now: () => this.#clock.now,
      keepNs: this.#keepNs,
      maxOpenSpans: this.#maxOpenSpans,
      projection: [],
    })
  }

  take(spans: readonly Span[]): void {
    if (spans.length > 0) this.sessions.ingest(decodeInto(this.sessions.table, spans), this.#clock.now)
  }

  /** Everything that it knew is gone. */
  kill(): void {
    this.cut()
    this.sessions = this.#run()
  }

  cut(): void {
    this.reachable = false
    for (const close of [...this.#connections]) close()
  }

  connect(events: WireEvents): Connection | undefined {
    if (!this.reachable) return undefined
    // What is on the way when the connection ends is lost.
    let open = true
    const connection = this.sessions.connect((reply) => {
      if (open) events.received(statisticsReply.decode(statisticsReply.encode(reply)))
    })
    const close = (): void => {
      open = false
      this.#connections.delete(close)
      connection.close()
      events.closed('connection refused')
    }
    this.#connections.add(close)
    return { request: (request) => connection.request(statisticsRequest.decode(statisticsRequest.encode(request))), close }
  }
}

export interface ModelerPlace {
  readonly engine: Engine
  readonly gathering: Gathering
  readonly messages: string[]
  /** Connects again where a connection was lost, and looks at the clock. */
  look(): void
}

export function modelerOf(bundle: Bundle, samplers: readonly SamplerPlace[], clock: Clock, patienceNs = 10e9): ModelerPlace {
  const engine = createEngine({ bundle, latenessNs, startAt: clock.now, countedElsewhere: true })
  const messages: string[] = []
  const reconnects: (() => void)[] = []
  const gathering = createGathering({
    samplers: samplers.map((_, i) => `sampler-${i}`),
    session: 'modeler',
    now: () => clock.now,
    patienceNs,
    wake: () => {},
    changed: (sampler, message) => messages.push(`${sampler}: ${message}`),
    connect(name, events) {
      const sampler = samplers[Number(name.slice(-1))] as SamplerPlace
      let connection: Connection | undefined
      const open = (): void => {
        if (connection !== undefined) return
        connection = sampler.connect({
          ...events,
          closed: (why) => {
            connection = undefined
            events.closed(why)
          },
        })
        if (connection !== undefined) events.opened()
      }
      reconnects.push(open)
      return { send: (request) => connection?.request(request), renew: () => connection?.close(), close: () => connection?.close() }
    },
  })
  gathering.configure({ bundle: serialize(bundle), latenessNs, layout: engine.layout })
  const look = (): void => {
    for (const open of reconnects) open()
    for (const { reachable, sessions } of samplers) if (reachable) sessions.look()
    gathering.look()
  }
  look()
  return { engine, gathering, messages, look }
}
