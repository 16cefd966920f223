/** Counterfactuals as clauses. */
import type { Observed, UnknownReason } from '../evaluate/index.ts'
import { duration, list, significant, spansBehind, value } from '../plan/index.ts'
import { behindWords } from './behind.ts'
import type { Flip } from './flip.ts'
import { comparisonWords } from './values.ts'

/** How many alternatives are named. */
const fewAlternatives = 3

/** What had to be, and what was: `span(…).p99 had to be above 400ms; it was 380ms, 20ms short`. */
export function flipWords(flip: Flip): string {
  switch (flip.kind) {
    case 'value':
      return `${flip.observed.text} had to be ${comparisonWords(flip.operator)} ${limitWords(flip.threshold)}${wasWords(flip.observed, flip.threshold)}`
    case 'count':
      return countWords(flip)
    case 'longer':
      return longerWords(flip)
    case 'break':
      return flip.of === undefined ? `${flip.text}: one such span would have broken it` : `${flip.text}: one step would have broken it: ${flipWords(flip.of)}`
    case 'calendar':
      return `${flip.text}: it had to be ${flip.inside ? 'inside' : 'outside'} these hours`
    case 'evidence':
      return `${flip.text}: ${evidenceWords(flip.reason)}${flip.then === undefined || flip.then.kind === 'never' ? '' : `, and then: ${flipWords(flip.then)}`}`
    case 'all':
      return list(flip.of.map(flipWords), 'and')
    case 'any': {
      const named = flip.of.slice(0, fewAlternatives).map(flipWords)
      const more = flip.of.length - named.length
      return `one of: ${named.join('; or ')}${more > 0 ? `; or one of ${more} more` : ''}`
    }
    case 'never':
      return `${flip.text}: nothing could make it otherwise`
    default:
      return flip satisfies never
  }
}

function longerWords({ text, haveNs, byNs, idle }: Extract<Flip, { kind: 'longer' }>): string {
  const missing = byNs === 0 ? [] : [`it had held for ${duration(haveNs)}; ${duration(byNs)} more were ${haveNs === 0 ? 'needed' : 'missing'}`]
  return `${text}: ${[...missing, ...(idle === true ? ['its last step had to hold, with spans; it was idle'] : [])].join('; and ')}`
}

function countWords({ text, of, have, need, by, stale, open, newest, ...window }: Extract<Flip, { kind: 'count' }>): string {
  const counted = of === 'steps' ? `true in ${ofSteps({ have, ...window })}` : `${have} ${have === 1 ? 'span' : 'spans'} counted`
  const missing = by > 0 ? `${by} more ${by === 1 ? 'was' : 'were'} missing (${need} needed)` : `${-by} fewer would have been too few (${need} needed)`
  const unknown = open === undefined ? '' : `, unknown in ${open}`
  return `${text}: ${counted}${unknown}${newest === undefined ? '' : ` (now ${newest})`}; ${missing}${stale === true ? ', and the telemetry is stale' : ''}`
}

/** `3 of the last 12 steps`, `3 of the 4 steps since counting began (of 12)` */
export function ofSteps({ have, steps = 0, seenSteps }: { readonly have: number; readonly steps?: number; readonly seenSteps?: number }): string {
  return seenSteps === undefined
    ? `${have} of the last ${steps} steps`
    : `${have} of the ${seenSteps} ${seenSteps === 1 ? 'step' : 'steps'} since counting began (of ${steps})`
}

function evidenceWords(reason: UnknownReason): string {
  switch (reason) {
    case 'stale':
      return 'telemetry had to arrive'
    case 'settling':
      return "the last action's replicas had to be ready"
    case 'world':
      return 'replicas or the metric had to be readable'
    case 'empty':
      return 'there had to be such spans'
    case 'few':
      return 'there had to be more such spans'
    case 'sparse':
      return 'more traces had to be kept'
    case 'unscored':
      return 'a sampler had to tell anomalous traces from ordinary ones'
    case 'arithmetic':
      return 'the divisor had to be other than 0'
    default:
      return reason satisfies never
  }
}

/** A literal as it is written, anything else by its name with its value. */
function limitWords(threshold: Observed): string {
  const literal = /^-?[\d.]\S*$/.test(threshold.text)
  return literal ? threshold.text : `${threshold.text} (${value(threshold)})`
}

/** What it was, behind what it had to be; nothing where nobody could know. */
function wasWords(observed: Observed, threshold: Observed): string {
  const { unknown, spans } = observed
  const of = behindWords(observed)
  if (observed.value === undefined) {
    if (unknown === 'empty') return '; there was no such span'
    if (unknown === 'sparse') return `; there were too few (${spansBehind(observed)})`
    return unknown === 'few' ? `; there were too few spans (${spans ?? 0})` : ''
  }
  if (threshold.value === undefined) return `; it was ${value(observed)}${of}`
  const apart = Math.abs(threshold.value - observed.value)
  const difference =
    apart === 0 ? 'exactly that' : `${value({ text: '', type: observed.type, value: apart })} ${observed.value < threshold.value ? 'less' : 'more'}`
  return `; it was ${value(observed, digitsFor(observed.value, threshold.value))}${of}, ${difference}`
}

/** Enough digits to tell the two apart. */
function digitsFor(a: number, b: number): number {
  return a !== b && significant(a) === significant(b) ? 6 : 3
}
