/** A condition's truth value in one clause, with the numbers. */
import type { Because, Observed } from '../evaluate/index.ts'
import { duration, list, spansBehind, value } from './words.ts'

/** `span(adservice/GetAds).p99 > 400ms in 5 of the last 12 steps`. Of an `and` or `or` it names the parts that decide. */
export function describe(because: Because): string {
  const parts = because.of ?? []
  switch (because.kind) {
    case 'and':
    case 'or': {
      const deciding = parts.filter((part) => part.truth === because.truth)
      return list((deciding.length > 0 ? deciding : parts).map(describe), because.kind)
    }
    case 'not':
      return parts[0] === undefined ? because.text : `not (${describe(parts[0])})`
    case 'compare':
      return compared(because)
    case 'times': {
      const { have, steps, unknownSteps } = because.counted ?? { have: 0 }
      const of = parts[0]?.text ?? because.text
      const unknown = unknownSteps === undefined || unknownSteps === 0 ? '' : `, ${unknownSteps} unknown`
      return `${of} in ${have} of the last ${steps ?? '?'} steps${unknown}`
    }
    case 'for':
      return held(because, parts[0]?.text ?? because.text)
    case 'absent':
      // Its text has the duration, which is said again with how much of it has passed.
      return held(because, because.text.replace(/ for \S+$/, ''))
    case 'spans': {
      const { have, need } = because.counted ?? { have: 0, need: 0 }
      return `${because.text} in ${have} ${have === 1 ? 'span' : 'spans'} (${need} needed)`
    }
    case 'during':
    case 'always':
      return because.text
  }
}

function compared(because: Because): string {
  const { left, right } = because
  // Where the left side is a literal the right side holds the news.
  const [news, other] = left?.spans === undefined && right?.spans !== undefined ? [right, left] : [left, right]
  if (news === undefined) return because.text
  return `${because.text} (${distinct(news, other)}${ofSpans(news)})`
}

/** With as many digits as tell it from the other side. */
function distinct(observed: Observed, other: Observed | undefined): string {
  const short = value(observed)
  return other !== undefined && observed.value !== other.value && short === value(other) ? value(observed, 6) : short
}

function held(because: Because, text: string): string {
  if (because.held === undefined) return text
  const { haveNs, needNs } = because.held
  return because.truth === 'true' ? `${text} for ${duration(needNs)}` : `${text} for ${duration(haveNs)} of ${duration(needNs)}`
}

/** The newest measurement behind a condition, such as `612ms, 41 spans`: that of the first comparison in it that has a value. */
export function measured(because: Because): string | undefined {
  if (because.kind === 'compare') {
    const observed = [because.left, because.right].find((side) => side?.spans !== undefined) ?? because.left
    return observed?.value === undefined ? undefined : `${value(observed)}${ofSpans(observed)}`
  }
  for (const part of because.of ?? []) {
    const found = measured(part)
    if (found !== undefined) return found
  }
  return undefined
}

/** How many spans are behind it, unless that is the value itself. */
function ofSpans(observed: Observed): string {
  const { value: count, spans, ofSpans: all } = observed
  return all === undefined && (spans === undefined || spans === 0 || spans === count) ? '' : `, ${spansBehind(observed)}`
}
