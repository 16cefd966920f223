/** Spans as a test writes them, as tables, and back. */
import type { AttributeRef } from '../../../src/bundle/index.ts'
import {
  type AssembledSpans,
  type Assembler,
  type AssemblyOptions,
  attributeNumber,
  attributeText,
  createAssembler,
  createDictionary,
  type Dictionary,
  linkColumns,
  SpanTable,
} from '../../../src/spans/index.ts'

export type Kind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

export interface Span {
  /** A small number; 1 by default. */
  readonly trace?: number
  readonly id: number
  /** Undefined: a root. */
  readonly parent?: number
  readonly service: string
  readonly kind?: Kind
  /** Milliseconds. */
  readonly from: number
  readonly to: number
  readonly size?: number
  /** 2: an error. */
  readonly status?: number
  /** Its `peer.service`. */
  readonly peer?: string
  /** Of trace 1 where it does not say. */
  readonly links?: readonly { readonly trace?: number; readonly id: number }[]
}

const kinds: readonly Kind[] = ['internal', 'server', 'client', 'producer', 'consumer']
export const size: AttributeRef = { scope: 'span', name: 'size' }
const peerService: AttributeRef = { scope: 'span', name: 'peer.service' }
/** Where a test's time 0 lies. */
export const zero = 1_780_272_000_000_000_000
export const ms = 1e6

export function at(milliseconds: number): number {
  return zero + milliseconds * ms
}

export function tableOf(spans: readonly Span[], dictionary: Dictionary = createDictionary()): SpanTable {
  const named = spans.some(({ peer }) => peer !== undefined)
  const linked = spans.some(({ links }) => links !== undefined)
  const table = new SpanTable(dictionary, [size, ...(named ? [peerService] : []), ...(linked ? linkColumns : [])], Math.max(1, spans.length))
  for (const [row, span] of spans.entries()) {
    table.service[row] = dictionary.code(span.service)
    table.operation[row] = dictionary.code(`op${span.id}`)
    table.kind[row] = kinds.indexOf(span.kind ?? 'internal') + 1
    table.status[row] = span.status ?? 0
    writeTime(table.startTime, row, span.from)
    writeTime(table.endTime, row, span.to)
    table.duration[row] = Math.max(0, span.to - span.from) * ms
    writeId(table.traceId, row * 16, 16, span.trace ?? 1)
    writeId(table.spanId, row * 8, 8, span.id)
    if (span.parent !== undefined) writeId(table.parentSpanId, row * 8, 8, span.parent)
    table.links?.begin(row)
    for (const link of span.links ?? []) {
      const place = table.links?.place(row) ?? -1
      if (place < 0) continue
      const bytes = new Uint8Array(24)
      writeId(bytes, 0, 16, link.trace ?? 1)
      writeId(bytes, 16, 8, link.id)
      table.links?.words.set(new Uint32Array(bytes.buffer), place)
    }
    const peer = table.attributes[1]
    if (peer !== undefined && span.peer !== undefined) {
      peer.type[row] = attributeText
      peer.value[row] = dictionary.code(span.peer)
    }
    const column = table.attributes[0]
    if (column !== undefined && span.size !== undefined) {
      column.type[row] = attributeNumber
      column.value[row] = span.size
    }
  }
  table.length = spans.length
  return table
}

export const seconds = { idleNs: 5e9, maxAgeNs: 60e9, maxSpans: 10_000, maxSpansOfTrace: 1_000 } satisfies AssemblyOptions

export function assembler(options: Partial<AssemblyOptions> = {}): Assembler {
  return createAssembler({ ...seconds, ...options })
}

/** What the spans of one recording become. */
export function assembled(spans: readonly Span[], options: Partial<AssemblyOptions> = {}): readonly Row[] {
  const traces = assembler(options)
  traces.add(tableOf(spans))
  return rowsOf(traces.close(at(1e6), true))
}

export interface Row {
  readonly trace: number
  readonly id: number
  readonly kind: Kind
  readonly service: string
  /** Empty: none. */
  readonly peer: string
  /** Id of the parent's row. */
  readonly parent: number | undefined
  readonly depth: number
  /** Milliseconds, as all that follow. */
  readonly duration: number
  readonly self: number
  readonly seen: number
  readonly gap: number
  readonly own: number
  readonly critical: number
  readonly path: number
  readonly blame: number
}

export function rowsOf(out: AssembledSpans): readonly Row[] {
  const { spans } = out
  return Array.from({ length: spans.length }, (_, row) => {
    const parent = out.parent[row] as number
    return {
      trace: Number.parseInt(spans.traceIdOf(row), 16),
      id: Number.parseInt(spans.spanIdOf(row), 16),
      kind: kinds[(spans.kind[row] as number) - 1] as Kind,
      service: spans.dictionary.text(spans.service[row] as number),
      peer: spans.dictionary.text(out.peer[row] as number),
      parent: parent < 0 ? undefined : Number.parseInt(spans.spanIdOf(parent), 16),
      depth: out.depth[row] as number,
      duration: (spans.duration[row] as number) / ms,
      self: (out.self[row] as number) / ms,
      seen: (out.seen[row] as number) / ms,
      gap: (out.gap[row] as number) / ms,
      own: (out.own[row] as number) / ms,
      critical: (out.critical[row] as number) / ms,
      path: (out.path[row] as number) / ms,
      blame: out.blame[row] as number,
    }
  })
}

/** One number of every span, by id. */
export function column(
  rows: readonly Row[],
  name: 'self' | 'seen' | 'gap' | 'own' | 'critical' | 'depth' | 'path' | 'parent',
): Record<number, number | undefined> {
  return Object.fromEntries(rows.map((row) => [row.id, row[name]]))
}

/** Everything that was handed out, as bytes: what must not depend on the order of arrival. */
export function bytesOf(out: AssembledSpans): Buffer {
  const { spans } = out
  const n = spans.length
  const texts = Array.from(
    { length: n },
    (_, row) => `${spans.dictionary.text(spans.service[row] as number)} ${spans.dictionary.text(spans.operation[row] as number)}\n`,
  )
  const columns = [
    [spans.kind, 1],
    [spans.status, 1],
    [spans.startTime, 2],
    [spans.endTime, 2],
    [spans.duration, 1],
    [spans.traceId, 16],
    [spans.spanId, 8],
    [spans.parentSpanId, 8],
    ...spans.attributes.flatMap(({ type, value }) => [[type, 1] as const, [value, 1] as const]),
    ...[out.parent, out.depth, out.traceStart, out.self, out.seen, out.gap, out.own, out.critical, out.blame, out.path, out.weight, out.peer].map(
      (c) => [c, 1] as const,
    ),
  ] as const
  return Buffer.concat([Buffer.from(texts.join('')), ...columns.map(([c, width]) => Buffer.from(c.buffer, c.byteOffset, n * width * c.BYTES_PER_ELEMENT))])
}

function writeTime(words: Uint32Array, row: number, milliseconds: number): void {
  const time = BigInt(zero) + BigInt(Math.round(milliseconds * ms))
  words[row * 2] = Number(time & 0xffffffffn)
  words[row * 2 + 1] = Number(time >> 32n)
}

function writeId(bytes: Uint8Array, offset: number, length: number, id: number): void {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(offset + length - 4, id)
}
