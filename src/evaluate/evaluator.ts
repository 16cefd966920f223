/** Evaluation as a whole: spans in, ticks closed, rules judged. */
import { type Bundle, canonical, needsTraces, type RuleIR, type SelectorIR, type SpanField } from '../bundle/index.ts'
import { type Dictionary, type Nanos, nanosOf, type SpanTable } from '../spans/index.ts'
import { recount } from './adopt.ts'
import { Calendar } from './calendar.ts'
import { type Cell, CellBuilder, type Filter, filterKey } from './cell.ts'
import type { Evaluator, IngestReport, RuleOutcome, StepInput, TracesReport } from './contract.ts'
import { type Counted, type CountedTick, type CountRequest, mergeCells, type SeriesLayout } from './counted.ts'
import { OpenTick, wordsOf } from './open-tick.ts'
import { Columns, kindOf } from './predicate.ts'
import { greatestCommonDivisor } from './rank.ts'
import { type CompiledRule, compileRule, evaluateRule, evidenceOf, filterOf, takesUp } from './rule.ts'
import { SelectorIndex } from './selector-index.ts'
import { type Evidence, Series } from './series.ts'
import { StreamClock } from './stream-clock.ts'
import { Traces, type TracesOptions } from './traces.ts'

export interface EvaluatorOptions {
  readonly bundle: Bundle
  /** That of the tables. */
  readonly dictionary: Dictionary
  /** How long after its end a span may arrive. */
  readonly latenessNs?: number
  /** Without any span for so long the telemetry is not trusted. */
  readonly staleNs?: number
  /** Where the first step begins; without it, at the first span. */
  readonly startAt?: Nanos
  /** Of the assembly of traces, where a rule needs them. */
  readonly traces?: TracesOptions
  /**
   * counter: counts the stream's spans for somebody else, who asks for each tick (`count`), and judges nothing. judge: is brought the ticks that others
   * counted, and told when they are due (`reached`). By default both in one.
   */
  readonly part?: 'counter' | 'judge'
  /**
   * The evaluator of the bundle before a reload: what equal rules and equal selectors have counted is taken over. It must come from `createEvaluator`,
   * with the same dictionary, and must not be used any more once the new one is.
   */
  readonly previous?: Evaluator
}

const defaultLatenessNs = 5e9
const defaultStaleNs = 60e9
/** Step of a bundle without rules. */
const defaultTickNs = 5e9
/** How far clocks may be ahead. */
const skewNs = 60e9
/** Memory of closed ticks that is kept for the next. */
const spareTicks = 4
const clientKind = 3
const producerKind = 4

/** Length of the bundle's ticks: what all its rules' steps are multiples of. */
export function tickNsOf({ rules }: Bundle): Nanos {
  return rules.map(({ everyNs }) => everyNs).reduce(greatestCommonDivisor, 0) || defaultTickNs
}

export function createEvaluator(options: EvaluatorOptions): Evaluator {
  return new StreamEvaluator(options)
}

class StreamEvaluator implements Evaluator {
  readonly #staleNs: number
  readonly #clock: StreamClock
  readonly #columns: Columns
  readonly #index: SelectorIndex
  /** By id. */
  readonly #series: Series[] = []
  /** By the selector's canonical JSON. */
  readonly #seriesOf = new Map<string, Series>()
  readonly #rules: readonly CompiledRule[]
  readonly #cells = new CellBuilder()
  /** By start; those of closed ticks are used again. */
  readonly #open = new Map<Nanos, OpenTick>()
  readonly #spare: OpenTick[] = []
  /** Start of the first tick. */
  #begun: Nanos | undefined
  /** Latest end of a span of any kind in a closed tick. */
  #lastSpan: Nanos = Number.NEGATIVE_INFINITY
  /** Undefined while no rule needs traces: then none are assembled. */
  readonly #traces: Traces | undefined
  /** All spans have arrived. */
  #drained = false
  readonly #part: EvaluatorOptions['part']
  /** End of the last tick that somebody should have counted and did not. */
  #gapAt: Nanos = Number.NEGATIVE_INFINITY

  constructor(options: EvaluatorOptions) {
    const { bundle, dictionary, latenessNs = defaultLatenessNs, staleNs = defaultStaleNs, startAt, previous, traces = {} } = options
    if (previous !== undefined && !(previous instanceof StreamEvaluator)) throw new TypeError('previous is not from createEvaluator')
    const tickNs = tickNsOf(bundle)
    this.#staleNs = staleNs
    this.#part = options.part
    this.#clock = new StreamClock(tickNs, latenessNs, startAt)
    this.#columns = new Columns(dictionary)
    this.#index = new SelectorIndex(dictionary, this.#columns)
    const memories = new Map(previous === undefined ? [] : previous.#rules.map((rule) => [rule.ir.name, rule.memory]))
    const calendar = new Calendar()
    this.#rules = bundle.rules.map((rule) =>
      compileRule(rule, memories.get(rule.name), {
        tickNs,
        calendar,
        series: (selector, field = 'duration', traced = field !== 'duration' || needsTraces(selector)) =>
          this.#seriesFor({ selector, field, traced, above: Number.NEGATIVE_INFINITY }, rule, ''),
        family: ({ selector, above }) => this.#seriesFor({ selector, field: 'duration', traced: needsTraces(selector), above }, rule, 'family '),
      }),
    )
    for (const series of this.#series) {
      series.seal()
      if (series.field === undefined) this.#index.add(series.selector, series.id, series.above)
    }
    if (options.part !== 'counter' && this.#series.some(({ field }) => field !== undefined))
      this.#traces = new Traces(dictionary, this.#series, traces, previous === undefined ? undefined : previous.#traces)
    if (previous !== undefined) this.#takeOver(previous)
  }

  get watermark(): Nanos | undefined {
    return this.#clock.watermark
  }

  get traces(): TracesReport | undefined {
    return this.#traces?.report
  }

  ingest(table: SpanTable, now: Nanos | undefined): IngestReport {
    this.#columns.bind(table)
    const { service, operation, kind, duration, endTime, length } = table
    const ids = { trace: wordsOf(table.traceId), span: wordsOf(table.spanId) }
    const latest = now === undefined ? Number.POSITIVE_INFINITY : now + skewNs
    // A span without an end has not ended: it would make the stream begin in 1970.
    const earliest = this.#clock.next ?? 1
    const index = this.#index
    const { series, kinds, above, where } = index
    let matched = 0
    let duplicate = 0
    let late = 0
    let future = 0
    let lastEnd = Number.NEGATIVE_INFINITY
    let tick: OpenTick | undefined
    let tickStart = Number.POSITIVE_INFINITY
    let tickEnd = Number.NEGATIVE_INFINITY
    // The hot loop: a span that no rule names costs a few reads and one look-up.
    for (let row = 0; row < length; row++) {
      const end = nanosOf(endTime, row)
      if (end > latest) {
        future++
        continue
      }
      if (end > lastEnd) lastEnd = end
      if (end < earliest) {
        late++
        continue
      }
      if (tick === undefined || end < tickStart || end >= tickEnd) {
        tick = this.#tickAt(end)
        tickStart = tick.start
        tickEnd = tick.end
      }
      if (end > tick.lastEnd) tick.lastEnd = end
      let candidate = index.find(service[row] as number, operation[row] as number)
      let id = series[candidate] as number
      if (id < 0) continue
      const code = kindOf(kind[row] as number)
      let kept = -1
      for (; id >= 0; id = series[++candidate] as number) {
        if (!((duration[row] as number) > (above[candidate] as number)) || (((kinds[candidate] as number) >>> code) & 1) === 0) continue
        const test = where[candidate]
        if (test !== undefined && !test(row)) continue
        if (kept < 0) {
          kept = tick.keep(table, row, end, ids, code === clientKind || code === producerKind ? 1 : 0)
          if (kept < 0) {
            duplicate++
            break
          }
          matched++
        }
        tick.link(id, kept)
      }
    }
    this.#traces?.add(table, this.#clock.next ?? 1, latest)
    if (lastEnd !== Number.NEGATIVE_INFINITY) this.#clock.arrived(lastEnd, now)
    this.#drained = false
    return { spans: length, matched, duplicate, late, future }
  }

  due(now: Nanos | undefined, drain = false): Nanos | undefined {
    if (drain) this.#drained = true
    // Where others count, they say how far the stream is.
    if (this.#part === 'judge') return this.#clock.due(undefined, undefined, false)
    return this.#clock.due(this.#earliestOpen(), now, drain)
  }

  get layout(): readonly SeriesLayout[] {
    return [...this.#seriesOf].flatMap(([key, { field, above, thresholds }]) =>
      field === undefined ? [{ key: `${key} ${above}`, thresholds: [...thresholds] }] : [],
    )
  }

  get next(): Nanos | undefined {
    return this.#clock.next
  }

  get openSpans(): number {
    let rows = 0
    for (const tick of this.#open.values()) rows += tick.rows
    return rows
  }

  reached(watermark: Nanos): void {
    const { watermark: before } = this.#clock
    if (before === undefined || watermark > before) this.#clock.watermark = watermark
  }

  bring(table: SpanTable): void {
    this.#traces?.bring(table)
  }

  count({ start, at, epochs }: CountRequest): CountedTick {
    for (const [key, tick] of this.#open) if (tick.end <= start) this.#open.delete(key)
    const cells: { series: number; cell: Cell }[] = []
    const numbers = new Map(this.#streams().map(({ id }, number) => [id, number]))
    const lastEnd = this.#count(start, epochs, (series, cell) => cells.push({ series: numbers.get(series.id) as number, cell }))
    this.#clock.next = at
    return { start, end: at, lastEnd, cells }
  }

  step({ at, world, epochs, counted }: StepInput): readonly RuleOutcome[] {
    const start = this.#clock.begin(this.#earliestOpen())
    if (start === undefined || at !== this.#clock.end) throw new RangeError(`step ${at} is not the next, ${this.#clock.end}`)
    this.#begun ??= start
    const lastEnd = counted === undefined ? this.#count(start, epochs, (series, cell) => series.push(cell)) : this.#take(counted, at, epochs)
    if (lastEnd > this.#lastSpan) this.#lastSpan = lastEnd
    this.#closeTraces(start, at, epochs)
    this.#clock.next = at
    const stale = at - Math.max(this.#lastSpan, this.#begun) >= this.#staleNs
    const traces = this.#traces?.seen
    const evidences = new Map<string, Evidence>()
    const outcomes: RuleOutcome[] = []
    for (const rule of this.#rules) {
      if (at % rule.ir.everyNs !== 0) continue
      const key = rule.up ? `up ${rule.ir.target}` : rule.ir.target
      let evidence = evidences.get(key)
      if (evidence === undefined) {
        evidence = evidenceOf(epochs.get(rule.ir.target), rule.up, at)
        evidences.set(key, evidence)
      }
      outcomes.push(evaluateRule(rule, { at, world, stale, lastSpan: this.#lastSpan, gapAt: this.#gapAt, traces, evidence }))
    }
    return outcomes
  }

  /** Turns the tick's spans into cells; returns the greatest end of its spans of any kind, 0 if there are none. */
  #count(start: Nanos, epochs: StepInput['epochs'], emit: (series: Series, cell: Cell) => void): Nanos {
    const tick = this.#open.get(this.#clock.tickOf(start))
    if (tick === undefined) return 0
    this.#open.delete(tick.start)
    const { lastEnd } = tick
    // After a reload the first tick may begin inside one.
    tick.start = start
    for (const id of tick.touched) {
      const series = this.#series[id] as Series
      emit(series, this.#cells.build(tick, id, series.thresholds, filtersOf(series, epochs)))
    }
    if (this.#spare.length < spareTicks) this.#spare.push(tick)
    return lastEnd
  }

  /** Adds up what others have counted. */
  #take({ ticks, missing }: Counted, at: Nanos, epochs: StepInput['epochs']): Nanos {
    if (missing) this.#gapAt = at
    const streams = this.#streams()
    const found = Map.groupBy(
      ticks.flatMap(({ cells }) => cells),
      ({ series }) => series,
    )
    for (const [number, parts] of found) {
      const series = streams[number] as Series
      const cells = parts.map(({ cell }) => cell)
      series.push(mergeCells(cells, filtersOf(series, epochs)))
    }
    return Math.max(0, ...ticks.map(({ lastEnd }) => lastEnd))
  }

  #streams(): readonly Series[] {
    return this.#series.filter(({ field }) => field === undefined)
  }

  /** What is decided by now is counted now, whenever it ended; with the last step of a recording, all the rest. */
  #closeTraces(start: Nanos, at: Nanos, epochs: StepInput['epochs']): void {
    const { lastEnd } = this.#clock
    // What a judge is brought is whole.
    const all = this.#part === 'judge' || (this.#drained && (lastEnd === undefined || lastEnd < at))
    this.#traces?.close(start, at, all, (series, tick) => series.push(this.#cells.build(tick, series.id, series.thresholds, filtersOf(series, epochs))))
  }

  #tickAt(end: Nanos): OpenTick {
    const start = this.#clock.tickOf(end)
    let tick = this.#open.get(start)
    if (tick === undefined) {
      tick = this.#spare.pop() ?? new OpenTick(this.#series.length)
      tick.reuse(start, start + this.#clock.tickNs)
      this.#open.set(start, tick)
    }
    return tick
  }

  #earliestOpen(): Nanos | undefined {
    if (this.#clock.next !== undefined || this.#open.size === 0) return undefined
    return Math.min(...this.#open.keys())
  }

  /** A family keeps only spans longer than its loosest bound, so it is told apart from a series that knows all spans. */
  #seriesFor({ selector, field, traced, above }: SeriesOf, rule: RuleIR, sort: '' | 'family '): Series {
    const key = `${sort}${traced ? `${field} ` : ''}${canonical(selector)}`
    let series = this.#seriesOf.get(key)
    if (series === undefined) {
      series = traced ? new Series(this.#series.length, selector, field) : new Series(this.#series.length, selector)
      this.#series.push(series)
      this.#seriesOf.set(key, series)
    }
    series.above = Math.min(series.above, above)
    const up = takesUp(rule.action)
    series.readers.set(`${up} ${rule.target}`, { target: rule.target, up })
    return series
  }

  #takeOver(previous: StreamEvaluator): void {
    this.#clock.takeOver(previous.#clock)
    this.#begun = previous.#begun
    this.#lastSpan = previous.#lastSpan
    this.#gapAt = previous.#gapAt
    const { next = Number.NEGATIVE_INFINITY, lastEnd = Number.NEGATIVE_INFINITY } = this.#clock
    // Where assembly begins with the new rules, the traces of what has arrived before went by.
    const sighted = this.#traces === undefined || previous.#traces !== undefined ? next : lastEnd + this.#traces.seen.idleNs
    const renamed = new Map<number, number>()
    for (const [key, series] of this.#seriesOf) {
      const old = previous.#seriesOf.get(key)
      if (old === undefined) {
        series.since = series.field === undefined ? next : Math.max(next, sighted)
        continue
      }
      renamed.set(old.id, series.id)
      series.since = old.since
      series.lastSeen = old.lastSeen
      for (const cell of old.history) series.push(recount(cell, old.thresholds, series.thresholds))
    }
    for (const tick of previous.#open.values()) this.#takeOverTick(tick, renamed)
  }

  /** The new rules' step may be another: the spans are dealt out anew. */
  #takeOverTick(old: OpenTick, renamed: ReadonlyMap<number, number>): void {
    const rowsHere = new Map<number, { readonly tick: OpenTick; readonly row: number }>()
    for (const series of old.touched) {
      const to = renamed.get(series)
      if (to === undefined) continue
      const { rows, count } = old.rowsOf(series, new Uint32Array(64))
      for (let i = 0; i < count; i++) {
        const row = rows[i] as number
        let here = rowsHere.get(row)
        if (here === undefined) {
          const tick = this.#tickAt(old.endTime[row] as number)
          here = { tick, row: tick.copy(old, row) }
          tick.lastEnd = Math.max(tick.lastEnd, old.endTime[row] as number)
          rowsHere.set(row, here)
        }
        here.tick.link(to, here.row)
      }
    }
    if (old.lastEnd > 0) {
      const tick = this.#tickAt(old.lastEnd)
      tick.lastEnd = Math.max(tick.lastEnd, old.lastEnd)
    }
  }
}

/** What a series is of. */
interface SeriesOf {
  readonly selector: SelectorIR
  readonly field: SpanField
  /** Of decided traces, not of the stream. */
  readonly traced: boolean
  readonly above: number
}

/** What the series' readers must not see of a tick that closes now, each filter once. */
function filtersOf(series: Series, epochs: StepInput['epochs']): readonly Filter[] {
  if (epochs.size === 0) return []
  const filters = new Map<string, Filter>()
  for (const { target, up } of series.readers.values()) {
    const filter = filterOf(epochs.get(target), up)
    if (filter !== undefined) filters.set(filterKey(filter), filter)
  }
  return [...filters.values()]
}
