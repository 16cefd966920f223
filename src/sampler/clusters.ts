/**
 * DenStream (Cao, Ester, Qian, Zhou, SDM 2006) over sketches of bits under Hamming distance. A micro-cluster is its weight and, of each bit, the weight of its
 * members that have it set; bits are their own squares, so that is CF1 and CF2 at once. All fade together, and as they do in forward decay nothing is touched
 * for it. What a cluster is (centre, radius) does not change when every sketch is flipped by the same mask, the translations of this space.
 */
import type { Fading } from './fading.ts'
import { type Packed, packed, unpack } from './packing.ts'
import { hamming, sketchBits } from './sketch.ts'

export interface ClusterOptions {
  readonly limit: number
  /** Greatest distance of a sketch from the centre of a cluster that it joins, and greatest radius of the cluster after that; in bits. */
  readonly epsilon: number
  /** βμ: the weight of a potential cluster; below, it is an outlier cluster. Above 1. */
  readonly potentialWeight: number
}

/** 1,024 clusters. 12 of 128 bits is an angle of 17 degrees: one path more or less of a dozen. βμ of 10 as in DenStream's own experiments (β 0.2…1, μ 10). */
export const defaultClusters: ClusterOptions = { limit: 1024, epsilon: 12, potentialWeight: 10 }

export const noCluster = -1

export interface ClustersState {
  readonly slots: readonly number[]
  readonly ids: readonly number[]
  readonly born: readonly number[]
  readonly potential: readonly number[]
  readonly weight: Packed
  readonly ones: Packed
  readonly centre: readonly number[]
  readonly nextId: number
  readonly prunedAt: number | null
  readonly evicted: number
  readonly faded: number
}

export class Clusters {
  /** Clusters that made room for others, and that had faded. */
  evicted = 0
  faded = 0
  length = 0
  readonly #options: ClusterOptions
  readonly #fading: Fading
  /** 0: the slot is free. */
  readonly #id: Uint32Array
  readonly #weight: Float64Array
  /** Of each bit, the weight of the members that have it. */
  readonly #ones: Float64Array
  /** The centre: bits that most of the weight has. Four words a slot. */
  readonly #centre: Uint32Array
  readonly #potential: Uint8Array
  /** Event time of an outlier cluster's first member. */
  readonly #born: Float64Array
  #nextId = 1
  #prunedAt = Number.NEGATIVE_INFINITY

  constructor(fading: Fading, options: ClusterOptions = defaultClusters) {
    if (!(options.potentialWeight > 1)) throw new RangeError('a potential cluster must weigh more than 1')
    const { limit } = options
    this.#options = options
    this.#fading = fading
    this.#id = new Uint32Array(limit)
    this.#weight = new Float64Array(limit)
    this.#ones = new Float64Array(limit * sketchBits)
    this.#centre = new Uint32Array(limit * 4)
    this.#potential = new Uint8Array(limit)
    this.#born = new Float64Array(limit)
  }

  /** Stays the same for as long as the cluster lives; 0 of a free slot. */
  idOf(slot: number): number {
    return this.#id[slot] as number
  }

  /** Traces that it stands for, faded to now. */
  weightOf(slot: number): number {
    return (this.#weight[slot] as number) / this.#fading.unit
  }

  isPotential(slot: number): boolean {
    return this.#potential[slot] === 1
  }

  /** Mean Hamming distance of the members from the centre, in bits. */
  radiusOf(slot: number): number {
    return this.#radius(slot, undefined)
  }

  /** The nearest cluster that may take the sketch (a potential one before an outlier), or a new one. */
  insert(sketch: Uint32Array): number {
    const slot = this.#nearest(sketch, 1)
    const joined = slot !== noCluster && this.#fits(slot, sketch) ? slot : this.#nearest(sketch, 0)
    const into = joined !== noCluster && (joined === slot || this.#fits(joined, sketch)) ? joined : this.#open()
    this.add(into, sketch)
    return into
  }

  /** Counts a member. */
  add(slot: number, sketch: Uint32Array, at = 0): void {
    const { unit } = this.#fading
    const weight = (this.#weight[slot] as number) + unit
    this.#weight[slot] = weight
    for (let word = 0; word < 4; word++) {
      const bits = sketch[at + word] as number
      const base = slot * sketchBits + word * 32
      // Of a tie the bit stays what it was: what breaks it must not be whether bits are called 0 or 1.
      let centre = this.#centre[slot * 4 + word] as number
      for (let bit = 0; bit < 32; bit++) {
        const ones = (this.#ones[base + bit] as number) + ((bits >>> bit) & 1) * unit
        this.#ones[base + bit] = ones
        if (ones * 2 > weight) centre |= 1 << bit
        else if (ones * 2 < weight) centre &= ~(1 << bit)
      }
      this.#centre[slot * 4 + word] = centre
    }
    if (weight >= this.#options.potentialWeight * unit) this.#potential[slot] = 1
  }

  /**
   * Every T_p: a potential cluster that fell below βμ, and an outlier cluster that is lighter than one that grows to be potential would be by now, ξ(t, t0), go.
   * Both in event time, with λ = 1 ÷ half-life, as weights fade by 2^(−λt): hence log2.
   */
  prune(): void {
    const { now, halfLifeNs, unit } = this.#fading
    const { potentialWeight } = this.#options
    const period = Math.ceil(halfLifeNs * Math.log2(potentialWeight / (potentialWeight - 1)))
    if (this.#prunedAt === Number.NEGATIVE_INFINITY) this.#prunedAt = now
    if (now - this.#prunedAt < period) return
    this.#prunedAt = now
    for (let slot = 0; slot < this.#id.length; slot++) {
      if (this.#id[slot] === 0) continue
      const weight = (this.#weight[slot] as number) / unit
      const least =
        this.#potential[slot] === 1
          ? potentialWeight
          : (2 ** (-(now - (this.#born[slot] as number) + period) / halfLifeNs) - 1) / (2 ** (-period / halfLifeNs) - 1)
      if (weight >= least) continue
      this.#free(slot)
      this.faded++
    }
  }

  scale(factor: number): void {
    for (let slot = 0; slot < this.#weight.length; slot++) this.#weight[slot] = (this.#weight[slot] as number) * factor
    for (let i = 0; i < this.#ones.length; i++) this.#ones[i] = (this.#ones[i] as number) * factor
  }

  save(): ClustersState {
    const slots = [...this.#id.keys()].filter((slot) => this.#id[slot] !== 0)
    const of = (column: ArrayLike<number>): number[] => slots.map((slot) => column[slot] as number)
    const ones = new Float64Array(slots.length * sketchBits)
    slots.forEach((slot, i) => {
      ones.set(this.#ones.subarray(slot * sketchBits, (slot + 1) * sketchBits), i * sketchBits)
    })
    return {
      slots,
      ids: of(this.#id),
      born: of(this.#born),
      potential: of(this.#potential),
      weight: packed(Float64Array.from(of(this.#weight))),
      ones: packed(ones),
      centre: slots.flatMap((slot) => [...this.#centre.subarray(slot * 4, slot * 4 + 4)]),
      nextId: this.#nextId,
      prunedAt: Number.isFinite(this.#prunedAt) ? this.#prunedAt : null,
      evicted: this.evicted,
      faded: this.faded,
    }
  }

  restore(state: ClustersState): void {
    const weight = unpack(Float64Array, state.weight)
    const ones = unpack(Float64Array, state.ones)
    state.slots.forEach((slot, i) => {
      this.#id[slot] = state.ids[i] as number
      this.#born[slot] = state.born[i] as number
      this.#potential[slot] = state.potential[i] as number
      this.#weight[slot] = weight[i] as number
      this.#ones.set(ones.subarray(i * sketchBits, (i + 1) * sketchBits), slot * sketchBits)
      this.#centre.set(state.centre.slice(i * 4, i * 4 + 4), slot * 4)
    })
    this.length = state.slots.length
    this.#nextId = state.nextId
    this.#prunedAt = state.prunedAt ?? Number.NEGATIVE_INFINITY
    this.evicted = state.evicted
    this.faded = state.faded
  }

  #nearest(sketch: Uint32Array, potential: number): number {
    let best = noCluster
    let least = this.#options.epsilon + 1
    for (let slot = 0; slot < this.#id.length; slot++) {
      if (this.#id[slot] === 0 || this.#potential[slot] !== potential) continue
      const distance = hamming(this.#centre, slot * 4, sketch, 0)
      if (distance >= least) continue
      least = distance
      best = slot
    }
    return best
  }

  /** Whether the radius would still be small enough. Only looks: a sketch that is turned away leaves no trace. */
  #fits(slot: number, sketch: Uint32Array): boolean {
    return this.#radius(slot, sketch) <= this.#options.epsilon
  }

  #radius(slot: number, more: Uint32Array | undefined): number {
    const { unit } = this.#fading
    const weight = (this.#weight[slot] as number) + (more === undefined ? 0 : unit)
    let sum = 0
    for (let i = 0; i < sketchBits; i++) {
      const set = more === undefined ? 0 : (((more[i >>> 5] as number) >>> (i & 31)) & 1) * unit
      const ones = (this.#ones[slot * sketchBits + i] as number) + set
      sum += Math.min(ones, weight - ones)
    }
    return sum / weight
  }

  #open(): number {
    const slot = this.#takeSlot()
    this.#id[slot] = this.#nextId
    this.#nextId = this.#nextId === 0xffffffff ? 1 : this.#nextId + 1
    this.#weight[slot] = 0
    this.#potential[slot] = 0
    this.#born[slot] = this.#fading.now
    this.#ones.fill(0, slot * sketchBits, (slot + 1) * sketchBits)
    this.length++
    return slot
  }

  #takeSlot(): number {
    let lightest = 0
    for (let slot = 0; slot < this.#id.length; slot++) {
      if (this.#id[slot] === 0) return slot
      if ((this.#weight[slot] as number) < (this.#weight[lightest] as number)) lightest = slot
    }
    this.evicted++
    this.#free(lightest)
    return lightest
  }

  #free(slot: number): void {
    this.#id[slot] = 0
    this.length--
  }
}
