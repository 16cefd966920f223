/** What the stream has taught: how often a shape's micro-cluster comes, and how long its paths take. Scores a trace against all before it, then learns it. */
import { Clusters, type ClustersState } from './clusters.ts'
import { Fading } from './fading.ts'
import type { Features } from './features.ts'
import { Paths, type PathsState } from './paths.ts'
import { noShape, Shapes, type ShapesState } from './shapes.ts'
import { Sketcher } from './sketch.ts'

export interface ModelState {
  readonly now: number | null
  readonly landmark: number | null
  readonly paths: PathsState
  readonly clusters: ClustersState
  readonly shapes: ShapesState
}

export class Model {
  readonly paths = new Paths()
  readonly clusters: Clusters
  readonly shapes = new Shapes()
  /** Of the trace last seen. Its shape is seen for the first time, as far as is remembered. */
  isNew = false
  /** Id of its micro-cluster. */
  cluster = 0
  /** n_c⁻²: its micro-cluster's weight, itself counted. */
  structure = 1
  /** s⁻³: s combines the tail probabilities of its paths; see `#findPaths`. */
  latency = 1
  readonly #fading: Fading
  readonly #sketcher = new Sketcher()
  #places = new Int32Array(64)
  #buckets = new Uint8Array(64)

  constructor(halfLifeNs: number) {
    this.#fading = new Fading(halfLifeNs)
    this.clusters = new Clusters(this.#fading)
  }

  see(features: Features): void {
    const fading = this.#fading
    const factor = fading.advance(features.end)
    if (factor !== 1) {
      this.paths.scale(factor)
      this.clusters.scale(factor)
      this.shapes.scale(factor)
    }
    this.clusters.prune()
    const { unit } = fading
    this.#findPaths(features, unit)
    this.#findCluster(features, unit)
    for (let i = 0; i < features.paths; i++) this.paths.add(features.path[i] as number, this.#places[i] as number, this.#buckets[i] as number, unit)
  }

  save(): ModelState {
    const finite = (n: number): number | null => (Number.isFinite(n) ? n : null)
    return {
      now: finite(this.#fading.now),
      landmark: finite(this.#fading.landmark),
      paths: this.paths.save(),
      clusters: this.clusters.save(),
      shapes: this.shapes.save(),
    }
  }

  restore(state: ModelState): void {
    this.#fading.landmark = state.landmark ?? Number.NEGATIVE_INFINITY
    if (state.now !== null) this.#fading.advance(state.now)
    this.paths.restore(state.paths)
    this.clusters.restore(state.clusters)
    this.shapes.restore(state.shapes)
  }

  /**
   * Of m paths the third least tail probability counts, as one of Simes' terms, m·q₍₃₎/3 (Biometrika, 1986): what is really slow is slow for its caller and for
   * the caller's caller, while the least of dozens of tail probabilities is small by chance in every tenth trace.
   */
  #findPaths(features: Features, unit: number): void {
    if (features.paths > this.#places.length) {
      this.#places = new Int32Array(features.path.length)
      this.#buckets = new Uint8Array(features.path.length)
    }
    const { paths } = this
    let first = 1
    let second = 1
    let third = 1
    for (let i = 0; i < features.paths; i++) {
      const place = paths.find(features.path[i] as number)
      const bucket = paths.bucketOf(features.duration[i] as number)
      this.#places[i] = place
      this.#buckets[i] = bucket
      const tail = paths.tail(place, bucket, unit)
      if (tail >= third) continue
      if (tail >= second) third = tail
      else {
        third = second
        if (tail >= first) second = tail
        else {
          second = first
          first = tail
        }
      }
    }
    const rank = Math.min(3, features.paths)
    const least = rank === 1 ? first : rank === 2 ? second : third
    this.latency = Math.min(1, (features.paths * least) / rank) ** -3
  }

  #findCluster(features: Features, unit: number): void {
    const { shapes, clusters } = this
    let shape = shapes.find(features.shape0, features.shape1)
    this.isNew = shape === noShape
    if (this.isNew) {
      shape = shapes.add(features.shape0, features.shape1)
      shapes.sketch.set(this.#sketcher.make(features, this.#places, this.paths), shape * 4)
      shapes.id[shape] = 0
    }
    let slot = shapes.slot[shape] as number
    const id = shapes.id[shape] as number
    if (id !== 0 && clusters.idOf(slot) === id) clusters.add(slot, shapes.sketch, shape * 4)
    else {
      slot = clusters.insert(shapes.sketch.subarray(shape * 4, shape * 4 + 4))
      shapes.slot[shape] = slot
      shapes.id[shape] = clusters.idOf(slot)
    }
    shapes.touch(shape, unit)
    this.cluster = clusters.idOf(slot)
    this.structure = clusters.weightOf(slot) ** -2
  }
}
