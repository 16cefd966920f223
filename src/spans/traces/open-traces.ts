/** The traces that are not decided yet: one slot each, found by id, and in the order in which they were opened. */
import type { Nanos } from '../table.ts'
import { grown, hashOfWords } from './hash.ts'
import { noSlot } from './store.ts'

const initialSlots = 64
export const noTrace = -1

export class OpenTraces {
  /** Four words a trace. */
  id = new Uint32Array(initialSlots * 4)
  /** First span's slot in the store. */
  head = new Int32Array(initialSlots)
  spans = new Uint32Array(initialSlots)
  firstEnd = new Float64Array(initialSlots)
  lastEnd = new Float64Array(initialSlots)
  /** Earliest end of a root; infinite while there is none. */
  rootEnd = new Float64Array(initialSlots)
  /** Before this time there is no use in asking whether the trace is complete; infinite for slots that are free or no longer open. */
  check = new Float64Array(initialSlots).fill(Number.POSITIVE_INFINITY)
  /** 1: an earlier part of the trace was decided already. */
  later = new Uint8Array(initialSlots)
  /** Traces that are open. */
  length = 0
  /** Slots from here on were never used. */
  end = 0
  readonly #seed: number
  #buckets = new Int32Array(initialSlots).fill(noTrace)
  #nextInBucket = new Int32Array(initialSlots)
  #older = new Int32Array(initialSlots)
  #younger = new Int32Array(initialSlots)
  #oldest = noTrace
  #youngest = noTrace
  #free = noTrace

  constructor(seed: number) {
    this.#seed = seed
  }

  /** The trace that was opened first, or `noTrace`. */
  get oldest(): number {
    return this.#oldest
  }

  /** The open trace whose id stands at word `at` of `words`, or `noTrace`. */
  find(words: Uint32Array, at: number): number {
    const { id } = this
    let trace = this.#buckets[this.#bucketOf(words, at)] as number
    for (; trace !== noTrace; trace = this.#nextInBucket[trace] as number) {
      const own = trace * 4
      if (id[own] === words[at] && id[own + 1] === words[at + 1] && id[own + 2] === words[at + 2] && id[own + 3] === words[at + 3]) return trace
    }
    return noTrace
  }

  open(words: Uint32Array, at: number, later: boolean): number {
    const trace = this.#take()
    for (let i = 0; i < 4; i++) this.id[trace * 4 + i] = words[at + i] as number
    this.head[trace] = noSlot
    this.spans[trace] = 0
    this.firstEnd[trace] = Number.POSITIVE_INFINITY
    this.lastEnd[trace] = Number.NEGATIVE_INFINITY
    this.rootEnd[trace] = later ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
    this.check[trace] = Number.POSITIVE_INFINITY
    this.later[trace] = later ? 1 : 0
    const bucket = this.#bucketOf(words, at)
    this.#nextInBucket[trace] = this.#buckets[bucket] as number
    this.#buckets[bucket] = trace
    this.#older[trace] = this.#youngest
    this.#younger[trace] = noTrace
    if (this.#youngest === noTrace) this.#oldest = trace
    else this.#younger[this.#youngest] = trace
    this.#youngest = trace
    this.length++
    return trace
  }

  /** The trace is decided: it is found no more, and keeps its slot until `free`. */
  leave(trace: number): void {
    const bucket = this.#bucketOf(this.id, trace * 4)
    let before = this.#buckets[bucket] as number
    if (before === trace) this.#buckets[bucket] = this.#nextInBucket[trace] as number
    else {
      while (this.#nextInBucket[before] !== trace) before = this.#nextInBucket[before] as number
      this.#nextInBucket[before] = this.#nextInBucket[trace] as number
    }
    const [older, younger] = [this.#older[trace] as number, this.#younger[trace] as number]
    if (older === noTrace) this.#oldest = younger
    else this.#younger[older] = younger
    if (younger === noTrace) this.#youngest = older
    else this.#older[younger] = older
    this.check[trace] = Number.POSITIVE_INFINITY
    this.length--
  }

  free(trace: number): void {
    this.#nextInBucket[trace] = this.#free
    this.#free = trace
  }

  /** One more span, chained before the others. */
  extend(trace: number, slot: number, next: Int32Array, end: Nanos, root: boolean): void {
    next[slot] = this.head[trace] as number
    this.head[trace] = slot
    this.spans[trace] = (this.spans[trace] as number) + 1
    if (end < (this.firstEnd[trace] as number)) this.firstEnd[trace] = end
    if (end > (this.lastEnd[trace] as number)) this.lastEnd[trace] = end
    if (root && end < (this.rootEnd[trace] as number)) this.rootEnd[trace] = end
  }

  #take(): number {
    const trace = this.#free
    if (trace !== noTrace) {
      this.#free = this.#nextInBucket[trace] as number
      return trace
    }
    if (this.end === this.head.length) this.#grow(this.end * 2)
    return this.end++
  }

  #bucketOf(words: Uint32Array, at: number): number {
    const hash = hashOfWords(this.#seed, words[at] as number, words[at + 1] as number, words[at + 2] as number, words[at + 3] as number)
    return hash & (this.#buckets.length - 1)
  }

  #grow(capacity: number): void {
    const old = this.#buckets
    this.id = grown(this.id, capacity * 4)
    this.head = grown(this.head, capacity)
    this.spans = grown(this.spans, capacity)
    this.firstEnd = grown(this.firstEnd, capacity)
    this.lastEnd = grown(this.lastEnd, capacity)
    this.rootEnd = grown(this.rootEnd, capacity)
    this.check = grown(this.check, capacity).fill(Number.POSITIVE_INFINITY, this.end)
    this.later = grown(this.later, capacity)
    this.#older = grown(this.#older, capacity)
    this.#younger = grown(this.#younger, capacity)
    const chains = this.#nextInBucket
    this.#nextInBucket = grown(chains, capacity)
    this.#buckets = new Int32Array(capacity).fill(noTrace)
    for (const first of old) {
      for (let trace = first; trace !== noTrace; trace = chains[trace] as number) {
        const bucket = this.#bucketOf(this.id, trace * 4)
        this.#nextInBucket[trace] = this.#buckets[bucket] as number
        this.#buckets[bucket] = trace
      }
    }
  }
}
