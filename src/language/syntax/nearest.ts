/** Did you mean: the known word that a misspelt one is nearest to. */

/** Undefined when nothing is near enough: absurd suggestions are worse than none. Case does not count. */
export function nearest<W extends string>(word: string, known: Iterable<W>): W | undefined {
  return ranked(word, known)[0]
}

/** Known words near enough to be meant, nearest first. */
export function ranked<W extends string>(word: string, known: Iterable<W>): W[] {
  const lower = word.toLowerCase()
  const near: { candidate: W; distance: number }[] = []
  for (const candidate of known) {
    // Of short words another letter or two makes other words: what begins `alert` is no `let`.
    const shorter = Math.min(lower.length, candidate.length)
    const cutOff = shorter <= 4 ? 1 : shorter <= 8 ? 2 : 3
    if (Math.abs(candidate.length - lower.length) > cutOff || candidate === word) continue
    const distance = editDistance(lower, candidate.toLowerCase())
    if (distance <= cutOff && distance < candidate.length) near.push({ candidate, distance })
  }
  return near.sort((a, b) => a.distance - b.distance).map(({ candidate }) => candidate)
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, (last[j - 1] as number) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (beforeLast[j - 2] as number) + 1)
      row.push(best)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] as number
}
