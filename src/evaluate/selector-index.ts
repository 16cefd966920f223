/**
 * From a span's (service, operation) codes to the series it may belong to: one look-up in a hash table, whatever the number of rules.
 * A pair is matched against the patterns when it is first seen.
 */
import type { SelectorIR } from '../bundle/index.ts'
import { canonicalOperation, type Dictionary, operationMatcher, serviceMatcher } from '../spans/index.ts'
import { takeBound } from './bound.ts'
import { type Columns, compilePredicate, type RowTest } from './predicate.ts'

interface Selector {
  readonly series: number
  /** Bit k set: spans of OTLP kind k match. */
  readonly kinds: number
  /** A span is longer than this in nanoseconds, or no match. */
  readonly above: number
  readonly where: RowTest | undefined
  readonly matches: ((operation: string) => boolean) | undefined
}

/** The selectors of one service pattern, by what their operation pattern could be found under. */
interface Group {
  readonly every: Selector[]
  readonly globs: Selector[]
  /** By the pattern as written and by its canonical form. */
  readonly exact: Map<string, Selector[]>
}

/** Pairs remembered; beyond it (an attack, or operation names with ids in them) pairs are matched anew each time. */
const pairLimit = 1_000_000

export class SelectorIndex {
  readonly #dictionary: Dictionary
  readonly #columns: Columns
  readonly #byService = new Map<string, Group>()
  readonly #byGlob: { readonly matches: (service: string) => boolean; readonly group: Group }[] = []
  readonly #limit: number
  readonly #namesOf: (service: string) => readonly string[]
  /** Open addressing: service, operation and list + 1 (0: free) a slot. */
  #slots: Uint32Array
  #mask: number
  #used = 0
  readonly #answerOf = new Map<string, number>([['', 0]])
  /**
   * Lists of candidates, one behind the other, each ended by a series of −1: the series whose service and operation patterns match a pair, and what is
   * still to be tested of a span. Columns, not objects, so that a look-up touches little memory; the empty list is at 0.
   */
  readonly series: number[] = [-1]
  readonly kinds: number[] = [0]
  readonly above: number[] = [0.5]
  readonly where: (RowTest | undefined)[] = [undefined]

  /** `namesOf` a service: all by which patterns may call it. */
  constructor(dictionary: Dictionary, columns: Columns, limit: number = pairLimit, namesOf: (service: string) => readonly string[] = (name) => [name]) {
    this.#dictionary = dictionary
    this.#columns = columns
    this.#limit = limit
    this.#namesOf = namesOf
    this.#mask = 1023
    this.#slots = new Uint32Array(1024 * 3)
  }

  /**
   * Adds the selector of series `series`, for spans longer than `above` that pass `lineage`, the test of what is above them in their trace. All are added
   * before the first look-up.
   */
  add(whole: SelectorIR, series: number, above: number, lineage?: RowTest): void {
    const { selector, above: bound } = takeBound(whole)
    const found: Selector = {
      series,
      kinds: maskOf(selector.kinds),
      above: Math.max(above, bound),
      where: both(selector.where === undefined ? undefined : compilePredicate(selector.where, this.#columns), lineage),
      matches: selector.operation === undefined ? undefined : operationMatcher(selector.operation),
    }
    const group = this.#group(selector.service)
    if (selector.operation === undefined) group.every.push(found)
    else if (selector.operation.includes('*')) group.globs.push(found)
    else for (const key of new Set([selector.operation, canonicalOperation(selector.operation)])) listed(group.exact, key).push(found)
  }

  /** Where the pair's list of candidates begins. */
  find(service: number, operation: number): number {
    const slots = this.#slots
    let slot = hashOf(service, operation) & this.#mask
    for (let at = slot * 3; slots[at + 2] !== 0; at = slot * 3) {
      if (slots[at] === service && slots[at + 1] === operation) return (slots[at + 2] as number) - 1
      slot = (slot + 1) & this.#mask
    }
    return this.#resolve(service, operation)
  }

  #resolve(service: number, operation: number): number {
    const list = this.#list(this.#match(this.#dictionary.text(service), this.#dictionary.text(operation)))
    if (this.#used >= this.#limit) return list
    this.#insert(service, operation, list + 1)
    if (++this.#used * 2 > this.#mask) this.#double()
    return list
  }

  /** Pairs that the same selectors match share a list. */
  #list(found: readonly Selector[]): number {
    const key = found.map((selector) => selector.series).join(' ')
    let list = this.#answerOf.get(key)
    if (list === undefined) {
      list = this.series.length
      for (const { series, kinds, above, where } of found) this.#append(series, kinds, above, where)
      this.#append(-1, 0, 0.5, undefined)
      this.#answerOf.set(key, list)
    }
    return list
  }

  #append(series: number, kinds: number, above: number, where: RowTest | undefined): void {
    this.series.push(series)
    this.kinds.push(kinds)
    this.above.push(above)
    this.where.push(where)
  }

  #match(service: string, operation: string): readonly Selector[] {
    const names = this.#namesOf(service)
    const groups = this.#byGlob.filter(({ matches }) => names.some(matches)).map(({ group }) => group)
    for (const name of names) {
      const exact = this.#byService.get(name)
      if (exact !== undefined) groups.push(exact)
    }
    const found = new Set<Selector>()
    for (const group of groups) {
      for (const selector of group.every) found.add(selector)
      for (const selector of group.globs) if (selector.matches?.(operation)) found.add(selector)
      for (const key of spellings(operation)) for (const selector of group.exact.get(key) ?? []) if (selector.matches?.(operation)) found.add(selector)
    }
    return [...found].sort((a, b) => a.series - b.series)
  }

  #group(service: string): Group {
    const known = this.#byService.get(service)
    if (known !== undefined) return known
    const group: Group = { every: [], globs: [], exact: new Map() }
    if (service.includes('*')) this.#byGlob.push({ matches: serviceMatcher(service), group })
    else this.#byService.set(service, group)
    return group
  }

  #insert(service: number, operation: number, mark: number): void {
    let slot = hashOf(service, operation) & this.#mask
    while (this.#slots[slot * 3 + 2] !== 0) slot = (slot + 1) & this.#mask
    this.#slots[slot * 3] = service
    this.#slots[slot * 3 + 1] = operation
    this.#slots[slot * 3 + 2] = mark
  }

  #double(): void {
    const old = this.#slots
    this.#mask = this.#mask * 2 + 1
    this.#slots = new Uint32Array((this.#mask + 1) * 3)
    for (let at = 0; at < old.length; at += 3) if (old[at + 2] !== 0) this.#insert(old[at] as number, old[at + 1] as number, old[at + 2] as number)
  }
}

/** What an exact pattern that matches this name may be indexed under; a superset, the matcher confirms. */
function spellings(operation: string): Set<string> {
  const canonical = canonicalOperation(operation)
  const slash = canonical.lastIndexOf('/')
  const method = canonical.slice(slash + 1)
  const service = canonical.slice(0, Math.max(0, slash))
  return new Set([operation, canonical, `${service.slice(service.lastIndexOf('.') + 1)}/${method}`, method])
}

function both(one: RowTest | undefined, other: RowTest | undefined): RowTest | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return (row) => one(row) && other(row)
}

function maskOf(kinds: readonly number[]): number {
  return kinds.reduce((mask, kind) => mask | (1 << kind), 0)
}

function listed<K, V>(map: Map<K, V[]>, key: K): V[] {
  let list = map.get(key)
  if (list === undefined) {
    list = []
    map.set(key, list)
  }
  return list
}

function hashOf(service: number, operation: number): number {
  let hash = Math.imul(service, 0x9e3779b1) ^ Math.imul(operation, 0x85ebca77)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}
