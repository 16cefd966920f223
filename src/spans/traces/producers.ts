/** When messages were sent: the last so many PRODUCER spans, for the consumers that name them by a link, of whatever trace. */
import type { Nanos } from '../table.ts'
import { grown } from './hash.ts'
import { notFound, RecentKeys } from './recent.ts'

export interface Producer {
  /** Pair of words. */
  readonly end: readonly [number, number]
  readonly duration: number
}

export class Producers {
  readonly #keys: RecentKeys
  #end: Uint32Array
  #duration: Float64Array

  constructor(limit: number, seed: number) {
    this.#keys = new RecentKeys(limit, seed)
    const { capacity } = this.#keys
    this.#end = new Uint32Array(capacity * 2)
    this.#duration = new Float64Array(capacity)
  }

  /** The span at `at` and `span` of these words. Of copies that differ the one that ended first counts, then the shortest: whichever came first. */
  add(trace: Uint32Array, at: number, spans: Uint32Array, span: number, { end, duration }: Producer): void {
    const [span0, span1] = [spans[span] as number, spans[span + 1] as number]
    let place = this.#keys.find(trace, at, span0, span1)
    if (place !== notFound && !this.#isBefore(place, end, duration)) return
    if (place === notFound) place = this.#keys.add(trace, at, span0, span1)
    const { capacity } = this.#keys
    if (this.#duration.length < capacity) {
      this.#end = grown(this.#end, capacity * 2)
      this.#duration = grown(this.#duration, capacity)
    }
    this.#end[place * 2] = end[0]
    this.#end[place * 2 + 1] = end[1]
    this.#duration[place] = duration
  }

  /** The span that a link, six words from `at` on, points to, if it is a PRODUCER that ended until `until`. */
  find(words: Uint32Array, at: number, until: Nanos): Producer | undefined {
    const place = this.#keys.find(words, at, words[at + 4] as number, words[at + 5] as number)
    if (place === notFound) return undefined
    const end = [this.#end[place * 2] as number, this.#end[place * 2 + 1] as number] as const
    if (nanosOfWords(end) > until) return undefined
    return { end, duration: this.#duration[place] as number }
  }

  #isBefore(place: number, end: Producer['end'], duration: number): boolean {
    const [low, high] = [this.#end[place * 2] as number, this.#end[place * 2 + 1] as number]
    return (end[1] - high || end[0] - low || duration - (this.#duration[place] as number)) < 0
  }
}

/** As `nanosOf` has it of a table. */
function nanosOfWords([low, high]: Producer['end']): Nanos {
  return high * 4294967296 + ((low & 0xffffff00) >>> 0)
}
