/** Hashes of 32 bits, the same in every process: what is saved by one is found by another. */

/** The finalizer of MurmurHash3 (Appleby): every bit of the input turns over half of the output's. */
export function mixed(h: number): number {
  let x = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** Of two words, in this order. */
export function combined(a: number, b: number): number {
  return mixed((Math.imul(a, 0x9e3779b1) + (b | 0) + 0x7f4a7c15) | 0)
}

/** Of a text's UTF-16 units (FNV-1a, then mixed). */
export function textHash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return mixed(h)
}
