/** Span links of CONSUMER spans: which messages they took, where no parent says it. Kept by tables that ask for them; of other spans links are skipped. */

import { type Bundle, needsLinks } from '../bundle/index.ts'
import type { ColumnRef } from './table.ts'

/** A column of links. Ask for it in a table's projection behind its attributes; without, no link is looked at. */
export interface LinkRef {
  readonly scope: 'link'
  readonly name: 'spans'
}

export const linkColumns: readonly LinkRef[] = [{ scope: 'link', name: 'spans' }]

/** What tables of spans for a bundle's rules have columns of. */
export function columnsFor(bundle: Pick<Bundle, 'projection' | 'rules'>): readonly ColumnRef[] {
  return needsLinks(bundle) ? [...bundle.projection, ...linkColumns] : bundle.projection
}

/** Of one span; what a batch has beyond them is left out. */
export const mostLinks = 16
/** Of a link: a trace's id and a span's, as they lie in the table's columns, a word at a time. */
export const wordsOfLink = 6

export class SpanLinks {
  /** By row: where its links begin in `words`, counted in links, and how many they are. */
  first: Uint32Array
  count: Uint8Array
  words = new Uint32Array(16 * wordsOfLink)
  /** Links in `words`. */
  #length = 0

  constructor(capacity: number) {
    this.first = new Uint32Array(capacity)
    this.count = new Uint8Array(capacity)
  }

  reserve(rows: number): void {
    if (rows <= this.count.length) return
    const [first, count] = [this.first, this.count]
    this.first = new Uint32Array(rows)
    this.first.set(first)
    this.count = new Uint8Array(rows)
    this.count.set(count)
  }

  clear(): void {
    this.#length = 0
  }

  /** The row has no link, so far. */
  begin(row: number): void {
    this.first[row] = this.#length
    this.count[row] = 0
  }

  /** Where the next link of the row, the last that was begun, is to be written, in words; −1: it has enough. */
  place(row: number): number {
    const count = this.count[row] as number
    if (count === mostLinks) return -1
    const at = this.#length++ * wordsOfLink
    if (at === this.words.length) {
      const bigger = new Uint32Array(at * 2)
      bigger.set(this.words)
      this.words = bigger
    }
    this.count[row] = count + 1
    return at
  }

  /** The row is kept without its links, or was none. */
  forget(row: number): void {
    this.#length = this.first[row] as number
    this.count[row] = 0
  }

  /** Gives row `to` the links of a row, of these or of another table's. */
  copy(from: SpanLinks, row: number, to: number): void {
    const [first, count] = [from.first[row] as number, from.count[row] as number]
    if (from === this) {
      this.first[to] = first
      this.count[to] = count
      return
    }
    this.begin(to)
    for (let link = first; link < first + count; link++) {
      const at = this.place(to)
      this.words.set(from.words.subarray(link * wordsOfLink, (link + 1) * wordsOfLink), at)
    }
  }
}
