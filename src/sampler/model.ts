/** What the stream has taught: how often a shape's micro-cluster comes, and how long its paths take. Scores a trace against all before it, then learns it. */
import { Clusters, type ClustersState } from './clusters.ts'
import { Fading } from './fading.ts'
import type { Features } from './features.ts'
import { noPath, Paths, type PathsState } from './paths.ts'
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
  /** 1/q: q is the least tail probability of its paths. */
  latency = 1
  readonly #fading: Fading
  readonly #sketcher = new Sketcher()
  #places = new Int32Array(64)

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
    for (let i = 0; i < features.paths; i++) {
      const hash = features.path[i] as number
      // Making room for one path may have taken another's place.
      const place = this.#places[i] === noPath ? noPath : this.paths.find(hash)
      this.paths.add(hash, place, features.duration[i] as number, unit)
    }
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

  #findPaths(features: Features, unit: number): void {
    if (features.paths > this.#places.length) this.#places = new Int32Array(features.path.length)
    let least = 1
    for (let i = 0; i < features.paths; i++) {
      const place = this.paths.find(features.path[i] as number)
      this.#places[i] = place
      const tail = this.paths.tail(place, features.duration[i] as number, unit)
      if (tail < least) least = tail
    }
    this.latency = 1 / least
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
