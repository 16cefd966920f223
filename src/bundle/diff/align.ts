/** Which of some things became which of others. */
/** Two parts of the representation are the same when their keys are; printed texts, places and the order of what is joined do not count. */
export function keyOf(part: unknown): string {
  if (Array.isArray(part)) return `[${part.map(keyOf).join()}]`
  if (typeof part !== 'object' || part === null) return JSON.stringify(part) ?? 'null'
  const fields = part as Readonly<Record<string, unknown>>
  let text = '{'
  for (const name of Object.keys(fields).sort()) {
    const member = fields[name]
    if (name === 'text' || name === 'source' || member === undefined) continue
    const joined = (name === 'all' || name === 'any') && Array.isArray(member)
    text += `${name}:${joined ? member.map(keyOf).sort().join('&') : keyOf(member)},`
  }
  return `${text}}`
}

export interface Aligned<T> {
  /** Also those that are the same. */
  readonly pairs: readonly (readonly [T, T])[]
  readonly removed: readonly T[]
  readonly added: readonly T[]
}

/**
 * Cheapest pairs first, none that costs more than `limit`. The choice does not depend on the order of the things nor on which side is which, so
 * that a mirrored comparison finds the same pairs.
 */
export function align<T>(before: readonly T[], after: readonly T[], cost: (a: T, b: T) => number, limit: number): Aligned<T> {
  const keys = new Map<T, string>([...before, ...after].map((item) => [item, keyOf(item)]))
  const key = (item: T): string => keys.get(item) ?? ''
  const candidates = before
    .flatMap((a) =>
      after.map((b) => {
        const [ka, kb] = [key(a), key(b)]
        return { a, b, cost: ka === kb ? 0 : cost(a, b), tie: ka < kb ? `${ka} ${kb}` : `${kb} ${ka}` }
      }),
    )
    .filter((candidate) => candidate.cost <= limit)
    .sort((x, y) => x.cost - y.cost || (x.tie < y.tie ? -1 : x.tie > y.tie ? 1 : 0))
  const [left, right] = [new Set(before), new Set(after)]
  const pairs: [T, T][] = []
  for (const { a, b } of candidates) {
    if (!left.has(a) || !right.has(b)) continue
    left.delete(a)
    right.delete(b)
    pairs.push([a, b])
  }
  return { pairs, removed: [...left], added: [...right] }
}
