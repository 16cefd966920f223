/** A calendar condition as the minutes of a week at which it is true. */
import type { CheckedCondition } from '../../check/program.ts'

export type During = Extract<CheckedCondition, { readonly kind: 'during' }>

const day = 24 * 60
export const week = 7 * day

/** One byte a minute, from Sunday 00:00 of the zone's own clock; a stretch over midnight belongs to the day on which it begins. */
export type Minutes = Uint8Array

export function minutesOf({ days, fromMinute, toMinute }: During, negated = false): Minutes {
  const minutes = new Uint8Array(week)
  const length = (toMinute - fromMinute + day) % day || day
  for (const d of days) for (let i = 0; i < length; i++) minutes[(d * day + fromMinute + i) % week] = 1
  return negated ? minutes.map((on) => 1 - on) : minutes
}

export function inBoth(a: Minutes, b: Minutes): Minutes {
  return a.map((on, i) => on & (b[i] ?? 0))
}

export function isSubset(a: Minutes, b: Minutes): boolean {
  return a.every((on, i) => on === 0 || b[i] === 1)
}

export function isNever(minutes: Minutes): boolean {
  return !minutes.includes(1)
}

export function isAlways(minutes: Minutes): boolean {
  return !minutes.includes(0)
}

/** Minutes of the longest stretch without a break; infinite when there is none. The week is a circle. */
export function longestStretch(minutes: Minutes): number {
  const first = minutes.indexOf(0)
  if (first < 0) return Number.POSITIVE_INFINITY
  let longest = 0
  let run = 0
  for (let i = 1; i <= week; i++) {
    run = minutes[(first + i) % week] === 1 ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return longest
}
