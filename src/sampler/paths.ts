/**
 * How long each call path usually takes: a fading log histogram a path, of the longest duration that it took in each trace. At most 4,096 paths, in sets of eight:
 * a new path takes the place of the lightest of its set.
 */
import { type Packed, packed, unpack } from './packing.ts'

const sets = 512
const ways = 8
const places = sets * ways
/** Log-linear: eight to an octave, from 1 µs to 1.2 hours; beyond, the ends. */
const buckets = 256
const bucketsOfOctave = 8
/** log2 of the least duration, 1,024 ns. */
const leastExponent = 10
/** Of a float64's upper word, what is left of it are its exponent and the first three bits of its fraction: the bucket. */
const bucketShift = 17
const leastBucket = (1023 + leastExponent) * bucketsOfOctave
/** Observations before a path's tail can be told. */
const observationsNeeded = 200
export const noPath = -1

export interface PathsState {
  readonly places: Packed
  readonly keys: Packed
  readonly mass: Packed
  readonly seen: Packed
  /** Of each place the nodes that are not zero: index, value, index, value … */
  readonly trees: readonly (readonly number[])[]
  readonly evicted: number
}

export class Paths {
  evicted = 0
  length = 0
  /** 0: free. */
  readonly #keys = new Uint32Array(places)
  readonly #mass = new Float64Array(places)
  /** Observations, not faded. */
  readonly #seen = new Uint32Array(places)
  /** Fenwick trees over the buckets from the longest down, so that a tail is summed and never subtracted. */
  readonly #trees = new Float64Array(places * (buckets + 1))
  readonly #bits = new Float64Array(1)
  readonly #words = new Uint32Array(this.#bits.buffer)

  /** The path's place, or `noPath`. */
  find(hash: number): number {
    const set = (hash & (sets - 1)) * ways
    for (let place = set; place < set + ways; place++) if (this.#keys[place] === hash) return place
    return noPath
  }

  /** Probability that the path takes at least so long, this trace among those counted; 1 where too little is known. */
  tail(place: number, bucket: number, unit: number): number {
    if (place === noPath || (this.#seen[place] as number) < observationsNeeded) return 1
    const tree = place * (buckets + 1)
    let sum = unit
    for (let i = buckets - bucket; i > 0; i &= i - 1) sum += this.#trees[tree + i] as number
    return sum / ((this.#mass[place] as number) + unit)
  }

  /** Nanoseconds, within an eighth of an octave; undefined where nothing is known. */
  median(place: number): number | undefined {
    if (place === noPath) return undefined
    const tree = place * (buckets + 1)
    let rest = (this.#mass[place] as number) / 2
    let at = 0
    for (let step = buckets; step > 0; step >>= 1) {
      const next = at + step
      if (next > buckets || (this.#trees[tree + next] as number) >= rest) continue
      rest -= this.#trees[tree + next] as number
      at = next
    }
    const bucket = buckets - 1 - Math.min(at, buckets - 1)
    const octave = bucket >>> 3
    return 2 ** (leastExponent + octave) * (1 + ((bucket & 7) + 0.5) / bucketsOfOctave)
  }

  /** The bucket of a duration of so many nanoseconds, never negative. */
  bucketOf(duration: number): number {
    this.#bits[0] = duration
    const bucket = ((this.#words[1] as number) >>> bucketShift) - leastBucket
    return bucket >= buckets ? buckets - 1 : bucket > 0 ? bucket : 0
  }

  /** Counts a duration; `place` is what `find` said, which may be another path's by now. */
  add(hash: number, place: number, bucket: number, unit: number): void {
    const at = place !== noPath && this.#keys[place] === hash ? place : this.#take(hash)
    this.#mass[at] = (this.#mass[at] as number) + unit
    if ((this.#seen[at] as number) < 0xffffffff) this.#seen[at] = (this.#seen[at] as number) + 1
    const tree = at * (buckets + 1)
    for (let i = buckets - bucket; i <= buckets; i += i & -i) this.#trees[tree + i] = (this.#trees[tree + i] as number) + unit
  }

  scale(factor: number): void {
    for (let i = 0; i < this.#trees.length; i++) this.#trees[i] = (this.#trees[i] as number) * factor
    for (let place = 0; place < places; place++) this.#mass[place] = (this.#mass[place] as number) * factor
  }

  save(): PathsState {
    const used = Uint32Array.from([...this.#keys.keys()].filter((place) => this.#keys[place] !== 0))
    return {
      places: packed(used),
      keys: packed(used.map((place) => this.#keys[place] as number)),
      mass: packed(Float64Array.from(used, (place) => this.#mass[place] as number)),
      seen: packed(used.map((place) => this.#seen[place] as number)),
      trees: [...used].map((place) => {
        const nodes: number[] = []
        for (let i = 1; i <= buckets; i++) {
          const value = this.#trees[place * (buckets + 1) + i] as number
          if (value !== 0) nodes.push(i, value)
        }
        return nodes
      }),
      evicted: this.evicted,
    }
  }

  restore(state: PathsState): void {
    const used = unpack(Uint32Array, state.places)
    const keys = unpack(Uint32Array, state.keys)
    const mass = unpack(Float64Array, state.mass)
    const seen = unpack(Uint32Array, state.seen)
    used.forEach((place, i) => {
      this.#keys[place] = keys[i] as number
      this.#mass[place] = mass[i] as number
      this.#seen[place] = seen[i] as number
      const nodes = state.trees[i] ?? []
      for (let n = 0; n + 1 < nodes.length; n += 2) this.#trees[place * (buckets + 1) + (nodes[n] as number)] = nodes[n + 1] as number
    })
    this.length = used.length
    this.evicted = state.evicted
  }

  #take(hash: number): number {
    const set = (hash & (sets - 1)) * ways
    let lightest = set
    for (let place = set; place < set + ways; place++) {
      if (this.#keys[place] === 0) {
        this.length++
        this.#keys[place] = hash
        return place
      }
      if ((this.#mass[place] as number) < (this.#mass[lightest] as number)) lightest = place
    }
    this.evicted++
    this.#keys[lightest] = hash
    this.#mass[lightest] = 0
    this.#seen[lightest] = 0
    this.#trees.fill(0, lightest * (buckets + 1), (lightest + 1) * (buckets + 1))
    return lightest
  }
}
