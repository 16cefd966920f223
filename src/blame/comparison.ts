/** Two windows of a log side by side: which traces, and what each of their spans adds to which service. */
import { consumerKind, noRow, type TraceLog, type Window } from './log.ts'

/** Where time is spent. Names are dictionary codes. */
export interface Cell {
  /**
   * In a service's operation itself; in a call to a peer, which is all that is known of it; on the way to it from a caller; in the queue before it, of a message; and, of a message, all the time until the
   * service was done with it, which is no time of its own.
   */
  readonly kind: 'self' | 'peer' | 'gap' | 'queue' | 'turn'
  readonly service: number
  /** Of a peer, a gap, a queue and a turn: who called. */
  readonly caller: number
  readonly operation: number
}

/** How a cell's calls took in the two windows. */
export interface Shift {
  /**
   * Calls before and after that were looked at; of traces of unequal weights as many of equal weight as would tell as much (Kish's effective sample
   * size). Where there was no call before, as many as there are other ways to compare with.
   */
  readonly before: number
  readonly after: number
  /** Calls after for which these stand. */
  readonly calls: number
  /** Mean before, nanoseconds. */
  readonly mean: number
  /** Mean after − mean before, nanoseconds. */
  readonly rise: number
  /** Cliff's delta: the chance that a call after took longer than one before, less the chance of the opposite; −1 to 1. */
  readonly delta: number
}

/** What was measured of a cell, sorted by value. */
interface Samples {
  readonly values: Float64Array
  /** Index of the sample's trace in `traces`. */
  readonly traces: Uint32Array
}

export class Comparison {
  readonly log: TraceLog
  /** Traces of the log, those of the baseline first. */
  readonly traces: readonly number[]
  /** So many of `traces` are the baseline's. */
  readonly baseline: number
  readonly cells: readonly Cell[]
  /** By trace of `traces`: for how many it stands. */
  readonly weights: Float64Array
  /** By the service that takes messages: itself, and the services that were called for one. */
  readonly behind: ReadonlyMap<number, ReadonlySet<number>>
  readonly #samples: readonly Samples[]

  constructor(log: TraceLog, before: readonly number[], after: readonly number[]) {
    this.log = log
    this.traces = [...before, ...after]
    this.baseline = before.length
    this.weights = Float64Array.from(this.traces, (trace) => log.weight[trace] as number)
    this.behind = behindQueues(log, this.traces)
    const collected = collect(log, this.traces)
    this.cells = collected.map(({ cell }) => cell)
    this.#samples = collected.map(({ values, traces }) => sorted(values, traces))
  }

  /** For how many traces those of the window stand. */
  get tracesAfter(): number {
    return this.weights.subarray(this.baseline).reduce((sum, weight) => sum + weight, 0)
  }

  /** How often each trace is taken before and after: once, in its own window. */
  get asRecorded(): { readonly before: Uint32Array; readonly after: Uint32Array } {
    const { traces, baseline } = this
    return {
      before: Uint32Array.from(traces, (_, i) => (i < baseline ? 1 : 0)),
      after: Uint32Array.from(traces, (_, i) => (i < baseline ? 0 : 1)),
    }
  }

  /**
   * The shift of every cell where each trace is taken `before[i]` times before and `after[i]` times after. A way that nobody went before is compared
   * with what all others took then: gaps are much alike. Undefined where there is nothing to compare.
   */
  shifts(before: Uint32Array, after: Uint32Array): (Shift | undefined)[] {
    const means: number[] = []
    const shifts = this.#samples.map((samples, i) => {
      const shift = shiftOf(samples, before, after, this.weights)
      if (this.cells[i]?.kind === 'gap' && shift.before > 0) means.push(shift.mean)
      return shift
    })
    means.sort((a, b) => a - b)
    return shifts.map((shift, i) => {
      if (shift.after === 0) return undefined
      if (shift.before > 0) return shift
      const { kind } = this.cells[i] as Cell
      return (kind === 'gap' || kind === 'queue') && means.length > 0 ? shiftFrom(means, this.#samples[i] as Samples, after, this.weights) : undefined
    })
  }
}

/** One pass over the sorted values, equal ones together. */
function shiftOf({ values, traces }: Samples, before: Uint32Array, after: Uint32Array, weights: Float64Array): Shift {
  let [n, m, sumBefore, sumAfter, wins, squaresBefore, squaresAfter] = [0, 0, 0, 0, 0, 0, 0]
  for (let i = 0; i < values.length; ) {
    const value = values[i] as number
    let [equalBefore, equalAfter] = [0, 0]
    for (; i < values.length && values[i] === value; i++) {
      const trace = traces[i] as number
      const weight = weights[trace] as number
      const [had, has] = [weight * (before[trace] as number), weight * (after[trace] as number)]
      equalBefore += had
      equalAfter += has
      squaresBefore += weight * had
      squaresAfter += weight * has
    }
    wins += equalAfter * n - equalBefore * m
    n += equalBefore
    m += equalAfter
    sumBefore += equalBefore * value
    sumAfter += equalAfter * value
  }
  const mean = n > 0 ? sumBefore / n : 0
  return {
    before: effective(n, squaresBefore),
    after: effective(m, squaresAfter),
    calls: m,
    mean,
    rise: (m > 0 ? sumAfter / m : 0) - mean,
    delta: n > 0 && m > 0 ? wins / (n * m) : 0,
  }
}

/** Kish: (Σw)² ÷ Σw². */
function effective(sum: number, squares: number): number {
  return squares > 0 ? (sum * sum) / squares : 0
}

/** Against the sorted means of other cells, each of which counts as one call. */
function shiftFrom(means: readonly number[], { values, traces }: Samples, after: Uint32Array, weights: Float64Array): Shift {
  let [m, sum, wins, squares, below, equal] = [0, 0, 0, 0, 0, 0]
  for (let i = 0; i < values.length; i++) {
    const weight = weights[traces[i] as number] as number
    const times = weight * (after[traces[i] as number] as number)
    const value = values[i] as number
    while (below < means.length && (means[below] as number) < value) below++
    equal = below
    while (equal < means.length && means[equal] === value) equal++
    m += times
    squares += weight * times
    sum += times * value
    wins += times * (below - (means.length - equal))
  }
  const usual = means.reduce((total, mean) => total + mean, 0) / means.length
  return { before: means.length, after: effective(m, squares), calls: m, mean: usual, rise: sum / m - usual, delta: wins / (m * means.length) }
}

interface Collected {
  readonly cell: Cell
  readonly values: number[]
  readonly traces: number[]
}

/**
 * What somebody waited for: the parts of self and gap on the critical path, so that children that overlap are not counted twice and work in the
 * background not at all. Of an answer for which its caller did not wait to the end, the whole: a client's timeout must not hide how slow it was.
 */
function collect(log: TraceLog, traces: readonly number[]): Collected[] {
  const cells = new Map<string, Collected>()
  const put = (cell: Cell, trace: number, value: number): void => {
    const key = `${cell.kind} ${cell.service} ${cell.caller} ${cell.operation}`
    let collected = cells.get(key)
    if (collected === undefined) {
      collected = { cell, values: [], traces: [] }
      cells.set(key, collected)
    }
    collected.values.push(value)
    collected.traces.push(trace)
  }
  const outlived = new Uint8Array(log.spans)
  for (const [i, trace] of traces.entries()) {
    const [first, end] = [log.firstRow[trace] as number, log.endOf(trace)]
    const answered = answeredCalls(log, first, end)
    for (let row = first; row < end; row++) {
      const [service, operation] = [log.service[row] as number, log.operation[row] as number]
      const gap = isPartOfBatch(log, row) ? 0 : Math.min(log.gap[row] as number, log.critical[row] as number)
      const self = isOutlived(log, row, outlived) ? (log.self[row] as number) : (log.critical[row] as number) - gap
      if (log.isPeer(row)) put({ kind: 'peer', service, caller: log.callerOf(row), operation }, i, self)
      // What a call waits for is its callee's gap, where the callee is known.
      else if (!answered.has(row)) put({ kind: 'self', service, caller: service, operation }, i, self)
      if (Number.isNaN(log.seen[row] as number)) continue
      const caller = log.callerOf(row)
      put({ kind: isMessage(log, row) ? 'queue' : 'gap', service, caller, operation }, i, gap)
      if (isMessage(log, row)) put({ kind: 'turn', service, caller, operation }, i, log.duration[row] as number)
    }
  }
  return [...cells.values()]
}

/** A message that a span of its own service waits for has waited itself, but what was done meanwhile is on the path. */
function isPartOfBatch(log: TraceLog, row: number): boolean {
  const parent = log.parent[row] as number
  return isMessage(log, row) && parent !== noRow && !log.isCall(parent) && log.service[parent] === log.service[row]
}

function isMessage(log: TraceLog, row: number): boolean {
  return log.kind[row] === consumerKind
}

/** Of every service that takes messages the services of the spans under one, up to the next queue: nobody waits for what is behind that. */
function behindQueues(log: TraceLog, traces: readonly number[]): ReadonlyMap<number, ReadonlySet<number>> {
  const behind = new Map<number, Set<number>>()
  const takers = new Int32Array(log.spans).fill(unasked)
  for (const trace of traces) {
    for (let row = log.firstRow[trace] as number; row < log.endOf(trace); row++) {
      const taker = takerOf(log, row, takers)
      if (taker === noRow) continue
      const service = log.service[taker] as number
      behind.set(service, (behind.get(service) ?? new Set()).add(log.service[row] as number))
    }
  }
  return behind
}

const unasked = -2

/** The message's own span, which this one is part of; all that were asked on the way are remembered in `memo`. */
function takerOf(log: TraceLog, row: number, memo: Int32Array): number {
  const path: number[] = []
  let at = row
  while (at !== noRow && memo[at] === unasked && !isMessage(log, at)) {
    path.push(at)
    at = log.parent[at] as number
  }
  const taker = at === noRow ? noRow : isMessage(log, at) ? at : (memo[at] as number)
  for (const passed of path) memo[passed] = taker
  return taker
}

/** CLIENT spans whose other half is there. */
function answeredCalls(log: TraceLog, first: number, end: number): ReadonlySet<number> {
  const rows = new Set<number>()
  for (let row = first; row < end; row++) {
    const parent = log.parent[row] as number
    if (parent !== noRow && log.isCall(parent) && !Number.isNaN(log.seen[row] as number)) rows.add(parent)
  }
  return rows
}

const no = 1
const yes = 2

/** The span is part of an answer that took longer than its caller's span; parents are asked first, and all remembered in `memo`. */
function isOutlived(log: TraceLog, row: number, memo: Uint8Array): boolean {
  const path: number[] = []
  let found = 0
  for (let at = row; at !== noRow && found === 0; at = log.parent[at] as number) {
    found = memo[at] as number
    if (found !== 0) break
    path.push(at)
    if ((log.duration[at] as number) > (log.seen[at] as number)) found = yes
  }
  const answer = found === yes ? yes : no
  for (const passed of path) memo[passed] = answer
  return answer === yes
}

function sorted(values: readonly number[], traces: readonly number[]): Samples {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number))
  return { values: Float64Array.from(order, (i) => values[i] as number), traces: Uint32Array.from(order, (i) => traces[i] as number) }
}

/** Whole traces that began in the window. */
export function tracesOf(log: TraceLog, { from, to }: Window): number[] {
  const traces: number[] = []
  for (let trace = 0; trace < log.traces; trace++) {
    const begin = log.begin[trace] as number
    if (isWhole(log, trace) && begin >= from && begin < to) traces.push(trace)
  }
  return traces
}

/** It counts as a trace: no later part of one, and not there only to be shown. */
export function isWhole(log: TraceLog, trace: number): boolean {
  return log.root[trace] !== noRow && (log.weight[trace] as number) > 0
}
