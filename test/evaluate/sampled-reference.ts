/**
 * What values of a sample of traces must be, by definition: every span counts as often as the weight of its trace says, and what the sample is too coarse to
 * tell is unknown. Where no trace of the window was left out or weighted it is what traced-reference.ts says.
 */
import type { TraceSampler } from '../../src/spans/index.ts'
import { type Asked, type Decided, expected, idleNs, isOf, ns, stepNs } from './traced-reference.ts'

export interface Sampled extends Decided {
  readonly weight: number
}

/** Traces by their number; those that are not named count as themselves. */
export function samplerOf(weights: ReadonlyMap<number, number>, anomalous: ReadonlySet<number> = new Set()): TraceSampler {
  return {
    decide: ({ spans, weight, anomalous: marks }) => {
      const ids = new DataView(spans.traceId.buffer)
      for (let row = 0; row < spans.length; row++) {
        const trace = ids.getUint32(row * 16 + 12)
        weight[row] = weights.get(trace) ?? 1
        marks[row] = anomalous.has(trace) ? 1 : 0
      }
    },
  }
}

export interface Question extends Asked {
  /** The constant that it is compared with, if that is one. */
  readonly against?: number | undefined
  /** Of the rule. */
  readonly atLeast: number
}

/** The value at a step, or why there is none. */
export function estimated(question: Question, decided: readonly Sampled[], now: number, epoch: number | undefined, scalesUp: boolean): number | string {
  const { of, stat, field, over, against, atLeast } = question
  const heaviest = heaviestIn(decided, now - over * 1e9, now)
  const counts = stat.kind === 'count' || stat.kind === 'rate' || stat.kind === 'errors'
  const from = epoch ?? Number.NEGATIVE_INFINITY
  if (from >= now) return 'settling'
  const inWindow = decided.filter((trace) => trace.at <= now && trace.at > now - over * 1e9)
  const found = inWindow
    .filter(({ weight }) => weight > 0)
    .flatMap((trace) =>
      trace.known
        .filter((span) => isOf(of, span) && !Number.isNaN(span.fields[field]) && ns(scalesUp ? span.start : span.end) >= from)
        .map((span) => ({ ...span, weight: trace.weight, value: ns(span.fields[field]) })),
    )
    .sort((a, b) => a.value - b.value)
  if (heaviest === undefined) return !counts && found.length > 0 && found.length < atLeast ? 'few' : expected(question, decided, now, epoch, scalesUp)

  const last = Math.max(...decided.filter((trace) => trace.at <= now).flatMap(({ known }) => known.map(({ end }) => ns(end))))
  if (found.length === 0 && (inWindow.length === 0 || last < from)) return 'empty'
  const watchedFrom = Math.max(from + idleNs, now - over * 1e9)
  if (stat.kind === 'rate' && from + idleNs > now - stepNs) return 'settling'
  const seconds = (now - watchedFrom) / 1e9

  const draws = [...Map.groupBy(found, (span) => span.trace).values()].flatMap((spans) =>
    // What was decided where nothing was sampled is taken span by span.
    isSampled(decided, spans[0]?.trace as number) ? [spans.reduce((sum, { weight }) => sum + weight, 0)] : spans.map(() => 1),
  )
  const total = sumOf(found.map(({ weight }) => weight))
  const squares = sumOf(draws.map((draw) => draw ** 2))
  const effective = total ** 2 / (squares + heaviest ** 2)
  const failed = found.filter((span) => span.failed)
  const rarer = (share: number): number => Math.min(share, 1 - share)
  const told = (kept: number, constant: number): boolean => kept > constant || constant >= 5 * Math.max(heaviest, squares / total)
  const enough = ((): boolean => {
    if (found.length === 0 || (!counts && effective < atLeast)) return false
    if (stat.kind === 'min' || stat.kind === 'max') return false
    if (stat.kind === 'quantile') return effective * rarer(stat.q) >= 5
    if (stat.kind === 'mean' || stat.kind === 'blame') return effective >= 30
    if (stat.kind === 'apdex') return effective >= 30 && (against === undefined || effective * rarer(against) >= 5)
    if (against === undefined) return effective >= 30 && (stat.kind === 'count' || stat.kind === 'rate' || failed.length >= 5)
    if (stat.kind === 'errorRate') return effective * rarer(against) >= 5
    if (stat.kind === 'errors') return told(failed.length, against)
    return told(found.length, stat.kind === 'rate' ? against * seconds : against)
  })()
  if (!enough) return 'sparse'

  const weighted = (value: (span: (typeof found)[number]) => number): number => sumOf(found.map((span) => span.weight * value(span)))
  switch (stat.kind) {
    case 'count':
      return total
    case 'rate':
      return total / seconds
    case 'errors':
      return sumOf(failed.map(({ weight }) => weight))
    case 'errorRate':
      return sumOf(failed.map(({ weight }) => weight)) / total
    case 'mean':
      return weighted(({ value }) => value) / total
    case 'apdex':
      return weighted(({ value }) => (value <= stat.thresholdNs ? 1 : value <= 4 * stat.thresholdNs ? 0.5 : 0)) / total
    case 'blame': {
      const paths = new Map(found.map(({ trace, path, weight }) => [trace, weight * ns(path)]))
      const whole = sumOf([...paths.values()])
      return whole === 0 ? 'arithmetic' : weighted(({ value }) => value) / whole
    }
    case 'quantile': {
      const thousandths = Math.round(stat.q * 1000)
      return found.find(({ value }) => 1000 * sumOf(found.filter((span) => span.value <= value).map(({ weight }) => weight)) >= thousandths * total)
        ?.value as number
    }
    default:
      throw new Error(`no reference for ${stat.kind}`)
  }
}

/** The heaviest trace that was decided in the steps behind `from`; undefined where each counts as itself. */
export function heaviestIn(decided: readonly Sampled[], from: number, to: number): number | undefined {
  const steps = new Map<number, number>()
  let known = Number.POSITIVE_INFINITY
  const ticks = [...new Set(decided.map(({ at }) => at))].filter((tick) => tick <= to).sort((a, b) => a - b)
  for (const tick of ticks) {
    const weights = decided.filter(({ at }) => at === tick).map(({ weight }) => weight)
    if (weights.every((weight) => weight === 1)) continue
    const heaviest = Math.max(...weights)
    if (heaviest > 1) known = heaviest
    steps.set(tick, known)
  }
  const inside = [...steps].filter(([tick]) => tick > from).map(([, heaviest]) => heaviest)
  return inside.length === 0 ? undefined : Math.max(...inside)
}

function isSampled(decided: readonly Sampled[], trace: number): boolean {
  const tick = decided.find(({ known }) => known[0]?.trace === trace)?.at
  return decided.some(({ at, weight }) => at === tick && weight !== 1)
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, n) => sum + n, 0)
}
