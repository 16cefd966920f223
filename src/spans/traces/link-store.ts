/** The links of spans in the store, chained span by span, in slots that are used again. */
import { type SpanLinks, wordsOfLink } from '../links.ts'
import { grown } from './hash.ts'
import { noSlot } from './store.ts'

const initialLinks = 64

export class LinkStore {
  /** Six words a link, as in a table. */
  words = new Uint32Array(initialLinks * wordsOfLink)
  /** Next link of the same span, or of the free ones. */
  next = new Int32Array(initialLinks)
  readonly #limit: number
  /** By the span's slot. */
  #first = new Int32Array(0)
  #free = noSlot
  /** Links from here on were never used. */
  #fresh = 0

  /** At most `limit` links are kept; spans that come while so many are have none. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** The first link of the span in a slot, or `noSlot`. */
  firstOf(slot: number): number {
    return slot < this.#first.length ? (this.#first[slot] as number) : noSlot
  }

  put(slot: number, links: SpanLinks, row: number): void {
    const [from, count] = [links.first[row] as number, links.count[row] as number]
    if (count === 0) return
    if (slot >= this.#first.length) this.#makeRoom(slot + 1)
    for (let link = from; link < from + count; link++) {
      const place = this.#take()
      if (place === noSlot) return
      for (let i = 0; i < wordsOfLink; i++) this.words[place * wordsOfLink + i] = links.words[link * wordsOfLink + i] as number
      this.next[place] = this.#first[slot] as number
      this.#first[slot] = place
    }
  }

  free(slot: number): void {
    for (let link = this.firstOf(slot); link !== noSlot; ) {
      const following = this.next[link] as number
      this.next[link] = this.#free
      this.#free = link
      link = following
    }
    if (slot < this.#first.length) this.#first[slot] = noSlot
  }

  /** Tells the links of two slots apart; 0 only if they are the same in the same order. */
  compare(a: number, b: number): number {
    let [left, right] = [this.firstOf(a), this.firstOf(b)]
    for (; left !== noSlot && right !== noSlot; left = this.next[left] as number, right = this.next[right] as number) {
      for (let i = 0; i < wordsOfLink; i++) {
        const order = (this.words[left * wordsOfLink + i] as number) - (this.words[right * wordsOfLink + i] as number)
        if (order !== 0) return order
      }
    }
    return Number(left !== noSlot) - Number(right !== noSlot)
  }

  #take(): number {
    const link = this.#free
    if (link !== noSlot) {
      this.#free = this.next[link] as number
      return link
    }
    if (this.#fresh >= this.#limit) return noSlot
    if (this.#fresh === this.next.length) {
      this.words = grown(this.words, this.words.length * 2)
      this.next = grown(this.next, this.next.length * 2)
    }
    return this.#fresh++
  }

  #makeRoom(slots: number): void {
    const old = this.#first
    this.#first = new Int32Array(Math.max(slots, old.length * 2)).fill(noSlot)
    this.#first.set(old)
  }
}
