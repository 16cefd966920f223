/** What a sampler counted of a tick, to a message and back, to the last bit. */
import { type Cell, type CountedTick, Exemplar, Values } from '../../evaluate/index.ts'
import type { CellMessage, CountedMessage } from './messages.ts'

export function countedMessage({ start, end, lastEnd, cells }: CountedTick): CountedMessage {
  return { start, end, lastEnd, cells: cells.map(({ series, cell }) => ({ series, cell: cellMessage(cell) })) }
}

/** Throws a RangeError on cells that no sampler makes. */
export function countedTick({ start, end, lastEnd, cells }: CountedMessage): CountedTick {
  return { start, end, lastEnd, cells: cells.map(({ series, cell }) => ({ series, cell: cellOf(cell, start, end) })) }
}

function cellMessage(cell: Cell): CellMessage {
  const { n, errors, sumHigh, sumLow, min, max, firstStart, lastEnd, slots, durations, worst, worstErrors, filtered } = cell
  const exact = durations instanceof Values
  return {
    n,
    errors,
    sumHigh,
    sumLow,
    min,
    max,
    firstStart,
    lastEnd,
    slots,
    values: exact ? [...durations.all] : [],
    buckets: exact ? [] : [...durations.buckets],
    counts: exact ? [] : [...durations.counts],
    worst: exemplarMessages(worst),
    worstErrors: exemplarMessages(worstErrors),
    filtered: [...filtered].map(([key, inner]) => {
      const [by = '', from] = key.split(' ')
      return { by, from: Number(from), cell: cellMessage(inner) }
    }),
  }
}

function cellOf(message: CellMessage, start: number, end: number): Cell {
  const { n, errors, sumHigh, sumLow, min, max, firstStart, lastEnd, slots, values, buckets, counts, worst, worstErrors, filtered } = message
  const total = values.length + counts.reduce((sum, count) => sum + count, 0)
  if (total !== n || buckets.length !== counts.length) throw new RangeError(`a cell of ${n} spans has ${total} durations`)
  return {
    start,
    end,
    n,
    errors,
    sumHigh,
    sumLow,
    pathHigh: 0,
    pathLow: 0,
    excess: undefined,
    anomalies: 0,
    anomalous: [],
    min,
    max,
    firstStart,
    firstEnd: start,
    lastEnd,
    slots,
    durations: buckets.length === 0 ? new Values(Float64Array.from(values)) : { buckets: Uint16Array.from(buckets), counts: Uint32Array.from(counts) },
    worst: exemplarsOf(worst),
    worstErrors: exemplarsOf(worstErrors),
    filtered: new Map(filtered.map(({ by, from, cell }) => [`${by} ${from}`, cellOf(cell, start, end)])),
  }
}

function exemplarMessages(exemplars: readonly Exemplar[]): CellMessage['worst'] {
  return exemplars.map(({ value, traceId }) => ({ duration: value, traceId: Buffer.from(traceId, 'hex') }))
}

function exemplarsOf(messages: CellMessage['worst']): readonly Exemplar[] {
  return messages.map(({ duration, traceId }) => {
    if (traceId.length !== 16) throw new RangeError(`a trace id has ${traceId.length} bytes`)
    return new Exemplar(duration, new Uint32Array(Uint8Array.from(traceId).buffer), 0)
  })
}
