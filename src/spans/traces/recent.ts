/** What is remembered of decided traces, for what comes of them later: the last so many keys, the oldest forgotten first. */
import { grown, hashOfWords } from './hash.ts'

const initialPlaces = 64
export const notFound = -1

/** A set of keys of six words: a trace's id, and a span's or nothing. */
export class RecentKeys {
  readonly #limit: number
  readonly #seed: number
  #keys = new Uint32Array(initialPlaces * 6)
  #next = new Int32Array(initialPlaces)
  #buckets = new Int32Array(initialPlaces).fill(notFound)
  #length = 0
  /** The place that is written over next, once all are full. */
  #oldest = 0

  constructor(limit: number, seed: number) {
    this.#limit = limit
    this.#seed = seed
  }

  get capacity(): number {
    return this.#next.length
  }

  find(trace: Uint32Array, at: number, span0 = 0, span1 = 0): number {
    const keys = this.#keys
    let place = this.#buckets[this.#bucketOf(trace, at, span0, span1)] as number
    for (; place !== notFound; place = this.#next[place] as number) {
      const key = place * 6
      if (
        keys[key] === trace[at] &&
        keys[key + 1] === trace[at + 1] &&
        keys[key + 2] === trace[at + 2] &&
        keys[key + 3] === trace[at + 3] &&
        keys[key + 4] === span0 &&
        keys[key + 5] === span1
      )
        return place
    }
    return notFound
  }

  /** Remembers a key that is not there; returns its place. */
  add(trace: Uint32Array, at: number, span0 = 0, span1 = 0): number {
    const place = this.#place()
    for (let i = 0; i < 4; i++) this.#keys[place * 6 + i] = trace[at + i] as number
    this.#keys[place * 6 + 4] = span0
    this.#keys[place * 6 + 5] = span1
    const bucket = this.#bucketOf(trace, at, span0, span1)
    this.#next[place] = this.#buckets[bucket] as number
    this.#buckets[bucket] = place
    return place
  }

  #place(): number {
    if (this.#length < this.#limit) {
      if (this.#length === this.#next.length) this.#grow(this.#length * 2)
      return this.#length++
    }
    const place = this.#oldest
    this.#oldest = (place + 1) % this.#limit
    const key = place * 6
    const bucket = this.#bucketOf(this.#keys, key, this.#keys[key + 4] as number, this.#keys[key + 5] as number)
    if (this.#buckets[bucket] === place) this.#buckets[bucket] = this.#next[place] as number
    else {
      let before = this.#buckets[bucket] as number
      while (this.#next[before] !== place) before = this.#next[before] as number
      this.#next[before] = this.#next[place] as number
    }
    return place
  }

  #bucketOf(trace: Uint32Array, at: number, span0: number, span1: number): number {
    const hash = hashOfWords(
      this.#seed ^ span0 ^ Math.imul(span1, 0x9e3779b1),
      trace[at] as number,
      trace[at + 1] as number,
      trace[at + 2] as number,
      trace[at + 3] as number,
    )
    return hash & (this.#buckets.length - 1)
  }

  #grow(capacity: number): void {
    this.#keys = grown(this.#keys, capacity * 6)
    this.#next = new Int32Array(capacity)
    this.#buckets = new Int32Array(capacity).fill(notFound)
    for (let place = 0; place < this.#length; place++) {
      const key = place * 6
      const bucket = this.#bucketOf(this.#keys, key, this.#keys[key + 4] as number, this.#keys[key + 5] as number)
      this.#next[place] = this.#buckets[bucket] as number
      this.#buckets[bucket] = place
    }
  }
}

/** A decided span that waits for its counterpart in a later part of the trace. */
export interface Caller {
  readonly service: number
  readonly kind: number
  readonly duration: number
  /** Pair of words. */
  readonly end: readonly [number, number]
}

/**
 * The loose ends of decided traces: CLIENT and PRODUCER spans whose other half had not come, so that a consumer that was minutes behind still
 * knows how long its message waited; and parents that had not come, whose children are gone from any later part.
 */
export class LooseEnds {
  readonly #keys: RecentKeys
  /** 0: a parent that was missing. */
  #kind: Uint8Array
  #service: Uint32Array
  #duration: Float64Array
  #end: Uint32Array

  constructor(limit: number, seed: number) {
    this.#keys = new RecentKeys(limit, seed)
    const { capacity } = this.#keys
    this.#kind = new Uint8Array(capacity)
    this.#service = new Uint32Array(capacity)
    this.#duration = new Float64Array(capacity)
    this.#end = new Uint32Array(capacity * 2)
  }

  addCaller(trace: Uint32Array, span0: number, span1: number, caller: Caller): void {
    this.#write(trace, span0, span1, caller)
  }

  addMissing(trace: Uint32Array, span0: number, span1: number): void {
    if (this.#keys.find(trace, 0, span0, span1) === notFound) this.#write(trace, span0, span1, { service: 0, kind: 0, duration: 0, end: [0, 0] })
  }

  caller(trace: Uint32Array, span0: number, span1: number): Caller | undefined {
    const place = this.#keys.find(trace, 0, span0, span1)
    if (place === notFound || this.#kind[place] === 0) return undefined
    return {
      service: this.#service[place] as number,
      kind: this.#kind[place] as number,
      duration: this.#duration[place] as number,
      end: [this.#end[place * 2] as number, this.#end[place * 2 + 1] as number],
    }
  }

  /** Children of this span were decided before it came. */
  wasMissing(trace: Uint32Array, span0: number, span1: number): boolean {
    const place = this.#keys.find(trace, 0, span0, span1)
    return place !== notFound && this.#kind[place] === 0
  }

  #write(trace: Uint32Array, span0: number, span1: number, { service, kind, duration, end }: Caller): void {
    const known = this.#keys.find(trace, 0, span0, span1)
    const place = known === notFound ? this.#keys.add(trace, 0, span0, span1) : known
    const { capacity } = this.#keys
    if (this.#kind.length < capacity) {
      this.#kind = grown(this.#kind, capacity)
      this.#service = grown(this.#service, capacity)
      this.#duration = grown(this.#duration, capacity)
      this.#end = grown(this.#end, capacity * 2)
    }
    this.#kind[place] = kind
    this.#service[place] = service
    this.#duration[place] = duration
    this.#end[place * 2] = end[0]
    this.#end[place * 2 + 1] = end[1]
  }
}
