/** Spans in, decided traces out: what is open, when it is decided, and what is done with what comes later. */
import { wordsOfLink } from '../links.ts'
import { type Nanos, nanosOf, type SpanTable } from '../table.ts'
import { AssembledColumns } from './columns.ts'
import type { AssembledSpans, Assembler, AssemblyOptions, AssemblyReport } from './contract.ts'
import { noTrace, OpenTraces } from './open-traces.ts'
import { type Producer, Producers } from './producers.ts'
import { type Caller, LooseEnds, notFound, RecentKeys } from './recent.ts'
import { callerHalf, clientKind, producerKind, Shape } from './shape.ts'
import { correctClocks } from './skew.ts'
import { sortRows } from './sort.ts'
import { noSlot, SpanStore, type TableWords, tableWords } from './store.ts'
import { Times } from './times.ts'

/** Decided traces and loose ends that are remembered, as a share of `maxSpans`, and at least. */
const rememberedShare = 4
const rememberedLeast = 1024

/** An empty assembler. Tables that are added must have one dictionary. */
export function createAssembler(options: AssemblyOptions): Assembler {
  return new TraceAssembler(options)
}

class TraceAssembler implements Assembler {
  readonly #options: AssemblyOptions
  readonly #store: SpanStore
  readonly #traces: OpenTraces
  readonly #decided: RecentKeys
  readonly #looseEnds: LooseEnds
  readonly #producers: Producers
  readonly #shape: Shape
  readonly #times = new Times()
  readonly #out: AssembledColumns
  /** Traces that a cap decided, in that order, until the next `close`. */
  #waiting: number[] = []
  /** Those before it were dropped. */
  #waitingFrom = 0
  #waitingSpans = 0
  #openSpans = 0
  /** The last `close`. */
  #closedAt: Nanos = Number.NEGATIVE_INFINITY
  /** What is decided now is decided by the spans that ended until here. */
  #until: Nanos = Number.NEGATIVE_INFINITY
  /** The last table's ids, and the words that they were read as. */
  #lastIds: Uint8Array | undefined
  #lastWords: TableWords | undefined
  #order = new Int32Array(0)
  #spare = new Int32Array(0)
  readonly #id = new Uint32Array(4)
  readonly #counts = {
    decidedTraces: 0,
    laterParts: 0,
    aged: 0,
    evicted: 0,
    oversized: 0,
    dropped: 0,
    late: 0,
    duplicate: 0,
    orphans: 0,
    severalRoots: 0,
    cycles: 0,
    skewed: 0,
  }

  readonly #callerOf = (row: number): Caller | undefined => {
    const { parentSpanId } = this.#store
    const slot = this.#shape.slot[row] as number
    return this.#looseEnds.caller(this.#id, parentSpanId[slot * 2] as number, parentSpanId[slot * 2 + 1] as number)
  }
  readonly #isChildless = (row: number): boolean => {
    const { spanId } = this.#store
    const slot = this.#shape.slot[row] as number
    return this.#looseEnds.wasMissing(this.#id, spanId[slot * 2] as number, spanId[slot * 2 + 1] as number)
  }

  /** Of the producers that the row's span has links to the one whose message waited longest. */
  readonly #linkedTo = (row: number): Producer | undefined => {
    const { links } = this.#store
    if (links === undefined) return undefined
    let first: Producer | undefined
    for (let link = links.firstOf(this.#shape.slot[row] as number); link !== noSlot; link = links.next[link] as number) {
      const found = this.#producers.find(links.words, link * wordsOfLink, this.#until)
      if (found !== undefined && (first === undefined || isBefore(found, first))) first = found
    }
    return first
  }

  constructor(options: AssemblyOptions) {
    for (const name of ['idleNs', 'maxAgeNs', 'maxSpans', 'maxSpansOfTrace'] as const) {
      if (!(options[name] > 0)) throw new RangeError(`${name} must be positive`)
    }
    const { seed = 0, maxSpans } = options
    const remembered = Math.max(rememberedLeast, Math.floor(maxSpans / rememberedShare))
    this.#options = options
    this.#store = new SpanStore(maxSpans)
    this.#traces = new OpenTraces(seed)
    this.#decided = new RecentKeys(remembered, seed)
    this.#looseEnds = new LooseEnds(remembered, seed)
    this.#producers = new Producers(remembered, seed)
    this.#shape = new Shape(this.#store, seed)
    this.#out = new AssembledColumns(this.#store.table())
  }

  get report(): AssemblyReport {
    return { openTraces: this.#traces.length, openSpans: this.#openSpans, ...this.#counts }
  }

  add(table: SpanTable): void {
    if (this.#store.adopt(table)) this.#out.replace(this.#store.table())
    const { maxSpans, maxSpansOfTrace } = this.#options
    const traces = this.#traces
    const words = this.#wordsOf(table)
    for (let row = 0; row < table.length; row++) {
      const end = nanosOf(table.endTime, row)
      const at = row * 4
      let trace = traces.find(words.trace, at)
      if (trace !== noTrace && (traces.spans[trace] as number) >= maxSpansOfTrace) {
        this.#counts.oversized++
        this.#decideEarly(trace)
        trace = noTrace
      } else if (this.#openSpans >= maxSpans) {
        const { oldest } = traces
        this.#counts.evicted++
        this.#decideEarly(oldest)
        if (oldest === trace) trace = noTrace
      }
      const late = trace === noTrace ? this.#decided.find(words.trace, at) !== notFound : traces.later[trace] === 1
      if (late) {
        this.#counts.late++
        // A copy of what was decided, or older than anything that may still come.
        if (end <= this.#closedAt) continue
      }
      if (table.links !== undefined && table.kind[row] === producerKind) this.#rememberProducer(table, row, words)
      if (trace === noTrace) trace = traces.open(words.trace, at, late)
      this.#extend(trace, this.#store.put(table, row, words), end)
    }
  }

  close(at: Nanos, all = false): AssembledSpans {
    const traces = this.#traces
    const decided = this.#waiting.slice(this.#waitingFrom)
    const waited = decided.length
    let spans = this.#waitingSpans
    this.#waiting = []
    this.#waitingFrom = 0
    this.#waitingSpans = 0
    for (let trace = 0; trace < traces.end; trace++) {
      const check = traces.check[trace] as number
      if (all ? check === Number.POSITIVE_INFINITY : check > at || !this.#isDecided(trace, at)) continue
      decided.push(trace)
      spans += traces.spans[trace] as number
    }
    this.#out.start(spans)
    const order = this.#sorted(decided)
    for (let i = 0; i < decided.length; i++) {
      const place = order[i] as number
      const trace = decided[place] as number
      this.#until = all ? Number.POSITIVE_INFINITY : at
      if (place >= waited) this.#decide(trace, this.#until)
      this.#emit(trace)
    }
    if (at > this.#closedAt) this.#closedAt = at
    return this.#out
  }

  /** Tables are used again, so their words are, too. */
  #wordsOf(table: SpanTable): TableWords {
    if (this.#lastIds !== table.traceId) {
      this.#lastIds = table.traceId
      this.#lastWords = tableWords(table)
    }
    return this.#lastWords as TableWords
  }

  #extend(trace: number, slot: number, end: Nanos): void {
    const { parentSpanId, next } = this.#store
    const traces = this.#traces
    const root = parentSpanId[slot * 2] === 0 && parentSpanId[slot * 2 + 1] === 0
    traces.extend(trace, slot, next, end, root)
    const earliest = end + Math.min(this.#options.idleNs, this.#options.maxAgeNs)
    if (earliest < (traces.check[trace] as number)) traces.check[trace] = earliest
    this.#openSpans++
  }

  /** Whether the trace is complete or too old at `at`, by the spans that ended until then; if not, notes when it is worth asking again. */
  #isDecided(trace: number, at: Nanos): boolean {
    const traces = this.#traces
    const { idleNs, maxAgeNs } = this.#options
    const root = traces.rootEnd[trace] as number
    let last = traces.lastEnd[trace] as number
    if (last > at) last = this.#lastEndUntil(trace, at)
    const complete = Math.max(root, last) + idleNs
    if (complete <= at) return true
    const tooOld = (traces.firstEnd[trace] as number) + maxAgeNs
    if (tooOld <= at) {
      this.#counts.aged++
      return true
    }
    traces.check[trace] = Math.min(complete, tooOld)
    return false
  }

  #lastEndUntil(trace: number, at: Nanos): Nanos {
    const store = this.#store
    let last = Number.NEGATIVE_INFINITY
    for (let slot = this.#traces.head[trace] as number; slot !== noSlot; slot = store.next[slot] as number) {
      const end = nanosOf(store.endTime, slot)
      if (end <= at && end > last) last = end
    }
    return last
  }

  /** The places of `decided` by trace id, earlier parts first: an order that the arrival of spans does not change. */
  #sorted(decided: readonly number[]): Int32Array {
    const { id } = this.#traces
    if (this.#order.length < decided.length) {
      this.#order = new Int32Array(decided.length * 2)
      this.#spare = new Int32Array(decided.length * 2)
    }
    for (let i = 0; i < decided.length; i++) this.#order[i] = i
    sortRows(this.#order, 0, decided.length, this.#spare, (a, b) => {
      const [left, right] = [(decided[a] as number) * 4, (decided[b] as number) * 4]
      return (
        (id[left] as number) - (id[right] as number) ||
        (id[left + 1] as number) - (id[right + 1] as number) ||
        (id[left + 2] as number) - (id[right + 2] as number) ||
        (id[left + 3] as number) - (id[right + 3] as number) ||
        a - b
      )
    })
    return this.#order
  }

  /** What ended after `at` becomes a later part. */
  #decide(trace: number, at: Nanos): void {
    const rest = (this.#traces.lastEnd[trace] as number) > at ? this.#split(trace, at) : noSlot
    this.#leave(trace)
    if (rest === noSlot) return
    const { next, endTime } = this.#store
    // Those of a later part were counted when they came.
    const counted = this.#traces.later[trace] === 1
    const part = this.#traces.open(this.#id, 0, true)
    for (let slot = rest; slot !== noSlot; ) {
      const following = next[slot] as number
      if (!counted) this.#counts.late++
      this.#extend(part, slot, nanosOf(endTime, slot))
      slot = following
    }
  }

  /** Takes the spans that ended after `at` out of the trace's chain; returns their own. */
  #split(trace: number, at: Nanos): number {
    const { next, endTime } = this.#store
    const traces = this.#traces
    let kept = noSlot
    let rest = noSlot
    let moved = 0
    for (let slot = traces.head[trace] as number; slot !== noSlot; ) {
      const following = next[slot] as number
      if (nanosOf(endTime, slot) > at) {
        next[slot] = rest
        rest = slot
        moved++
      } else {
        next[slot] = kept
        kept = slot
      }
      slot = following
    }
    traces.head[trace] = kept
    traces.spans[trace] = (traces.spans[trace] as number) - moved
    this.#openSpans -= moved
    return rest
  }

  /** Decided by a cap, between two closes. Where too many wait already, the first are dropped. */
  #decideEarly(trace: number): void {
    this.#leave(trace)
    this.#waiting.push(trace)
    this.#waitingSpans += this.#traces.spans[trace] as number
    while (this.#waitingSpans > this.#options.maxSpans) {
      const first = this.#waiting[this.#waitingFrom++] as number
      const spans = this.#traces.spans[first] as number
      this.#counts.dropped += spans
      this.#waitingSpans -= spans
      this.#free(first)
    }
    if (this.#waitingFrom > 1024 && this.#waitingFrom * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#waitingFrom)
      this.#waitingFrom = 0
    }
  }

  /** The trace is open no more, and remembered. */
  #leave(trace: number): void {
    const traces = this.#traces
    for (let i = 0; i < 4; i++) this.#id[i] = traces.id[trace * 4 + i] as number
    traces.leave(trace)
    this.#openSpans -= traces.spans[trace] as number
    const later = traces.later[trace] === 1
    if (later) this.#counts.laterParts++
    else this.#counts.decidedTraces++
    // That of a later part may be forgotten by now.
    if (!later || this.#decided.find(this.#id, 0) === notFound) this.#decided.add(this.#id, 0)
  }

  #emit(trace: number): void {
    const traces = this.#traces
    const shape = this.#shape
    const later = traces.later[trace] === 1
    for (let i = 0; i < 4; i++) this.#id[i] = traces.id[trace * 4 + i] as number
    shape.read(traces.head[trace] as number, traces.spans[trace] as number, !later, this.#counts)
    this.#counts.skewed += correctClocks(shape)
    this.#times.measure(shape, later ? this.#callerOf : undefined, this.#store.links === undefined ? undefined : this.#linkedTo)
    this.#out.append(this.#id, shape, this.#times, this.#store, later ? this.#isChildless : undefined)
    this.#rememberLooseEnds()
    this.#free(trace)
  }

  #rememberProducer({ endTime, duration }: SpanTable, row: number, words: TableWords): void {
    const end = [endTime[row * 2] as number, endTime[row * 2 + 1] as number] as const
    this.#producers.add(words.trace, row * 4, words.span, row * 2, { end, duration: duration[row] as number })
  }

  #rememberLooseEnds(): void {
    const shape = this.#shape
    const { spanId, parentSpanId, endTime } = this.#store
    for (let row = 0; row < shape.length; row++) {
      const slot = shape.slot[row] as number
      const kind = shape.kind[row] as number
      if (shape.orphan[row] === 1) this.#looseEnds.addMissing(this.#id, parentSpanId[slot * 2] as number, parentSpanId[slot * 2 + 1] as number)
      // A message may have several consumers, a call has one callee.
      if (callerHalf(kind) === 0 || (kind === clientKind && this.#times.answered[row] === 1)) continue
      this.#looseEnds.addCaller(this.#id, spanId[slot * 2] as number, spanId[slot * 2 + 1] as number, {
        service: shape.service[row] as number,
        kind,
        duration: shape.duration[row] as number,
        end: [endTime[slot * 2] as number, endTime[slot * 2 + 1] as number],
      })
    }
  }

  #free(trace: number): void {
    const store = this.#store
    for (let slot = this.#traces.head[trace] as number; slot !== noSlot; ) {
      const following = store.next[slot] as number
      store.free(slot)
      slot = following
    }
    this.#traces.free(trace)
  }
}

/** By their ends; of equal ends the shorter one is first. */
function isBefore(a: Producer, b: Producer): boolean {
  return (a.end[1] - b.end[1] || a.end[0] - b.end[0] || a.duration - b.duration) < 0
}
