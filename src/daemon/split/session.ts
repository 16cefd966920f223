/**
 * One modeler's counters at a sampler: an evaluator that counts for its rules and is asked for each tick. A session outlives its connection for a while, so that
 * a modeler that comes back goes on without a gap.
 */
import { type Bundle, readBundle } from '../../bundle/index.ts'
import { type CountedTick, createEvaluator, type Epoch, type Evaluator, type IngestReport, tickNsOf } from '../../evaluate/index.ts'
import type { Dictionary, Nanos, SpanTable } from '../../spans/index.ts'
import { countedMessage } from '../rpc/cells.ts'
import type { Configure, Count, StatisticsReply, StatisticsRequest } from '../rpc/messages.ts'

export type Send = (reply: StatisticsReply) => void

export interface SessionPlace {
  /** Of this run of the sampler. */
  readonly instance: string
  readonly dictionary: Dictionary
  readonly now: () => Nanos
}

/** The modeler is told this and the connection ends. */
export class Refusal extends Error {}

/** How often progress is told at least. */
const heartbeatNs = 1e9

export class Session {
  readonly #place: SessionPlace
  #bundle: Bundle
  #evaluator: Evaluator
  readonly #completeFrom: Nanos
  #send: Send | undefined
  #last: CountedTick | undefined
  /** What was last told, and when. */
  #told: { readonly watermark: Nanos; readonly at: Nanos } = { watermark: 0, at: Number.NEGATIVE_INFINITY }
  /** Since when nobody is connected. */
  leftAt: Nanos | undefined

  constructor(place: SessionPlace, configure: Configure) {
    this.#place = place
    this.#bundle = bundleOf(configure)
    // What had ended before now may have arrived before now, and was not counted.
    const startAt = place.now()
    this.#evaluator = this.#evaluatorOf(configure, { startAt })
    const { next = startAt } = this.#evaluator
    this.#completeFrom = next < startAt ? next + tickNsOf(this.#bundle) : next
  }

  get bundle(): Bundle {
    return this.#bundle
  }

  get openSpans(): number {
    return this.#evaluator.openSpans
  }

  /** A modeler has come, perhaps with other rules than before. */
  attach(send: Send, configure: Configure, resumed: boolean): void {
    this.#send = send
    this.leftAt = undefined
    if (resumed) this.#reconfigure(configure)
    const { layout } = this.#evaluator
    send({ configured: { instance: this.#place.instance, resumed, completeFrom: this.#completeFrom, layout } })
    this.#told = { watermark: 0, at: Number.NEGATIVE_INFINITY }
    this.look()
  }

  /** The connection of `send` has ended; another one may have taken its place. */
  detach(send: Send): void {
    if (this.#send !== send) return
    this.#send = undefined
    this.leftAt = this.#place.now()
  }

  request(request: StatisticsRequest): void {
    if (request.configure !== undefined) {
      if (this.#send !== undefined) this.attach(this.#send, request.configure, true)
    } else if (request.count !== undefined) this.#count(request.count)
    else throw new Refusal('the request is neither `configure` nor `count`')
  }

  ingest(table: SpanTable, now: Nanos): IngestReport {
    const report = this.#evaluator.ingest(table, now)
    this.look()
    return report
  }

  /** Tells how far the stream is, where that is news or the modeler might wonder. */
  look(): void {
    const now = this.#place.now()
    this.#evaluator.due(now)
    const { watermark = 0, openSpans } = this.#evaluator
    const tick = tickNsOf(this.#bundle)
    const news = watermark - (watermark % tick) > this.#told.watermark - (this.#told.watermark % tick)
    if (this.#send === undefined || (!news && now - this.#told.at < heartbeatNs)) return
    this.#told = { watermark, at: now }
    this.#send({ progress: { watermark, openSpans } })
  }

  #count({ start, end, epochs }: Count): void {
    if (this.#last?.end !== end) {
      const { next } = this.#evaluator
      if (!(end > start) || (next !== undefined && end <= next)) throw new Refusal(`the tick up to ${end} was closed before`)
      this.#last = this.#evaluator.count({ start, at: end, epochs: epochsOf(epochs) })
    }
    this.#send?.({ counted: countedMessage(this.#last) })
  }

  #reconfigure(configure: Configure): void {
    const bundle = bundleOf(configure)
    if (bundle.digest === this.#bundle.digest) return
    this.#bundle = bundle
    this.#evaluator = this.#evaluatorOf(configure, { previous: this.#evaluator })
  }

  #evaluatorOf({ lateness }: Configure, from: { readonly startAt: Nanos } | { readonly previous: Evaluator }): Evaluator {
    return createEvaluator({ bundle: this.#bundle, dictionary: this.#place.dictionary, latenessNs: lateness, part: 'counter', ...from })
  }
}

function bundleOf({ bundle }: Configure): Bundle {
  const read = readBundle(bundle)
  if ('error' in read) throw new Refusal(`the bundle cannot be read: ${read.error}`)
  return read.bundle
}

function epochsOf(epochs: Count['epochs']): ReadonlyMap<string, Epoch> {
  return new Map(
    Object.entries(epochs).map(([target, { since, pending = 0 }]): [string, Epoch] => [
      target,
      since === undefined ? { kind: 'pending', since: pending } : { kind: 'since', at: since },
    ]),
  )
}
