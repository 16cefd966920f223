/** The traces that were decided in one tick, as cells are made of them: the columns of assembly, and the rows of each series. */
import { type AssembledSpans, type Nanos, nanosOf } from '../spans/index.ts'
import { type Cell, type DecidedParts, exactLimit, noIds, sumSplit, type TickRows } from './cell.ts'
import { hexOf } from './exemplars.ts'
import { wordsOf } from './open-tick.ts'
import type { Series } from './series.ts'
import { excessOf } from './weights.ts'

const none: readonly number[] = []

export class DecidedTick implements TickRows {
  start: Nanos = 0
  end: Nanos = 0
  /** Of the series that is read. */
  duration: Float64Array = new Float64Array(0)
  startTime: Float64Array = new Float64Array(0)
  endTime: Float64Array = new Float64Array(0)
  status: Uint8Array = new Uint8Array(0)
  traceId: Uint32Array = new Uint32Array(0)
  /** Series that have spans here, in no order. */
  readonly touched: number[] = []
  readonly #rows: number[][]
  #found: AssembledSpans | undefined
  #wantsPaths = false
  #wantsAnomalies = false
  #sampled = false

  constructor(series: number) {
    this.#rows = Array.from({ length: series }, () => [])
  }

  /** `sampled`: not every trace is there and counts as itself. */
  reuse(start: Nanos, end: Nanos, found: AssembledSpans, sampled: boolean): void {
    this.start = start
    this.end = end
    this.#found = found
    this.#sampled = sampled
    this.status = found.spans.status
    this.traceId = wordsOf(found.spans.traceId)
    if (this.startTime.length < found.spans.length) {
      this.startTime = new Float64Array(found.spans.capacity)
      this.endTime = new Float64Array(found.spans.capacity)
    }
    for (const series of this.touched) this.#rows[series] = []
    this.touched.length = 0
  }

  /** Says that a row, none before the last, belongs to a series. */
  link(series: number, row: number): void {
    const rows = this.#rows[series] as number[]
    if (rows.length === 0) this.touched.push(series)
    rows.push(row)
    const { startTime, endTime } = this.#spans()
    this.startTime[row] = nanosOf(startTime, row)
    this.endTime[row] = nanosOf(endTime, row)
  }

  /** What is counted from now on is the series' field, by what derived times mean to its spans. */
  read({ field, wantsPaths, wantsAnomalies }: Series, meaning: AssembledSpans): void {
    this.duration = valuesOf(meaning, field ?? 'duration')
    this.#wantsPaths = wantsPaths
    this.#wantsAnomalies = wantsAnomalies
  }

  rowsOf(series: number, into: Uint32Array): { readonly rows: Uint32Array; readonly count: number } {
    const found = this.#rows[series] ?? none
    const rows = found.length <= into.length ? into : new Uint32Array(Math.max(found.length, into.length * 2))
    rows.set(found)
    return { rows, count: found.length }
  }

  more(rows: Uint32Array, count: number, thresholds: Float64Array): DecidedParts {
    let firstEnd: Nanos = Number.POSITIVE_INFINITY
    for (let i = 0; i < count; i++) firstEnd = Math.min(firstEnd, this.endTime[rows[i] as number] as number)
    const anomalous = this.#wantsAnomalies ? this.#anomalousOf(rows, count) : noIds
    return {
      firstEnd,
      ...(this.#wantsPaths ? this.#pathsOf(rows, count) : { pathHigh: 0, pathLow: 0 }),
      excess: this.#sampled ? this.#excessOf(rows, count, thresholds) : undefined,
      anomalies: anomalous.length,
      anomalous,
    }
  }

  /** Rows of one trace lie together, so a trace is new when it is not the last row's. */
  #pathsOf(rows: Uint32Array, count: number): Pick<Cell, 'pathHigh' | 'pathLow'> {
    const { traceStart, path } = this.#found as AssembledSpans
    let pathHigh = 0
    let pathLow = 0
    let last = -1
    for (let i = 0; i < count; i++) {
      const trace = traceStart[rows[i] as number] as number
      if (trace === last) continue
      last = trace
      const length = path[trace] as number
      const high = Math.floor(length / sumSplit)
      pathHigh += high
      pathLow += length - high * sumSplit
    }
    return { pathHigh, pathLow }
  }

  #excessOf(rows: Uint32Array, count: number, thresholds: Float64Array): Cell['excess'] {
    const { weight, traceStart, path } = this.#found as AssembledSpans
    const columns = { values: this.duration, status: this.status, weight, traceStart, path: this.#wantsPaths ? path : undefined }
    return excessOf(columns, rows, count, thresholds, exactLimit)
  }

  /** A later part of a trace has its id. */
  #anomalousOf(rows: Uint32Array, count: number): readonly string[] {
    const { anomalous, traceStart } = this.#found as AssembledSpans
    const traces = new Set<number>()
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number
      if (anomalous[row] === 1) traces.add(traceStart[row] as number)
    }
    return [...new Set([...traces].map((row) => hexOf(this.traceId, row)))]
  }

  #spans(): AssembledSpans['spans'] {
    return (this.#found as AssembledSpans).spans
  }
}

/** The column of a field. */
export function valuesOf(found: AssembledSpans, field: Exclude<Series['field'], undefined>): Float64Array {
  return field === 'duration' ? found.spans.duration : found[field]
}
