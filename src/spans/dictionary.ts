import { equalBytes } from './bytes.ts'

/**
 * Text as codes: every distinct service, operation and projected attribute text gets a small number, once. Code 0 is
 * the empty text.
 */
export interface Dictionary {
  readonly size: number
  /** The text's code, a new one if it is new. */
  code(text: string): number
  /**
   * The code of UTF-8 bytes [start, end), or `notUtf8` when they are none; on the hot path, so it makes no string for a
   * text that it knows. A view of the same bytes spares making one.
   */
  codeOfBytes(bytes: Uint8Array, start: number, end: number, view?: DataView): number
  text(code: number): string
  /** Texts refused because the dictionary was full; they got code 0. A text that is refused again counts again. */
  readonly refused: number
}

/** What `codeOfBytes` gives for bytes that are not UTF-8. */
export const notUtf8 = -1

export interface DictionaryOptions {
  /** Distinct texts, the empty one not counted. Default 1,048,576. */
  readonly maxEntries?: number
  /** UTF-8 bytes of all texts together. Default 128 MiB. */
  readonly maxBytes?: number
}

const initialSlots = 1024
const recentSlots = 4096

/** An empty dictionary. It never shrinks: codes stay good for as long as it lives. */
export function createDictionary(options: DictionaryOptions = {}): Dictionary {
  return new HashDictionary(options.maxEntries ?? 1 << 20, options.maxBytes ?? 128 << 20)
}

/**
 * Open addressing with linear probing over hashes of the UTF-8 bytes, which lie end to end in one arena. In front of it
 * is a direct-mapped memory of recent texts whose key looks at a text's ends only: a stream repeats few names, so most
 * lookups cost one comparison and no hash of the whole text.
 */
class HashDictionary implements Dictionary {
  refused = 0
  readonly #maxEntries: number
  readonly #maxBytes: number
  readonly #texts: string[] = ['']
  /** Text `code` is arena[starts[code], starts[code + 1]). */
  #arena = new DataView(new ArrayBuffer(16_384))
  #starts = new Uint32Array(initialSlots)
  #hashes = new Uint32Array(initialSlots)
  /** Codes; 0 is a free slot. A power of two long, at most half full. */
  #slots = new Uint32Array(initialSlots)
  readonly #recent = new Uint32Array(recentSlots)
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  readonly #encoder = new TextEncoder()
  #scratch = new Uint8Array(1024)
  #scratchView = new DataView(this.#scratch.buffer)

  constructor(maxEntries: number, maxBytes: number) {
    this.#maxEntries = maxEntries
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#texts.length
  }

  text(code: number): string {
    const text = this.#texts[code]
    if (text === undefined) throw new RangeError(`no text has code ${code}`)
    return text
  }

  code(text: string): number {
    if (this.#scratch.length < text.length * 3) {
      this.#scratch = new Uint8Array(text.length * 3)
      this.#scratchView = new DataView(this.#scratch.buffer)
    }
    const { written } = this.#encoder.encodeInto(text, this.#scratch)
    return this.codeOfBytes(this.#scratch, 0, written, this.#scratchView)
  }

  codeOfBytes(bytes: Uint8Array, start: number, end: number, view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)): number {
    if (start === end) return 0
    const recent = recentKey(bytes, view, start, end) & (recentSlots - 1)
    const guess = this.#recent[recent] as number
    if (guess !== 0 && this.#equals(guess, view, start, end)) return guess
    const code = this.#find(bytes, view, start, end)
    if (code > 0) this.#recent[recent] = code
    return code
  }

  #find(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const hash = hashOf(bytes, view, start, end)
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (let code = this.#slots[slot] as number; code !== 0; code = this.#slots[slot] as number) {
      if (this.#hashes[code] === hash && this.#equals(code, view, start, end)) return code
      slot = (slot + 1) & mask
    }
    return this.#add(hash, slot, bytes, start, end)
  }

  #add(hash: number, slot: number, bytes: Uint8Array, start: number, end: number): number {
    let text: string
    try {
      text = this.#decoder.decode(bytes.subarray(start, end))
    } catch {
      return notUtf8
    }
    const code = this.#texts.length
    const from = this.#starts[code] as number
    const to = from + end - start
    if (code > this.#maxEntries || to > this.#maxBytes) {
      this.refused++
      return 0
    }
    if (to > this.#arena.byteLength) this.#arena = grownArena(this.#arena, to)
    if (code + 1 >= this.#starts.length) {
      this.#starts = grownWords(this.#starts)
      this.#hashes = grownWords(this.#hashes)
    }
    new Uint8Array(this.#arena.buffer).set(bytes.subarray(start, end), from)
    this.#starts[code + 1] = to
    this.#hashes[code] = hash
    this.#texts.push(text)
    this.#slots[slot] = code
    if (this.#texts.length * 2 > this.#slots.length) this.#rehash()
    return code
  }

  #equals(code: number, view: DataView, start: number, end: number): boolean {
    const from = this.#starts[code] as number
    const length = end - start
    return (this.#starts[code + 1] as number) - from === length && equalBytes(this.#arena, from, view, start, length)
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let code = 1; code < this.#texts.length; code++) {
      let slot = (this.#hashes[code] as number) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = code
    }
    this.#slots = slots
  }
}

/** Of length, first, middle and last bytes: names of one system differ there. A clash costs a full lookup, nothing else. */
function recentKey(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  const length = end - start
  if (length < 4) return (bytes[start] as number) ^ ((bytes[end - 1] as number) << 4) ^ (length << 10)
  const middle = view.getUint32(start + (length >>> 1) - 2, true)
  const ends = Math.imul(view.getUint32(start, true), 0x9e3779b1) ^ Math.imul(view.getUint32(end - 4, true) + length, 0x85ebca6b)
  const key = ends ^ Math.imul(middle, 0xc2b2ae35)
  return key ^ (key >>> 15)
}

/** MurmurHash3 (Appleby), four bytes at a time. */
function hashOf(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  let hash = end - start
  let i = start
  for (; i + 4 <= end; i += 4) hash = mixed(hash, view.getUint32(i, true))
  let rest = 0
  for (let shift = 0; i < end; i++, shift += 8) rest |= (bytes[i] as number) << shift
  hash = mixed(hash, rest)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function mixed(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51)
  k = (k << 15) | (k >>> 17)
  const h = hash ^ Math.imul(k, 0x1b873593)
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
}

function grownArena(old: DataView, needed: number): DataView<ArrayBuffer> {
  const bigger = new Uint8Array(Math.max(old.byteLength * 2, needed))
  bigger.set(new Uint8Array(old.buffer))
  return new DataView(bigger.buffer)
}

function grownWords(old: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const bigger = new Uint32Array(old.length * 2)
  bigger.set(old)
  return bigger
}
