/**
 * StreamHash (Manzoor, Milajerdi, Akoglu, KDD 2016): 128 signs of random projections of a trace's features, of which new ones may come at any time. The angle
 * between two traces is about π · (bits that differ) ÷ 128. The signs that a path adds are bits of its hash, mixed: making them costs less than keeping them.
 */
import type { Features } from './features.ts'
import { mixed } from './hash.ts'
import type { Paths } from './paths.ts'

export const sketchBits = 128
const errorFeature = 0x1b873593
/** A path that takes longer than usual counts more: one more for each doubling, up to this many. */
const doublings = 3

export class Sketcher {
  /** The sketch last made, four words. */
  readonly sketch = new Uint32Array(4)
  readonly #sums = new Float64Array(sketchBits)

  make(features: Features, places: Int32Array, paths: Paths): Uint32Array {
    const sums = this.#sums.fill(0)
    let squares = 0
    for (let i = 0; i < features.paths; i++) {
      const median = paths.median(places[i] as number)
      const longer = median === undefined ? 0 : Math.log2(Math.max(1, features.duration[i] as number) / median)
      const value = 1 + Math.min(doublings, Math.max(0, longer))
      squares += value * value
      project(sums, features.path[i] as number, value)
    }
    // As much as all else together, so that errors are some 45 degrees apart from what they went with.
    if (features.error) project(sums, errorFeature, Math.sqrt(squares))
    for (let word = 0; word < 4; word++) {
      let bits = 0
      for (let bit = 0; bit < 32; bit++) if ((sums[word * 32 + bit] as number) > 0) bits |= 1 << bit
      this.sketch[word] = bits
    }
    return this.sketch
  }
}

function project(sums: Float64Array, feature: number, value: number): void {
  for (let word = 0; word < 4; word++) {
    const signs = mixed(feature + Math.imul(word + 1, 0x9e3779b1))
    const base = word * 32
    for (let bit = 0; bit < 32; bit++) sums[base + bit] = (sums[base + bit] as number) + (((signs >>> bit) & 1) === 1 ? value : -value)
  }
}

/** Bits that differ between the sketches at `a[i…i+3]` and `b[j…j+3]`. */
export function hamming(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  return (
    ones((a[i] as number) ^ (b[j] as number)) +
    ones((a[i + 1] as number) ^ (b[j + 1] as number)) +
    ones((a[i + 2] as number) ^ (b[j + 2] as number)) +
    ones((a[i + 3] as number) ^ (b[j + 3] as number))
  )
}

function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555)
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333)
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
