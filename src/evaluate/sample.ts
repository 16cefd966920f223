/**
 * What a sample of traces can tell. An estimate from it is unknown, never a guess, where the sample is too coarse for what is asked. Where every trace
 * is there none of this applies.
 *
 * The effective sample is Kish's (Σx)²/Σx² over the traces, x = w·m, of which each has m spans here: a trace is drawn with all its spans or not at
 * all, so a thousand spans of one trace are one draw. One more trace of the greatest weight is taken as if it had been missed: a handful that was kept
 * with certainty says nothing of the many that each of a hundred would have stood for, none of which was drawn.
 */
import type { StatIR } from '../bundle/index.ts'
import type { Window } from './window.ts'

/** So many draws are expected on the rarer side of what is asked: that all of them are missed by chance has a probability of e⁻⁵, below 1 %. */
export const leastExpected = 5
/** Draws behind a mean; the usual least number for one. */
export const leastDraws = 30

/** Draws that the window's spans are worth, where a trace of weight `heaviest` could have been missed; at most their number. */
export function effectiveOf(window: Window, heaviest: number): number {
  return window.weight ** 2 / (window.squares + heaviest ** 2)
}

export interface Question {
  readonly stat: StatIR
  /** The constant that the value is compared with; of a rate the number of spans that it comes to. Undefined: the value itself is wanted. */
  readonly against: number | undefined
  /** What the rule asks for. */
  readonly atLeast: number
}

/** Whether the sample tells the answer. */
export function tells(window: Window, heaviest: number, { stat, against, atLeast }: Question): boolean {
  if (window.n === 0) return false
  const effective = effectiveOf(window, heaviest)
  if (effective < atLeast) return false
  switch (stat.kind) {
    case 'quantile':
      return effective * rarer(stat.q) >= leastExpected
    case 'errorRate':
      return against === undefined ? showsErrors(window, effective) : effective * rarer(against) >= leastExpected
    case 'apdex':
      return effective >= leastDraws && (against === undefined || effective * rarer(against) >= leastExpected)
    case 'count':
    case 'rate':
      return against === undefined ? effective >= leastDraws : tellsTotal(window, heaviest, window.n, against)
    case 'errors':
      return against === undefined ? showsErrors(window, effective) : tellsTotal(window, heaviest, window.counters.errors, against)
    case 'mean':
    case 'blame':
      return effective >= leastDraws
    case 'min':
    case 'max':
      // The shortest and the longest of a sample bound those of all on one side only.
      return false
    case 'anomalies':
      return true
    default:
      return stat satisfies never
  }
}

/** Whether a total can be told from `against`: `kept`, which are surely there, exceed it, or so many would have been drawn often enough. */
export function tellsTotal(window: Window, heaviest: number, kept: number, against: number): boolean {
  return kept > against || against >= leastExpected * Math.max(heaviest, window.squares / window.weight)
}

/** Where nobody says how many errors matter: enough of them. None among thirty may be one in a hundred. */
function showsErrors(window: Window, effective: number): boolean {
  return effective >= leastDraws && window.counters.errors >= leastExpected
}

/** The smaller of a share and what is left of all. */
function rarer(share: number): number {
  return Math.min(share, 1 - share)
}
