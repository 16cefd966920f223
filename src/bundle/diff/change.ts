/** What a comparison of two bundles finds. Everything is a text for people, before and after; a mirrored comparison swaps the two. */

/** One of the sides is absent where something was added or removed. */
export interface Pair {
  readonly before?: string
  readonly after?: string
}

/** A difference within a rule or a target. */
export interface Found extends Pair {
  /** `threshold`, `operator`, `count`, `window`, `at most` */
  readonly what: string
  /** Behind the values: `replicas`. */
  readonly unit?: string
  /** The comparison or selector that it lies in. */
  readonly where?: Pair
  /** Too different to be told apart in parts. */
  readonly whole?: true
}

export interface Change extends Found {
  readonly of: 'rule' | 'target'
  readonly kind: 'added' | 'removed' | 'renamed' | 'changed'
  /** Its name in either bundle. */
  readonly name: Pair
}

/** What `diff(b, a)` says where `diff(a, b)` says this. */
export function mirrored(change: Change): Change {
  const { kind, name, where } = change
  return {
    ...swapped(change),
    kind: kind === 'added' ? 'removed' : kind === 'removed' ? 'added' : kind,
    name: swapped(name),
    ...(where === undefined ? {} : { where: swapped(where) }),
  }
}

function swapped<T extends Pair>({ before, after, ...rest }: T) {
  return { ...rest, ...pair(after, before) }
}

export function pair(before: string | undefined, after: string | undefined): Pair {
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }
}

/** Nothing when both sides read alike. */
export function told(what: string, before: string | undefined, after: string | undefined, unit?: string): Found[] {
  return before === after ? [] : [{ what, ...pair(before, after), ...(unit === undefined ? {} : { unit }) }]
}

/** More than so many differences are one: everything. */
export const most = 3

/** The parts, unless they are so many that the whole says more. None where something differs that the parts do not see: the whole, too. */
export function partsOr(whole: Found, parts: readonly Found[]): readonly Found[] {
  return parts.length === 0 || parts.length > most ? [{ ...whole, whole: true }] : parts
}

/** How far apart two things are. */
export function cost(found: readonly Found[]): number {
  return found.reduce((sum, { whole }) => sum + (whole ? most + 1 : 1), 0)
}

/** `threshold 400ms → 450ms`, `cooldown 2m added` */
export function foundWords({ what, before, after, unit, where }: Found): string {
  const at = where?.after ?? where?.before
  const behind = `${unit === undefined ? '' : ` ${unit}`}${at === undefined ? '' : ` in ${at}`}`
  if (before === undefined) return `${what} ${after}${behind} added`
  if (after === undefined) return `${what} ${before}${behind} removed`
  return `${what} ${before} → ${after}${behind}`
}
