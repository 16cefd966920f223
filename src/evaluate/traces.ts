/** The traced half of evaluation: spans go into assembly, and what is decided by the end of a tick becomes the tick's cells, beside those of the stream. */
import { selectsPeers } from '../bundle/index.ts'
import {
  type AssembledSpans,
  type Assembler,
  type AssemblyOptions,
  createAssembler,
  type Dictionary,
  type Nanos,
  nanosOf,
  SpanTable,
  type TraceSampler,
} from '../spans/index.ts'
import { Ancestors } from './ancestors.ts'
import type { TracesSeen } from './context.ts'
import type { TracesReport } from './contract.ts'
import { DecidedTick, valuesOf } from './decided-tick.ts'
import { Peers, peerCode } from './peers.ts'
import { Columns, kindOf } from './predicate.ts'
import { SampledTicks } from './sampled-ticks.ts'
import { SelectorIndex } from './selector-index.ts'
import type { Series } from './series.ts'

export interface TracesOptions {
  /** A trace whose root has ended is complete when nothing of it has ended for so long; 5 s by default. */
  readonly idleNs?: number
  /** A trace is decided at the latest so long after its earliest span ended; 60 s by default. */
  readonly maxAgeNs?: number
  /** Spans in memory; beyond that the oldest traces are decided early. 1,000,000 by default. */
  readonly maxSpans?: number
  /** Of the hashes of ids, so that ids made to collide do not; nothing that comes out depends on it. 0 by default. */
  readonly seed?: number
  /** Sees what each step decided, whether a rule counts it or not, before the step is evaluated. The columns are used again by the next step. */
  readonly onDecided?: (decided: AssembledSpans, at: Nanos) => void
  /** Says which of the decided traces count, and for how many; without one each counts as itself. It decides before `onDecided` looks. */
  readonly sampler?: TraceSampler
}

export const defaultTraces: Required<Omit<TracesOptions, 'onDecided' | 'sampler'>> = { idleNs: 5e9, maxAgeNs: 60e9, maxSpans: 1_000_000, seed: 0 }
/** Spans of one trace: far more than any request makes, far fewer than memory holds. */
const maxSpansOfTrace = 100_000

export class Traces {
  readonly #options: AssemblyOptions
  readonly #assembler: Assembler
  readonly #columns: Columns
  readonly #index: SelectorIndex
  readonly #ancestors: Ancestors
  /** Undefined where no selector asks for peers. */
  readonly #peers: Peers | undefined
  readonly #tick: DecidedTick
  readonly #onDecided: TracesOptions['onDecided']
  readonly #sampler: TraceSampler | undefined
  /** Of all series by id; undefined those of the stream. */
  readonly #series: readonly (Series | undefined)[]
  readonly #sampledTicks: SampledTicks
  #matched = 0
  #decidedAt: Nanos = Number.NEGATIVE_INFINITY
  #lastSpan: Nanos = Number.NEGATIVE_INFINITY

  /** `previous`: what is open there goes on here, unless the options are other ones. It must not be used any more then. */
  constructor(dictionary: Dictionary, series: readonly Series[], options: TracesOptions, previous?: Traces) {
    const { idleNs, maxAgeNs, maxSpans, seed } = { ...defaultTraces, ...options }
    this.#options = { idleNs, maxAgeNs, maxSpans, maxSpansOfTrace: Math.min(maxSpans, maxSpansOfTrace), seed }
    this.#columns = new Columns(dictionary)
    this.#index = new SelectorIndex(dictionary, this.#columns)
    this.#ancestors = new Ancestors(this.#columns)
    this.#series = series.map((one) => (one.field === undefined ? undefined : one))
    this.#tick = new DecidedTick(series.length)
    this.#onDecided = options.onDecided
    this.#sampler = options.sampler
    if (series.some(({ selector }) => selectsPeers(selector))) this.#peers = new Peers(dictionary)
    for (const { id, selector, above, field } of series) {
      if (field === undefined) continue
      const { ancestor } = selector
      const index = selectsPeers(selector) && this.#peers !== undefined ? this.#peers.index : this.#index
      index.add(selector, id, above, ancestor === undefined ? undefined : this.#ancestors.test(ancestor))
    }
    this.#sampledTicks = new SampledTicks(Math.max(0, ...series.map(({ longest }) => longest)), previous === undefined ? undefined : previous.#sampledTicks)
    if (previous !== undefined && sameOptions(previous.#options, this.#options)) {
      this.#assembler = previous.#assembler
      this.#matched = previous.#matched
      this.#decidedAt = previous.#decidedAt
      this.#lastSpan = previous.#lastSpan
    } else this.#assembler = createAssembler(this.#options)
  }

  get seen(): TracesSeen {
    return {
      decidedAt: this.#decidedAt,
      lastSpan: this.#lastSpan,
      idleNs: this.#options.idleNs,
      heaviestSince: (from) => this.#sampledTicks.heaviestSince(from),
      partial: this.#sampler?.partial === true,
      scores: this.#sampler !== undefined && this.#sampler.scores !== false,
    }
  }

  get report(): TracesReport {
    return { ...this.#assembler.report, matched: this.#matched }
  }

  /**
   * Takes the spans that end before `latest`. One that ended before `next`, the start of the next step, by more than the idle gap is refused as it is by
   * the stream: its trace would say of now what was true long ago.
   */
  add(table: SpanTable, next: Nanos, latest: Nanos): void {
    this.#assembler.add(within(table, Math.max(1, next - this.#options.idleNs), latest))
  }

  /** Takes whole traces that were sampled elsewhere; the next step decides them, however old they are. */
  bring(table: SpanTable): void {
    this.#assembler.add(table)
  }

  /** Decides what is complete at `at`, or everything, and calls `emit` for each series that has spans of it. */
  close(start: Nanos, at: Nanos, all: boolean, emit: (series: Series, tick: DecidedTick) => void): void {
    const found = this.#assembler.close(at, all)
    const isEmpty = found.spans.length === 0
    if (!isEmpty) this.#sampler?.decide(found)
    const sampled = this.#sampler !== undefined && this.#sampledTicks.note(at, found.weight, found.spans.length, this.#sampler.partial)
    if (isEmpty) return
    this.#decidedAt = at
    this.#onDecided?.(found, at)
    this.#columns.bindTraces(found)
    this.#peers?.bind(found)
    this.#ancestors.bind(found)
    this.#tick.reuse(start, at, found, sampled)
    this.#deal(found)
    for (const id of this.#tick.touched) {
      const series = this.#series[id] as Series
      this.#tick.read(series, this.#meaningTo(series, found))
      emit(series, this.#tick)
    }
  }

  /** What the columns of derived times are to the spans of a series. */
  #meaningTo({ selector }: Series, found: AssembledSpans): AssembledSpans {
    return this.#peers !== undefined && selectsPeers(selector) ? this.#peers.view : found
  }

  /** Gives each row to the series that it belongs to. */
  #deal(found: AssembledSpans): void {
    const { service, operation, kind, duration, endTime, length } = found.spans
    const { weight, peer } = found
    const values = this.#series.map((one) => (one?.field === undefined ? duration : valuesOf(this.#meaningTo(one, found), one.field)))
    const [index, peers] = [this.#index, this.#peers?.index]
    for (let row = 0; row < length; row++) {
      this.#lastSpan = Math.max(this.#lastSpan, nanosOf(endTime, row))
      if (weight[row] === 0) continue
      let matched = this.#offer(index, service[row] as number, operation[row] as number, kindOf(kind[row] as number), row, values, duration)
      if (peers !== undefined && peer[row] !== 0 && this.#offer(peers, peer[row] as number, operation[row] as number, peerCode, row, values, duration))
        matched = true
      if (matched) this.#matched++
    }
  }

  /** Links the row to the series of the index that count it as a span of the service; whether there is one. */
  #offer(
    index: SelectorIndex,
    service: number,
    operation: number,
    code: number,
    row: number,
    values: readonly Float64Array[],
    duration: Float64Array,
  ): boolean {
    const { series, kinds, above, where } = index
    let candidate = index.find(service, operation)
    let matched = false
    for (let id = series[candidate] as number; id >= 0; id = series[++candidate] as number) {
      if (!((duration[row] as number) > (above[candidate] as number)) || (((kinds[candidate] as number) >>> code) & 1) === 0) continue
      // Where there is no value, as of `seen` without a caller's span, there is nothing to count.
      if (Number.isNaN((values[id] as Float64Array)[row])) continue
      const test = where[candidate]
      if (test !== undefined && !test(row)) continue
      this.#tick.link(id, row)
      matched = true
    }
    return matched
  }
}

function sameOptions(a: AssemblyOptions, b: AssemblyOptions): boolean {
  return a.idleNs === b.idleNs && a.maxAgeNs === b.maxAgeNs && a.maxSpans === b.maxSpans
}

/** The rows that end in [from, to]; the table itself where these are all, as nearly always. */
function within(table: SpanTable, from: Nanos, to: Nanos): SpanTable {
  const isIn = (row: number): boolean => {
    const end = nanosOf(table.endTime, row)
    return end >= from && end <= to
  }
  let row = 0
  while (row < table.length && isIn(row)) row++
  return row === table.length ? table : picked(table, [...Array(table.length).keys()].filter(isIn))
}

function picked(table: SpanTable, rows: readonly number[]): SpanTable {
  const some = new SpanTable(table.dictionary, table.projection, Math.max(1, rows.length))
  for (const row of rows) some.append(table, row)
  return some
}
