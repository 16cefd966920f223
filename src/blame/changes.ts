/** Where in a log the trouble is, when nobody says: the stretch of time in which a service took longer than otherwise. */
import type { Nanos } from '../spans/index.ts'
import { noRow, type TraceLog, type Window } from './log.ts'

export interface Change {
  /** What comes before the stretch; what comes after it where too little comes before. */
  readonly baseline: Window
  readonly window: Window
  /** Whose time on the critical path stood out. */
  readonly service: string
  /** Standard errors by which the service's time in the stretch ranks above that of the other traces. */
  readonly strength: number
}

/** Below this a change is as strong as what chance finds when it may choose the stretch and the service. */
export const leastStrength = 5

/** Stretches begin and end at the bounds of so many equal parts of the time. */
const bins = 120
/** The least share of the traces, and number of them, that either side must have. */
const leastShare = 0.04
const leastTraces = 5

/**
 * Looks at every service and every stretch that begins or ends within the log. What is compared is where a trace ranks by the service's time on its
 * critical path among the traces with the same root operation: the mix of requests does not matter, nor do a few very slow ones. Undefined
 * for logs with fewer than 20 traces.
 */
export function findChange(log: TraceLog): Change | undefined {
  const whole = Array.from({ length: log.traces }, (_, trace) => trace).filter((trace) => log.root[trace] !== noRow)
  if (whole.length < 20) return undefined
  const begins = whole.map((trace) => log.begin[trace] as number)
  const from = begins.reduce((a, b) => Math.min(a, b))
  const to = begins.reduce((a, b) => Math.max(a, b)) + 256
  const time = (bin: number): Nanos => (bin === bins ? to : from + Math.round(((to - from) * bin) / bins / 256) * 256)
  const binOf = (trace: number): number => Math.min(bins - 1, Math.floor((((log.begin[trace] as number) - from) / (to - from)) * bins))
  const all = cumulated(
    whole.map((trace) => ({ trace, ns: 0 })),
    binOf,
    () => 1,
  )
  let best: (Stretch & { readonly service: number }) | undefined
  for (const [service, times] of timesByService(log, whole)) {
    for (const found of strongest(times, rankWithinKind(log, times), binOf, all)) if (isBetter(found, best)) best = { ...found, service }
  }
  if (best === undefined) return undefined
  const window = { from: time(best.first), to: time(best.end) }
  const before = begins.filter((begin) => begin < window.from).length
  const baseline = before >= Math.max(leastTraces, leastShare * whole.length) ? { from, to: window.from } : { from: window.to, to }
  return { baseline, window, service: log.dictionary.text(best.service), strength: best.strength }
}

interface TraceTime {
  readonly trace: number
  /** On the critical path. */
  ns: number
}

function timesByService(log: TraceLog, traces: readonly number[]): Map<number, TraceTime[]> {
  const services = new Map<number, TraceTime[]>()
  for (const trace of traces)
    for (let row = log.firstRow[trace] as number; row < log.endOf(trace); row++) {
      const service = log.service[row] as number
      let times = services.get(service)
      if (times === undefined) {
        times = []
        services.set(service, times)
      }
      let last = times.at(-1)
      if (last?.trace !== trace) {
        last = { trace, ns: 0 }
        times.push(last)
      }
      last.ns += log.critical[row] as number
    }
  return services
}

interface Stretch {
  /** Bins [first, end). */
  readonly first: number
  readonly end: number
  readonly strength: number
  /** What the service added to a trace of the stretch, as far as most of them rose. */
  readonly added: number
  /** Enough traces come before it. */
  readonly hasBefore: boolean
}

/**
 * Of changes that are no chance the one that cost most: a small one can be as certain as a large one. But one that is there from the first trace on is a
 * change only by what comes after it, as a start is, where caches are cold and code is not yet compiled: any that came later goes before it.
 */
function isBetter(one: Stretch, other: Stretch | undefined): boolean {
  if (other === undefined) return true
  const [clear, otherClear] = [one.strength >= leastStrength, other.strength >= leastStrength]
  if (clear !== otherClear) return clear
  if (clear && one.hasBefore !== other.hasBefore) return one.hasBefore
  return clear ? one.added > other.added : one.strength > other.strength
}

/** The strongest stretch; where that has too few traces before it, the strongest after it, too. */
function strongest(times: readonly TraceTime[], ranks: Float64Array, binOf: (trace: number) => number, all: Float64Array): Stretch[] {
  const strongestFrom = searchIn(times, ranks, binOf, all)
  const best = strongestFrom(0)
  if (best === undefined || best.hasBefore) return best === undefined ? [] : [best]
  const later = strongestFrom(best.end)
  return later === undefined ? [best] : [best, later]
}

/** Searches the stretches that begin at a bin or later. */
function searchIn(
  times: readonly TraceTime[],
  ranks: Float64Array,
  binOf: (trace: number) => number,
  all: Float64Array,
): (from: number) => Stretch | undefined {
  const count = cumulated(times, binOf, () => 1)
  const sum = cumulated(times, binOf, (i) => ranks[i] as number)
  const ns = cumulated(times, binOf, (i) => (times[i] as TraceTime).ns)
  const variance = ranks.reduce((total, rank) => total + rank * rank, 0) / ranks.length
  const least = Math.max(leastTraces, leastShare * times.length)
  const leastBefore = Math.max(leastTraces, leastShare * (all[bins] as number))
  return (from) => {
    let best: Stretch | undefined
    for (let first = from; first < bins; first++)
      for (let end = first + 1; end <= bins; end++) {
        const inside = (count[end] as number) - (count[first] as number)
        const outside = times.length - inside
        if (inside < least || outside < least || variance === 0) continue
        // Ranks have mean 0 over all, so that what is outside follows from what is inside.
        const mean = ((sum[end] as number) - (sum[first] as number)) / inside
        const strength = mean * Math.sqrt((inside * times.length) / (outside * variance))
        if (strength <= (best?.strength ?? 0)) continue
        const took = (ns[end] as number) - (ns[first] as number)
        const rise = took / inside - ((ns[bins] as number) - took) / outside
        // Twice the distance of the mean ranks is Cliff's delta.
        const delta = (2 * mean * times.length) / outside
        const added = (Math.max(0, rise) * delta * inside) / ((all[end] as number) - (all[first] as number))
        best = { first, end, strength, added, hasBefore: (all[first] as number) >= leastBefore }
      }
    return best
  }
}

/** Sums of `value` over the bins before each. */
function cumulated(times: readonly TraceTime[], binOf: (trace: number) => number, value: (i: number) => number): Float64Array {
  const sums = new Float64Array(bins + 1)
  for (const [i, { trace }] of times.entries()) {
    const bin = binOf(trace) + 1
    sums[bin] = (sums[bin] as number) + value(i)
  }
  for (let bin = 1; bin <= bins; bin++) sums[bin] = (sums[bin] as number) + (sums[bin - 1] as number)
  return sums
}

/** Where each stands among those whose root has the same operation: −½ to ½, equal ones in the middle of their places, 0 where it is the only one. */
function rankWithinKind(log: TraceLog, times: readonly TraceTime[]): Float64Array {
  const kinds = Map.groupBy(times.keys(), (i) => {
    const root = log.root[(times[i] as TraceTime).trace] as number
    return `${log.service[root]} ${log.operation[root]}`
  })
  const ranks = new Float64Array(times.length)
  const ns = (i: number | undefined): number | undefined => (i === undefined ? undefined : times[i]?.ns)
  for (const members of kinds.values()) {
    members.sort((a, b) => (ns(a) as number) - (ns(b) as number))
    for (let at = 0; at < members.length; ) {
      let end = at
      while (end < members.length && ns(members[end]) === ns(members[at])) end++
      for (const member of members.slice(at, end)) ranks[member] = (at + end) / 2 / members.length - 0.5
      at = end
    }
  }
  return ranks
}
