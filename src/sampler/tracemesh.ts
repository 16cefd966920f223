/**
 * The decision as TraceMesh published it (Chen, Jiang, Su, Lyu, Zheng, IEEE CLOUD 2024), written from its description and with its faults, as the baseline that
 * benchmarks show beside ours:
 *
 * - the budget scales only the clusters that are known; every trace of an outlier cluster is kept;
 * - one ε of 0.01 is cosine distance and radius at once. Sketches of 128 signs that differ at all are at least 2/128 apart, so a cluster is equality of
 *   sketches, and each new sketch costs βμ, some 11, certain samples before it is known;
 * - a cluster fades when it gets a member, and else not; outlier clusters are never pruned, so memory has no bound;
 * - a duration is floor(log₁₀₀ µs): 10 ms and 990 ms look alike. Services and errors are not looked at.
 */
import type { AssembledSpans } from '../spans/index.ts'
import { combined, mixed, textHash } from './hash.ts'

const potentialWeight = 11
const microsecond = 1e3

interface Cluster {
  readonly id: number
  weight: number
  last: number
}

export interface TracemeshState {
  readonly clusters: readonly (readonly [key: string, id: number, weight: number, last: number])[]
  readonly known: number
  readonly knownWeight: number
}

export class Tracemesh {
  readonly #budget: number
  readonly #halfLifeNs: number
  readonly #clusters = new Map<string, Cluster>()
  readonly #sums = new Int32Array(128)
  readonly #features = new Set<number>()
  #ofRow = new Uint32Array(64)
  /** Of the known clusters: their number, and their weight. */
  #known = 0
  #knownWeight = 0
  /** Of the trace last seen. */
  probability = 1
  isOutlier = true
  cluster = 0

  constructor(budget: number, halfLifeNs: number) {
    this.#budget = budget
    this.#halfLifeNs = halfLifeNs
  }

  get clusters(): number {
    return this.#clusters.size
  }

  see(found: AssembledSpans, from: number, to: number, end: number): void {
    const key = this.#sketch(found, from, to)
    let cluster = this.#clusters.get(key)
    if (cluster === undefined) {
      cluster = { id: this.#clusters.size + 1, weight: 0, last: end }
      this.#clusters.set(key, cluster)
    }
    this.isOutlier = cluster.weight < potentialWeight
    this.cluster = cluster.id
    // Known clusters get the same number of samples each, the budget of their traces in all.
    this.probability = this.isOutlier ? 1 : Math.min(1, (this.#budget * this.#knownWeight) / (this.#known * cluster.weight))
    this.#add(cluster, end)
  }

  save(): TracemeshState {
    return { clusters: [...this.#clusters].map(([key, { id, weight, last }]) => [key, id, weight, last]), known: this.#known, knownWeight: this.#knownWeight }
  }

  restore(state: TracemeshState): void {
    for (const [key, id, weight, last] of state.clusters) this.#clusters.set(key, { id, weight, last })
    this.#known = state.known
    this.#knownWeight = state.knownWeight
  }

  #add(cluster: Cluster, end: number): void {
    const before = cluster.weight >= potentialWeight ? cluster.weight : 0
    cluster.weight = cluster.weight * 2 ** (-Math.max(0, end - cluster.last) / this.#halfLifeNs) + 1
    cluster.last = Math.max(cluster.last, end)
    const after = cluster.weight >= potentialWeight ? cluster.weight : 0
    this.#knownWeight += after - before
    this.#known += (after > 0 ? 1 : 0) - (before > 0 ? 1 : 0)
  }

  #sketch({ spans, parent }: AssembledSpans, from: number, to: number): string {
    if (to - from > this.#ofRow.length) this.#ofRow = new Uint32Array((to - from) * 2)
    const sums = this.#sums.fill(0)
    this.#features.clear()
    for (let row = from; row < to; row++) {
      const above = parent[row] as number
      const base = above >= from && above < row ? (this.#ofRow[above - from] as number) : 0
      const path = combined(base, textHash(spans.dictionary.text(spans.operation[row] as number)))
      this.#ofRow[row - from] = path
      const bucket = Math.max(0, Math.floor(Math.log((spans.duration[row] as number) / microsecond) / Math.log(100)))
      const feature = combined(path, bucket)
      if (this.#features.has(feature)) continue
      this.#features.add(feature)
      for (let word = 0; word < 4; word++) {
        const signs = mixed(feature + Math.imul(word + 1, 0x9e3779b1))
        for (let bit = 0; bit < 32; bit++) sums[word * 32 + bit] = (sums[word * 32 + bit] as number) + (((signs >>> bit) & 1) === 1 ? 1 : -1)
      }
    }
    let key = ''
    for (let word = 0; word < 4; word++) {
      let bits = 0
      for (let bit = 0; bit < 32; bit++) if ((sums[word * 32 + bit] as number) > 0) bits |= 1 << bit
      key += (bits >>> 0).toString(36).padStart(7, '0')
    }
    return key
  }
}
