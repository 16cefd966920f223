/**
 * Why a decision asks for this service and not for its caller: the traces that its rules looked at, against those before the trouble began. A driver tells
 * of every step; it asks when a decision is written down. Nothing here changes a decision, and what cannot be had says why.
 */
import { type Bundle, type RuleIR, selectsPeers } from '../bundle/index.ts'
import type { Because } from '../evaluate/index.ts'
import type { BlameEvidence, EvidenceService, EvidenceTrace } from '../explain/index.ts'
import { type Decision, duration } from '../plan/index.ts'
import { type AssembledSpans, type Nanos, peerMatcher, serviceMatcher } from '../spans/index.ts'
import type { TraceLog, Window } from './log.ts'
import { lookbackOf } from './lookback.ts'
import { seededRandom } from './random.ts'
import { RecentTraces } from './recent.ts'
import { type BlamedService, type Ranking, rank } from './report.ts'
import { Troubles } from './troubles.ts'
import { verdict } from './verdict.ts'
import { waterfall } from './waterfall.ts'
import { elsewhere, why } from './why.ts'

export interface EvidenceOptions {
  /** How far the baseline goes back before the window; 10 minutes by default. */
  readonly baselineNs?: number
  readonly previous?: DecisionEvidence
}

const defaultBaselineNs = 600e9
/** The longest window: a rule may look at hours, and memory does not hold them. */
const longestWindowNs = 600e9
/** With fewer on either side nothing is said. */
const leastTraces = 10
/** Of each side so many are compared, evenly chosen: it takes some 25 ms a decision. */
const mostTraces = 150
const mostSpans = 3000
const resamples = 40
const shownServices = 3
const shownTraces = 2
const waterfallSize = { columns: 96, rows: 10 } as const

interface ReadRule {
  readonly rule: RuleIR
  readonly lookbackNs: number
  readonly leastNs: number
  readonly services: readonly string[]
  readonly reads: (service: string) => boolean
  readonly isTraced: boolean
}

export class DecisionEvidence {
  readonly #baselineNs: number
  readonly #rules: ReadonlyMap<string, ReadRule>
  readonly #recent: RecentTraces
  /** Some rule needs traces: otherwise there may be none. */
  readonly #assembles: boolean
  readonly #troubles: Troubles

  /** `previous`: before a reload; what it knows of traces goes on here, and it must not be used any more. */
  constructor(bundle: Bundle, { baselineNs = defaultBaselineNs, previous }: EvidenceOptions = {}) {
    const rules = bundle.rules.map(readRule)
    const longest = Math.max(0, ...rules.map(({ lookbackNs }) => lookbackNs))
    const isRead = (service: string): boolean => rules.some(({ reads }) => reads(service))
    this.#baselineNs = baselineNs
    this.#assembles = rules.some(({ isTraced }) => isTraced)
    this.#rules = new Map(rules.map((rule) => [rule.rule.name, rule]))
    this.#recent = new RecentTraces(isRead, { keepNs: baselineNs + longest }, previous === undefined ? undefined : previous.#recent)
    this.#troubles = new Troubles(baselineNs + longestWindowNs, previous === undefined ? undefined : previous.#troubles)
  }

  /** For the engine's `onDecided`. */
  readonly decided = (found: AssembledSpans, at: Nanos): void => this.#recent.add(found, at)

  /** All decisions of a step, steady ones too: while rules ask, what is seen is no baseline for later decisions of the target. */
  stepped(decisions: readonly Decision[]): void {
    for (const decision of decisions) {
      const { target, at } = decision
      const asking = this.#asking(decision)
      const settles = decision.rules.some(({ unknown }) => unknown === 'settling')
      if (asking.length > 0) this.#troubles.add(target, { earliest: at - lookbackOfAll(asking), latest: at - windowOf(asking), to: at })
      else if (settles) this.#troubles.goesOn(target, at)
    }
  }

  /** Undefined where there is nothing to explain: nobody asks for more or for a freeze, or no traces are assembled. */
  of(decision: Decision): BlameEvidence | undefined {
    const { at, target, outcome, from, to } = decision
    const asking = this.#asking(decision)
    if (asking.length === 0 || outcome === 'steady' || (from !== undefined && to !== undefined && to < from)) return undefined
    const recent = this.#recent
    const { log } = recent
    // Where samplers put traces together, elsewhere, there are none here.
    if (log === undefined) return this.#assembles ? { missing: 'no trace has been put together here yet' } : undefined
    const reads = (service: string): boolean => asking.some((rule) => rule.reads(service))
    const isRead = touching(log, reads)
    const decidedIn = (of: Window): number[] => recent.decidedIn(of).filter(isRead)
    // The time that it takes at the least; where that has too few traces, all that may have counted.
    const windows = [windowOf(asking), lookbackOfAll(asking)].map((ns): Window => ({ from: at - ns, to: at }))
    const window = windows.find((of) => decidedIn(of).length >= leastTraces) ?? (windows[1] as Window)
    const after = decidedIn(window)
    // Rather without what may be trouble already; but a little of that is better than no baseline.
    const sides = (['earliest', 'latest'] as const).map((begin) => this.#before(target, window, begin, decidedIn))
    const { baseline, before } = sides.find((side) => side.before.length >= leastTraces) ?? (sides[1] as Side)
    const missing = whyMissing(before.length, after.length, window)
    if (missing !== undefined) return { missing }
    const random = seededRandom(seedOf(target, at))
    const ranking = rank(log, capped(log, before), capped(log, after), { random, resamples, exemplars: shownTraces })
    const said = verdict(ranking)
    const note = elsewhere(said, asking, target)
    return {
      window: { from: isoOf(window.from), to: isoOf(at), traces: after.length },
      baseline: {
        from: isoOf(before.reduce((least, trace) => Math.min(least, log.begin[trace] as number), baseline.to)),
        to: isoOf(baseline.to),
        traces: before.length,
      },
      sureness: said.sureness,
      why: why(log, after, ranking, said),
      ...(note === undefined ? {} : { note }),
      ...(said.hint === undefined ? {} : { hint: said.hint }),
      ...(ranking.confidence === undefined ? {} : { confidence: ranking.confidence }),
      services: ranking.services.slice(0, shownServices).map(rowOf),
      exemplars: exemplarsOf(log, decision, asking, ranking),
    }
  }

  /** The rules that want more replicas, or none to be added, and read spans. */
  #asking({ rules, from }: Decision): ReadRule[] {
    return rules.flatMap(({ rule, truth, wants }) => {
      const read = this.#rules.get(rule)
      if (read === undefined || truth !== 'true' || read.services.length === 0) return []
      const { action } = read.rule
      const asks = action.kind === 'freeze' ? action.up : wants !== undefined && from !== undefined && wants > from
      return asks ? [read] : []
    })
  }

  #before(target: string, window: Window, begin: 'earliest' | 'latest', decidedIn: (of: Window) => number[]): Side {
    const troubles = this.#troubles.of(target).map((trouble): Window => ({ from: trouble[begin], to: trouble.to }))
    const begun = Math.min(window.from, troubles.findLast(({ from }) => from <= window.to)?.from ?? window.from)
    const baseline = { from: begun - this.#baselineNs, to: begun }
    const spoilt = new Set(troubles.flatMap((trouble) => this.#recent.decidedIn(trouble)))
    return { baseline, before: decidedIn(baseline).filter((trace) => !spoilt.has(trace)) }
  }
}

interface Side {
  readonly baseline: Window
  readonly before: readonly number[]
}

function readRule(rule: RuleIR): ReadRule {
  const { ns, leastNs, selectors, isTraced } = lookbackOf(rule)
  const services = [...new Set(selectors.map(({ service }) => service))]
  const matchers = selectors.map((selector) => (selectsPeers(selector) ? peerMatcher : serviceMatcher)(selector.service))
  return {
    rule,
    isTraced,
    lookbackNs: Math.min(longestWindowNs, ns),
    leastNs: Math.min(longestWindowNs, leastNs),
    services,
    reads: (service) => matchers.some((matches) => matches(service)),
  }
}

/** So much of the past is what the rules ask about. */
function windowOf(asking: readonly ReadRule[]): number {
  return Math.max(...asking.map(({ leastNs }) => leastNs))
}

function lookbackOfAll(asking: readonly ReadRule[]): number {
  return Math.max(...asking.map(({ lookbackNs }) => lookbackNs))
}

/** A test of traces: whether one has a service that is read. Names are looked at once each. */
function touching(log: TraceLog, reads: (service: string) => boolean): (trace: number) => boolean {
  const known = new Map<number, boolean>()
  const isRead = (code: number): boolean => {
    let found = known.get(code)
    if (found === undefined) {
      found = reads(log.dictionary.text(code))
      known.set(code, found)
    }
    return found
  }
  return (trace) => {
    for (let row = log.firstRow[trace] as number; row < log.endOf(trace); row++) if (isRead(log.service[row] as number)) return true
    return false
  }
}

function whyMissing(before: number, after: number, { from, to }: Window): string | undefined {
  const few = (n: number): string => (n === 0 ? 'no trace' : n === 1 ? 'one trace only' : `${n} traces only`)
  if (after < leastTraces)
    return `${few(after)} through what these rules read ended in the ${duration(to - from)} that they look at; ${leastTraces} are needed to compare`
  if (before < leastTraces) return `there is ${few(before)} from before the trouble to compare with; ${leastTraces} are needed`
  return undefined
}

/** Evenly chosen, so that all of the window is looked at. */
function capped(log: TraceLog, traces: readonly number[]): readonly number[] {
  const spans = traces.reduce((sum, trace) => sum + log.endOf(trace) - (log.firstRow[trace] as number), 0)
  const most = Math.max(leastTraces, Math.min(mostTraces, Math.floor((mostSpans * traces.length) / Math.max(1, spans))))
  if (traces.length <= most) return traces
  return Array.from({ length: most }, (_, i) => traces[Math.floor(((i + 0.5) * traces.length) / most)] as number)
}

/** The same decision draws the same numbers, whoever drives the engine. */
function seedOf(target: string, at: Nanos): number {
  let hash = 0x811c9dc5
  for (const char of `${target} ${at}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  return hash
}

function rowOf({ service, plain, self, gap, own, critical, added, share }: BlamedService): EvidenceService {
  const [addedNs, selfNs, gapNs, ownNs, criticalNs] = [added, self, gap, own, critical].map(rounded) as [number, number, number, number, number]
  return {
    service,
    added: addedNs,
    share: Math.round(share * 1000) / 1000,
    ...(plain === undefined ? {} : { plain: rounded(plain) }),
    self: selfNs,
    gap: gapNs,
    own: ownNs,
    critical: criticalNs,
  }
}

/** Without a negative zero. */
function rounded(ns: number): number {
  return Math.round(ns) + 0
}

/** The worst of a rule that asks, as it named it; then one that is typical of the service at fault. */
function exemplarsOf(log: TraceLog, { rules }: Decision, asking: readonly ReadRule[], { exemplars, services }: Ranking): EvidenceTrace[] {
  const [service] = services.map((of) => of.service)
  const found = new Map<number, string>()
  for (const { rule, because } of rules) {
    if (found.size > 0 || !asking.some((read) => read.rule.name === rule)) continue
    const worst = traceIdsOf(because)
      .map((id) => log.find(id))
      .find((trace) => trace !== undefined)
    if (worst !== undefined) found.set(worst, `the worst that ${rule} counted`)
  }
  for (const trace of exemplars) if (found.size < shownTraces && !found.has(trace)) found.set(trace, `of those in which ${service} took long`)
  return [...found].map(([trace, what]) => ({
    traceId: log.idOf(trace),
    what,
    waterfall: waterfall(log, trace, { ...waterfallSize, ...(service === undefined ? {} : { service }) }),
  }))
}

function traceIdsOf(because: Because): readonly string[] {
  if (because.truth !== 'true') return []
  if (because.traceIds !== undefined && because.traceIds.length > 0) return because.traceIds
  return (because.of ?? []).map(traceIdsOf).find((ids) => ids.length > 0) ?? []
}

function isoOf(time: Nanos): string {
  return new Date(Math.round(time / 1e6)).toISOString()
}
