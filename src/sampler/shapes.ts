/**
 * The shapes seen, each with its sketch and its micro-cluster: the exact cache in front of the clusters, and the memory of what is not new. Sets of eight; a new
 * shape takes the place of the lightest of its set.
 */
import { type Packed, packed, unpack } from './packing.ts'

const sets = 4096
const ways = 8
const places = sets * ways
export const noShape = -1

export interface ShapesState {
  readonly places: Packed
  readonly key0: Packed
  readonly key1: Packed
  readonly weight: Packed
  readonly slot: Packed
  readonly id: Packed
  readonly sketch: Packed
  readonly evicted: number
}

export class Shapes {
  evicted = 0
  length = 0
  /** The micro-cluster's slot, and its id then: another id there means that the cluster is gone. */
  readonly slot = new Uint32Array(places)
  readonly id = new Uint32Array(places)
  /** Four words a place. */
  readonly sketch = new Uint32Array(places * 4)
  /** 0: free. */
  readonly #key0 = new Uint32Array(places)
  readonly #key1 = new Uint32Array(places)
  readonly #weight = new Float64Array(places)

  find(key0: number, key1: number): number {
    const set = (key1 & (sets - 1)) * ways
    for (let place = set; place < set + ways; place++) if (this.#key0[place] === key0 && this.#key1[place] === key1) return place
    return noShape
  }

  touch(place: number, unit: number): void {
    this.#weight[place] = (this.#weight[place] as number) + unit
  }

  add(key0: number, key1: number): number {
    const set = (key1 & (sets - 1)) * ways
    let at = set
    for (let place = set; place < set + ways; place++) {
      if (this.#key0[place] === 0) {
        at = place
        break
      }
      if ((this.#weight[place] as number) < (this.#weight[at] as number)) at = place
    }
    if (this.#key0[at] === 0) this.length++
    else this.evicted++
    this.#key0[at] = key0
    this.#key1[at] = key1
    this.#weight[at] = 0
    return at
  }

  scale(factor: number): void {
    for (let place = 0; place < places; place++) this.#weight[place] = (this.#weight[place] as number) * factor
  }

  save(): ShapesState {
    const used = Uint32Array.from([...this.#key0.keys()].filter((place) => this.#key0[place] !== 0))
    const of = (column: Uint32Array): Packed => packed(used.map((place) => column[place] as number))
    const sketch = new Uint32Array(used.length * 4)
    used.forEach((place, i) => {
      sketch.set(this.sketch.subarray(place * 4, place * 4 + 4), i * 4)
    })
    return {
      places: packed(used),
      key0: of(this.#key0),
      key1: of(this.#key1),
      weight: packed(Float64Array.from(used, (place) => this.#weight[place] as number)),
      slot: of(this.slot),
      id: of(this.id),
      sketch: packed(sketch),
      evicted: this.evicted,
    }
  }

  restore(state: ShapesState): void {
    const used = unpack(Uint32Array, state.places)
    const columns = [
      [this.#key0, unpack(Uint32Array, state.key0)],
      [this.#key1, unpack(Uint32Array, state.key1)],
      [this.#weight, unpack(Float64Array, state.weight)],
      [this.slot, unpack(Uint32Array, state.slot)],
      [this.id, unpack(Uint32Array, state.id)],
    ] as const
    const sketch = unpack(Uint32Array, state.sketch)
    used.forEach((place, i) => {
      for (const [column, saved] of columns) column[place] = saved[i] as number
      this.sketch.set(sketch.subarray(i * 4, i * 4 + 4), place * 4)
    })
    this.length = used.length
    this.evicted = state.evicted
  }
}
