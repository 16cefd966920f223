/** Ranks the services by what they added to the traces of a window, against a baseline. */
import { addedBy, type Charge, type ChargeOptions, charge, defaultCharge } from './charge.ts'
import { Comparison } from './comparison.ts'
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

export interface BlameReport {
  readonly baseline: Window
  readonly window: Window
  /** Whole traces that began in each. */
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
  const comparison = new Comparison(log, baseline, window)
  const { traces, cells } = comparison
  const [tracesBefore, tracesAfter] = [comparison.baseline, traces.length - comparison.baseline]
  const { before: pathBefore, after: pathAfter } = paths(comparison)
  const head = { baseline, window, tracesBefore, tracesAfter, pathBefore, pathAfter }
  if (tracesBefore === 0 || tracesAfter === 0) return { ...head, services: [], confidence: undefined, exemplars: [] }
  const caution = options.caution ?? defaultCharge.caution
  const { before, after } = comparison.asRecorded
  const charges = charge(cells, comparison.shifts(before, after), tracesAfter, { caution })
  const total = [...charges.values()].reduce((sum, charge) => sum + addedBy(charge), 0)
  const services = [...signals(comparison)]
    .map(([code, signal]) => {
      const charge = charges.get(code) ?? { self: 0, gap: 0, calls: 0 }
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
