/** One selector's history: the cells of closed ticks and the windows over them. Rules with an equal selector share it. */
import type { SelectorIR, SpanField } from '../bundle/index.ts'
import type { Nanos } from '../spans/index.ts'
import { affects, type Cell, type Counters, type Filter, filterKey } from './cell.ts'
import { Totals, Window } from './window.ts'

/** From when on spans are evidence for one rule. */
export interface Evidence {
  /** Minus infinity: from ever. */
  readonly from: Nanos
  /** A rule that takes capacity up does not count spans that *started* before. */
  readonly up: boolean
  /** No span counts yet. */
  readonly settling: boolean
}

const noCells = (): readonly Cell[] => []

export class Series {
  readonly id: number
  readonly selector: SelectorIR
  /** What is counted of spans of decided traces; undefined: the duration of spans of the stream. */
  readonly field: SpanField | undefined
  /** Whether a reader asks for the share of critical paths. */
  wantsPaths = false
  /** Whether a reader asks for the anomalous traces. */
  wantsAnomalies = false
  /** Ascending; empty before `seal`. */
  thresholds = new Float64Array(0)
  /** Spans no longer than this are of no interest to any reader. */
  above = Number.POSITIVE_INFINITY
  /** From when on its spans are counted. */
  since: Nanos = Number.NEGATIVE_INFINITY
  /** The target and direction of each rule that reads it, once each; the epochs of these are applied when a tick closes. */
  readonly readers = new Map<string, { readonly target: string; readonly up: boolean }>()
  /** When a span was last seen: its end, or the end of the tick in which its trace was decided. */
  lastSeen: Nanos = Number.NEGATIVE_INFINITY
  #cells: Cell[] = []
  /** Cells dropped so far: cell i of `#cells` has number `#dropped` + i for ever. */
  #dropped = 0
  readonly #wanted = new Set<number>()
  #longest = 0
  readonly #sketched = new Set<number>()
  readonly #running = new Map<number, Running>()
  #at: Nanos = Number.NaN
  readonly #asked = new Map<number | string, Window>()
  #none: Counters | undefined

  constructor(id: number, selector: SelectorIR, field?: SpanField) {
    this.id = id
    this.selector = selector
    this.field = field
  }

  /** Says that windows of `length` will be asked for every `every`, and whether for quantiles. */
  needs(length: number, every: number, quantiles: boolean): void {
    this.#longest = Math.max(this.#longest, length + every)
    if (quantiles) this.#sketched.add(length)
  }

  /** Says that spans are to be counted against a threshold. */
  countsAgainst(threshold: number): void {
    this.#wanted.add(threshold)
  }

  /** Ends the saying; cells may come. */
  seal(): void {
    this.thresholds = Float64Array.from(this.#wanted).sort()
  }

  push(cell: Cell): void {
    this.#cells.push(cell)
    this.lastSeen = Math.max(this.lastSeen, this.field === undefined ? cell.lastEnd : cell.end)
    let gone = 0
    while (gone < this.#cells.length && (this.#cells[gone] as Cell).end <= cell.end - this.#longest) gone++
    // Shifting one by one would copy the whole history at every tick.
    if (gone > 32 && gone * 2 > this.#cells.length) {
      for (const running of this.#running.values()) running.advance(cell.end, this)
      this.#cells = this.#cells.slice(gone)
      this.#dropped += gone
    }
  }

  /** The longest stretch that a reader asks for. */
  get longest(): number {
    return this.#longest
  }

  get history(): readonly Cell[] {
    return this.#cells
  }

  /** The window of `length` that ends at `at`, as far as it is evidence. */
  window(length: number, at: Nanos, evidence: Evidence): Window {
    if (at !== this.#at) {
      this.#asked.clear()
      this.#at = at
    }
    if (evidence.from === Number.NEGATIVE_INFINITY) {
      // The usual case, without a key to make.
      let window = this.#asked.get(length)
      if (window === undefined) {
        window = this.#whole(length, at)
        this.#asked.set(length, window)
      }
      return window
    }
    const filter: Filter | undefined = this.#narrows(length, at, evidence) ? { by: evidence.up ? 'start' : 'end', from: evidence.from } : undefined
    const key = filter === undefined ? length : `${length} ${filterKey(filter)}`
    let window = this.#asked.get(key)
    if (window === undefined) {
      window = filter === undefined ? this.#whole(length, at) : this.#narrowed(length, at, filter)
      this.#asked.set(key, window)
    }
    return window
  }

  /** Whether the window without a filter would hold what is no evidence. */
  #narrows(length: number, at: Nanos, { from, up }: Evidence): boolean {
    if (from > at - length) return true
    // A span of the stream ended in its tick, one of a decided trace may have ended long before.
    if (!up && this.field === undefined) return false
    const filter: Filter = { by: up ? 'start' : 'end', from }
    for (let i = this.#cells.length - 1; i >= 0; i--) {
      const cell = this.#cells[i] as Cell
      if (cell.start < at - length) return false
      if (affects(filter, cell)) return true
    }
    return false
  }

  #whole(length: number, at: Nanos): Window {
    const last = this.#cells.at(-1)
    if (last === undefined || last.end <= at - length) {
      this.#none ??= new Totals(this.thresholds.length, false)
      return new Window(at - length, this.#none, this.thresholds, noCells)
    }
    // The usual window is one tick: its cell is the total.
    if (last !== undefined && last.end === at && last.start === at - length) return new Window(at - length, last, this.thresholds, () => [last])
    let running = this.#running.get(length)
    if (running === undefined) {
      running = new Running(length, new Totals(this.thresholds.length, this.#sketched.has(length)), this.#dropped)
      this.#running.set(length, running)
    }
    return running.advance(at, this)
  }

  #narrowed(length: number, at: Nanos, filter: Filter): Window {
    const cells: Cell[] = []
    for (let i = this.#cells.length - 1; i >= 0; i--) {
      const cell = this.#cells[i] as Cell
      if (cell.start < at - length) break
      const seen = affects(filter, cell) ? cell.filtered.get(filterKey(filter)) : cell
      if (seen !== undefined) cells.unshift(seen)
    }
    const totals = new Totals(this.thresholds.length, this.#sketched.has(length))
    for (const cell of cells) totals.add(cell)
    return new Window(Math.max(at - length, filter.from), totals, this.thresholds, () => cells, totals.sketch)
  }

  /** @internal By number; see `#dropped`. */
  cell(number: number): Cell | undefined {
    return this.#cells[number - this.#dropped]
  }
}

/** A window's running totals: a step costs the ticks that come and the ticks that go. */
class Running {
  readonly #length: number
  readonly #totals: Totals
  /** Numbers of the first cell inside and of the first not added yet. */
  #first: number
  #next: number

  constructor(length: number, totals: Totals, from: number) {
    this.#length = length
    this.#totals = totals
    this.#first = from
    this.#next = from
  }

  advance(at: Nanos, series: Series): Window {
    for (let cell = series.cell(this.#next); cell !== undefined && cell.end <= at; cell = series.cell(++this.#next)) this.#totals.add(cell)
    for (let cell = series.cell(this.#first); cell !== undefined && this.#first < this.#next && cell.start < at - this.#length; ) {
      this.#totals.remove(cell)
      cell = series.cell(++this.#first)
    }
    const first = this.#first
    const next = this.#next
    const cells = (): readonly Cell[] => {
      const found: Cell[] = []
      for (let i = first; i < next; i++) found.push(series.cell(i) as Cell)
      return found
    }
    return new Window(at - this.#length, this.#totals, series.thresholds, cells, this.#totals.sketch)
  }
}
