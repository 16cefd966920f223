/** How well what is typed fits a candidate. */

/**
 * 0: the same beginning, case included; 1: without its case; 2: the beginning of one of its parts; 3: letters in their order, each next to the one before it or at a
 * part's beginning; 4: three letters and more in their order, the first at a part's beginning, and so again behind each sign.
 */
export type MatchClass = 0 | 1 | 2 | 3 | 4

/** Undefined where it does not fit. A `*` in what is typed is left out: it stands for anything. */
export function matchClass(typed: string, candidate: string): MatchClass | undefined {
  const wanted = typed.replaceAll('*', '')
  if (candidate.startsWith(wanted)) return 0
  const low = wanted.toLowerCase()
  const lowCandidate = candidate.toLowerCase()
  if (lowCandidate.startsWith(low)) return 1
  for (let at = lowCandidate.indexOf(low); at >= 0; at = lowCandidate.indexOf(low, at + 1)) if (isPartStart(candidate, at)) return 2
  if (within(low, lowCandidate) === undefined) return undefined
  if (isSpread(low, candidate, lowCandidate)) return 3
  return isScattered(low, candidate, lowCandidate) ? 4 : undefined
}

/** The end of the letters where they come one after the other at all: of thousands of names it is quickly told of most that they do not. */
function within(typed: string, low: string, start = 0): number | undefined {
  let from = start
  for (const letter of typed) {
    const at = low.indexOf(letter, from)
    if (at < 0) return undefined
    from = at + 1
  }
  return from
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

/** Fewer letters are found nearly everywhere. */
const leastScattered = 3

/**
 * Whether the letters come one after the other, where those of each part of what is typed, of `deployment` and of `adsv`, come from the beginning of a part on. Digits are
 * not scattered: whoever types 150 does not mean 10500.
 */
function isScattered(typed: string, candidate: string, low: string): boolean {
  const parts = typed.match(/[^\W_]+/g)
  if (parts === null || parts.some((part) => part.length < leastScattered || !/^[a-z]/.test(part))) return false
  let end = 0
  for (const part of parts) {
    const first = part[0] as string
    let at = low.indexOf(first, end)
    while (at >= 0 && !isPartStart(candidate, at)) at = low.indexOf(first, at + 1)
    const found = at < 0 ? undefined : within(part, low, at)
    if (found === undefined) return false
    end = found
  }
  return true
}

function isPartStart(text: string, at: number): boolean {
  const before = text[at - 1]
  return before === undefined || !/[A-Za-z0-9]/.test(before) || (/[a-z0-9]/.test(before) && /[A-Z]/.test(text[at] as string))
}
