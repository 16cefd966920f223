/** How well what is typed fits a candidate. */

/** 0: the same beginning, case included; 1: without its case; 2: the beginning of one of its parts; 3: letters in their order, those of a part's beginning first. */
export type MatchClass = 0 | 1 | 2 | 3

/** Undefined where it does not fit. A `*` in what is typed is left out: it stands for anything. */
export function matchClass(typed: string, candidate: string): MatchClass | undefined {
  const wanted = typed.replaceAll('*', '')
  if (candidate.startsWith(wanted)) return 0
  const low = wanted.toLowerCase()
  const lowCandidate = candidate.toLowerCase()
  if (lowCandidate.startsWith(low)) return 1
  for (let at = lowCandidate.indexOf(low); at >= 0; at = lowCandidate.indexOf(low, at + 1)) if (isPartStart(candidate, at)) return 2
  return isWithin(low, lowCandidate) && isSpread(low, candidate, lowCandidate) ? 3 : undefined
}

/** Whether the letters come one after the other at all: of thousands of names it is quickly told of most that they do not. */
function isWithin(typed: string, low: string): boolean {
  let from = 0
  for (const letter of typed) {
    const at = low.indexOf(letter, from)
    if (at < 0) return false
    from = at + 1
  }
  return true
}

/** Whether the letters come one after the other, each next to the one before it or at the beginning of a part. */
function isSpread(typed: string, candidate: string, low: string): boolean {
  // Where each letter so far may have been found.
  let ends: readonly number[] = [-1]
  for (const letter of typed) {
    const next = new Set<number>()
    for (const end of ends) {
      if (end >= 0 && low[end + 1] === letter) next.add(end + 1)
      for (let at = low.indexOf(letter, end + 1); at >= 0; at = low.indexOf(letter, at + 1)) if (isPartStart(candidate, at)) next.add(at)
    }
    if (next.size === 0) return false
    ends = [...next]
  }
  return true
}

function isPartStart(text: string, at: number): boolean {
  const before = text[at - 1]
  return before === undefined || !/[A-Za-z0-9]/.test(before) || (/[a-z0-9]/.test(before) && /[A-Z]/.test(text[at] as string))
}
