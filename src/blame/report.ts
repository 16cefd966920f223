/** Ranks the services by what they added to the traces of a window, against a baseline. */
import { addedBy, type Charge, type ChargeOptions, charge, defaultCharge, nothing } from './charge.ts'
import { Comparison, tracesOf } from './comparison.ts'
import { type Confidence, confidence } from './confidence.ts'
import { exemplars } from './exemplars.ts'
import type { TraceLog, Window } from './log.ts'
import { paths, type Signals, signals } from './signals.ts'

export interface BlamedService extends Signals {
  readonly service: string
  /** What the chosen method charges it, nanoseconds a trace. */
  readonly added: number
  readonly charge: Charge
  /** `added` of what all services added, 0 to 1. */
  readonly share: number
}

/** Of traces of two kinds, those before and those after. */
export interface Ranking {
  /** Whole traces of each. */
  readonly tracesBefore: number
  readonly tracesAfter: number
  /** Mean length of the critical path, nanoseconds. */
  readonly pathBefore: number
  readonly pathAfter: number
  /** The one that added most first. */
  readonly services: readonly BlamedService[]
  /** Of the first; undefined where none added anything. */
  readonly confidence: Confidence | undefined
  /** Traces of the window that show it, the most telling first, as indices of the log. */
  readonly exemplars: readonly number[]
}

export interface BlameReport extends Ranking {
  readonly baseline: Window
  readonly window: Window
}

export interface BlameOptions extends Partial<ChargeOptions> {
  /** Numbers from 0 to 1 for the confidence. */
  readonly random: () => number
  /** Resamples for the confidence; by default as many as take about a second, from 20 to 200. */
  readonly resamples?: number
  /** Traces to show. Default 3. */
  readonly exemplars?: number
}

/** Calls that are looked at in all resamples together. */
const resampledCalls = 2e7

/** The log's traces that began in the two windows, compared. Nothing is ranked where one of them has none. */
export function blame(log: TraceLog, baseline: Window, window: Window, options: BlameOptions): BlameReport {
  return { baseline, window, ...rank(log, tracesOf(log, baseline), tracesOf(log, window), options) }
}

/** The same of traces that are named, as indices of the log. */
export function rank(log: TraceLog, before: readonly number[], after: readonly number[], options: BlameOptions): Ranking {
  const comparison = new Comparison(log, before, after)
  const { traces } = comparison
  const { before: pathBefore, after: pathAfter } = paths(comparison)
  const head = { tracesBefore: before.length, tracesAfter: after.length, pathBefore, pathAfter }
  if (before.length === 0 || after.length === 0) return { ...head, services: [], confidence: undefined, exemplars: [] }
  const caution = options.caution ?? defaultCharge.caution
  const recorded = comparison.asRecorded
  const charges = charge(comparison, comparison.shifts(recorded.before, recorded.after), comparison.tracesAfter, { caution })
  const total = [...charges.values()].reduce((sum, charge) => sum + addedBy(charge), 0)
  const services = [...signals(comparison)]
    .map(([code, signal]) => {
      const charge = charges.get(code) ?? nothing
      const added = addedBy(charge)
      return { code, service: log.dictionary.text(code), ...signal, added, charge, share: total > 0 ? added / total : 0 }
    })
    .sort((a, b) => b.added - a.added || b.critical - a.critical || (a.service < b.service ? -1 : 1))
  const [top] = services
  const ranked = services.map(({ code: _, ...service }) => service)
  if (top === undefined || !(top.added > 0)) return { ...head, services: ranked, confidence: undefined, exemplars: [] }
  const spans = traces.reduce((sum, trace) => sum + log.endOf(trace) - (log.firstRow[trace] as number), 0)
  const resamples = options.resamples ?? Math.round(Math.min(200, Math.max(20, resampledCalls / Math.max(1, spans))))
  return {
    ...head,
    services: ranked,
    confidence: confidence(comparison, top.code, top.added, { caution, random: options.random, resamples }),
    exemplars: exemplars(comparison, top.code, options.exemplars ?? 3),
  }
}
