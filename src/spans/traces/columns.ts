/** What `close` hands out: decided spans with their derived columns, kept from one close to the next. */
import { PeerNames } from '../peers.ts'
import type { SpanTable } from '../table.ts'
import type { AssembledSpans } from './contract.ts'
import { grown } from './hash.ts'
import { callerHalf, noRow, type Shape } from './shape.ts'
import { type SpanStore, type TableWords, tableWords } from './store.ts'
import type { Times } from './times.ts'

export class AssembledColumns implements AssembledSpans {
  spans: SpanTable
  parent = new Int32Array(0)
  depth = new Uint16Array(0)
  traceStart = new Uint32Array(0)
  self = new Float64Array(0)
  seen = new Float64Array(0)
  gap = new Float64Array(0)
  own = new Float64Array(0)
  critical = new Float64Array(0)
  blame = new Float64Array(0)
  path = new Float64Array(0)
  weight = new Float64Array(0)
  anomalous = new Uint8Array(0)
  peer = new Uint32Array(0)
  #peers: PeerNames
  #words: TableWords

  constructor(spans: SpanTable) {
    this.spans = spans
    this.#peers = new PeerNames(spans)
    this.#words = tableWords(spans)
  }

  /** Another table, with other columns. */
  replace(spans: SpanTable): void {
    this.spans = spans
    this.#peers = new PeerNames(spans)
    this.#words = tableWords(spans)
  }

  /** Empties the columns, and makes room. */
  start(rows: number): void {
    this.spans.clear()
    if (rows > this.spans.capacity) {
      this.spans.reserve(rows)
      this.#words = tableWords(this.spans)
    }
    if (rows <= this.parent.length) return
    const capacity = this.spans.capacity
    this.parent = grown(this.parent, capacity)
    this.depth = grown(this.depth, capacity)
    this.traceStart = grown(this.traceStart, capacity)
    this.self = grown(this.self, capacity)
    this.seen = grown(this.seen, capacity)
    this.gap = grown(this.gap, capacity)
    this.own = grown(this.own, capacity)
    this.critical = grown(this.critical, capacity)
    this.blame = grown(this.blame, capacity)
    this.path = grown(this.path, capacity)
    this.weight = grown(this.weight, capacity)
    this.anomalous = grown(this.anomalous, capacity)
    this.peer = grown(this.peer, capacity)
  }

  /** Appends a trace. Of rows for which `childless` holds the children are elsewhere, so that neither they nor the path can be known. */
  append(id: Uint32Array, shape: Shape, times: Times, store: SpanStore, childless?: (row: number) => boolean): void {
    const base = this.spans.length
    const words = this.#words
    let path = times.path
    for (let row = 0; row < shape.length; row++) {
      const to = base + row
      store.write(shape.slot[row] as number, this.spans, to, words)
      words.trace[to * 4] = id[0] as number
      words.trace[to * 4 + 1] = id[1] as number
      words.trace[to * 4 + 2] = id[2] as number
      words.trace[to * 4 + 3] = id[3] as number
      const parent = shape.parent[row] as number
      this.parent[to] = parent === noRow ? noRow : base + parent
      this.depth[to] = Math.min(0xffff, shape.depth[row] as number)
      this.traceStart[to] = base
      let self = times.self[row] as number
      const apart = childless?.(row) === true
      if (apart) {
        self = Number.NaN
        path = Number.NaN
      }
      this.self[to] = self
      this.seen[to] = times.seen[row] as number
      this.gap[to] = times.gap[row] as number
      this.own[to] = self + (times.gap[row] as number)
      this.weight[to] = 1
      this.anomalous[to] = 0
      const unanswered = callerHalf(shape.kind[row] as number) === 1 && times.answered[row] === 0 && !apart
      this.peer[to] = unanswered && this.#peers.any ? this.#peers.codeOf(to) : 0
    }
    const known = path === times.path
    for (let row = 0; row < shape.length; row++) {
      const critical = times.critical[row] as number
      this.critical[base + row] = known ? critical : Number.NaN
      this.blame[base + row] = path === 0 ? 0 : critical / path
      this.path[base + row] = path
    }
    this.spans.length = base + shape.length
  }
}
