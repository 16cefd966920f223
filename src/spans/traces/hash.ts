/** Ids are random where clients are honest; the mixing is for those that count. `seed` spoils collisions that were made on purpose. */
export function hashOfWords(seed: number, a: number, b: number, c = 0, d = 0): number {
  let hash = Math.imul(seed ^ a, 0xcc9e2d51)
  hash = Math.imul(hash ^ (hash >>> 15) ^ b, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13) ^ c, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16) ^ d, 0x27d4eb2f)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x165667b1)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** A table's bytes as words of 32 bits, not copied: a table makes its arrays itself, so they lie well. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
}

/** A copy with room for `capacity` elements. */
export function grown<T extends Uint8Array | Uint16Array | Int32Array | Uint32Array | Float64Array>(old: T, capacity: number): T {
  const bigger = new (old.constructor as new (length: number) => T)(capacity)
  bigger.set(old as never)
  return bigger
}
