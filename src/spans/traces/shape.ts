/**
 * One trace as a forest: its spans in an order that does not depend on how they arrived, each once, with their parents. All arrays are scratch,
 * used again for the next trace, and indexed by row.
 */
import { hashOfWords } from './hash.ts'
import { sortRows } from './sort.ts'
import { noSlot, type SpanStore } from './store.ts'

export const noRow = -1
export const serverKind = 2
export const clientKind = 3
export const producerKind = 4
export const consumerKind = 5
const unknownDepth = -1
const onPath = -2

export interface ShapeCounts {
  duplicate: number
  orphans: number
  severalRoots: number
  cycles: number
}

export class Shape {
  length = 0
  /** Where the span is in the store. */
  slot = new Int32Array(64)
  /** Nanoseconds since the trace's earliest end; later moved by clock skew. */
  start = new Float64Array(64)
  end = new Float64Array(64)
  duration = new Float64Array(64)
  service = new Uint32Array(64)
  kind = new Uint8Array(64)
  parent = new Int32Array(64)
  depth = new Int32Array(64)
  /** Rows, parents before their children. */
  topDown = new Int32Array(64)
  /** 1: the span has a parent that is not here. */
  orphan = new Uint8Array(64)
  /** By how much the row's clock was corrected. */
  shift = new Float64Array(64)
  /** The end that all times are relative to, as words. */
  base: readonly [number, number] = [0, 0]
  /** Scratch of sorting and of paths. */
  order = new Int32Array(64)
  spare = new Int32Array(64)
  readonly #store: SpanStore
  readonly #seed: number
  /** The trace's slots as they are chained. */
  #chain = new Int32Array(64)
  #startInChain = new Float64Array(64)
  /** The other half of a CLIENT and SERVER pair that shares a span id, as Zipkin's do. */
  #twin = new Int32Array(64)
  /** Rows by span id, open addressing. */
  #table = new Int32Array(256)
  #mask = 0
  #counts = new Int32Array(65)
  readonly #compareStarts = (a: number, b: number): number =>
    (this.#startInChain[a] as number) - (this.#startInChain[b] as number) || this.#compareSlots(this.#chain[a] as number, this.#chain[b] as number)
  readonly #compareEnds = (a: number, b: number): number => (this.end[a] as number) - (this.end[b] as number) || b - a

  constructor(store: SpanStore, seed: number) {
    this.#store = store
    this.#seed = seed
  }

  /** Reads the chain of spans that begins at `head`, `count` long; `counts` is added to. Spans without parents count only with `whole`. */
  read(head: number, count: number, whole: boolean, counts: ShapeCounts): void {
    this.#reserve(count)
    this.#readRows(head, count)
    const removed = this.#indexIds()
    counts.duplicate += removed
    this.#findParents(whole, counts)
    counts.cycles += this.#measureDepths()
    this.#sortTopDown()
  }

  /** The span is another service's answer to its parent, a CLIENT or PRODUCER span. */
  isCallee(row: number): boolean {
    const parent = this.parent[row] as number
    return parent !== noRow && callerHalf(this.kind[parent] as number) === 1 && this.isRemote(row)
  }

  isRemote(row: number): boolean {
    const parent = this.parent[row] as number
    return parent !== noRow && isRemote(this.service[parent] as number, this.kind[parent] as number, this.service[row] as number, this.kind[row] as number)
  }

  /** A message that its parent sent: nobody waits for its end. */
  isMessage(row: number): boolean {
    return this.isRemote(row) && isMessage(this.kind[this.parent[row] as number] as number, this.kind[row] as number)
  }

  /** Rows by their end, among equals the later row first; good until the next call of anything. */
  orderByEnd(): Int32Array {
    for (let row = 0; row < this.length; row++) this.order[row] = row
    sortRows(this.order, 0, this.length, this.spare, this.#compareEnds)
    return this.order
  }

  #readRows(head: number, count: number): void {
    const store = this.#store
    const { order } = this
    const chain = this.#chain
    let slot = head
    for (let i = 0; i < count; i++, slot = store.next[slot] as number) chain[i] = slot
    if (slot !== noSlot) throw new Error('the chain is longer than its count')
    this.base = this.#earliestEnd(count)
    // Until they are sorted, places in the chain have their starts here.
    for (let i = 0; i < count; i++) {
      order[i] = i
      this.#startInChain[i] = this.relative(store.endTime, chain[i] as number) - (store.duration[chain[i] as number] as number)
    }
    sortRows(order, 0, count, this.spare, this.#compareStarts)
    for (let row = 0; row < count; row++) this.slot[row] = chain[order[row] as number] as number
    this.length = count
  }

  #earliestEnd(count: number): readonly [number, number] {
    const { endTime } = this.#store
    let low = 0xffffffff
    let high = 0xffffffff
    for (let i = 0; i < count; i++) {
      const at = (this.#chain[i] as number) * 2
      const l = endTime[at] as number
      const h = endTime[at + 1] as number
      if (h > high || (h === high && l >= low)) continue
      low = l
      high = h
    }
    return [low, high]
  }

  /** Of equal starts the longer one first, then by id. Copies of a span that differ are told apart by what they say. */
  #compareSlots(a: number, b: number): number {
    const store = this.#store
    const { spanId, duration } = store
    return (
      (duration[b] as number) - (duration[a] as number) ||
      (spanId[a * 2] as number) - (spanId[b * 2] as number) ||
      (spanId[a * 2 + 1] as number) - (spanId[b * 2 + 1] as number) ||
      callerHalf(store.kind[b] as number) - callerHalf(store.kind[a] as number) ||
      store.compareContents(a, b)
    )
  }

  /** Nanoseconds from the base; exact while a trace is shorter than 104 days. */
  relative(words: ArrayLike<number>, slot: number): number {
    return ((words[slot * 2 + 1] as number) - this.base[1]) * 4294967296 + ((words[slot * 2] as number) - this.base[0])
  }

  /** Finds twins, and leaves the first of each span's copies; returns how many were removed. */
  #indexIds(): number {
    const { spanId, kind } = this.#store
    const count = this.length
    let size = 8
    while (size < count * 2) size *= 2
    if (size > this.#table.length) this.#table = new Int32Array(size)
    const table = this.#table
    table.fill(noRow, 0, size)
    const mask = size - 1
    this.#mask = mask
    let rows = 0
    for (let i = 0; i < count; i++) {
      const slot = this.slot[i] as number
      const [id0, id1] = [spanId[slot * 2] as number, spanId[slot * 2 + 1] as number]
      const half = callerHalf(kind[slot] as number)
      let place = hashOfWords(this.#seed, id0, id1) & mask
      let same = table[place] as number
      for (; same !== noRow; place = (place + 1) & mask, same = table[place] as number) {
        const other = this.slot[same] as number
        if (spanId[other * 2] === id0 && spanId[other * 2 + 1] === id1) break
      }
      if (same === noRow) {
        table[place] = rows
        this.#twin[rows] = noRow
      } else if (this.#twin[same] === noRow && callerHalf(this.kind[same] as number) !== half) {
        this.#twin[same] = rows
        this.#twin[rows] = same
      } else {
        continue
      }
      const end = this.relative(this.#store.endTime, slot)
      const duration = this.#store.duration[slot] as number
      this.slot[rows] = slot
      this.end[rows] = end
      this.start[rows] = end - duration
      this.duration[rows] = duration
      this.service[rows] = this.#store.service[slot] as number
      this.kind[rows] = kind[slot] as number
      rows++
    }
    this.length = rows
    return count - rows
  }

  #find(id0: number, id1: number): number {
    const { spanId } = this.#store
    for (let place = hashOfWords(this.#seed, id0, id1) & this.#mask; ; place = (place + 1) & this.#mask) {
      const row = this.#table[place] as number
      if (row === noRow) return noRow
      const slot = this.slot[row] as number
      if (spanId[slot * 2] === id0 && spanId[slot * 2 + 1] === id1) return row
    }
  }

  #findParents(whole: boolean, counts: ShapeCounts): void {
    const { parentSpanId } = this.#store
    let roots = 0
    for (let row = 0; row < this.length; row++) {
      const slot = this.slot[row] as number
      const [id0, id1] = [parentSpanId[slot * 2] as number, parentSpanId[slot * 2 + 1] as number]
      this.orphan[row] = 0
      const twin = this.#twin[row] as number
      if (twin !== noRow && callerHalf(this.kind[row] as number) === 0) {
        this.parent[row] = twin
        continue
      }
      if (id0 === 0 && id1 === 0) {
        this.parent[row] = noRow
        roots++
        continue
      }
      const parent = this.#halfFor(row, this.#find(id0, id1))
      this.parent[row] = parent
      if (parent !== noRow) continue
      this.orphan[row] = 1
      if (whole) counts.orphans++
    }
    if (whole && roots > 1) counts.severalRoots++
  }

  /** Of two halves with one id the called one is the parent, unless only the caller's is in the child's service. */
  #halfFor(row: number, parent: number): number {
    if (parent === noRow) return noRow
    const twin = this.#twin[parent] as number
    if (twin === noRow) return parent
    const [caller, callee] = callerHalf(this.kind[parent] as number) === 1 ? [parent, twin] : [twin, parent]
    const local = this.service[caller] === this.service[row] && this.service[callee] !== this.service[row]
    return local ? caller : callee
  }

  /** Fills `depth`, and cuts parent chains that run in a circle: the circle's first span loses its parent. Returns how many were cut. */
  #measureDepths(): number {
    const { depth, parent, order: path } = this
    depth.fill(unknownDepth, 0, this.length)
    let cycles = 0
    for (let from = 0; from < this.length; from++) {
      let steps = 0
      let row = from
      while (row !== noRow && depth[row] === unknownDepth) {
        depth[row] = onPath
        path[steps++] = row
        row = parent[row] as number
      }
      if (row !== noRow && depth[row] === onPath) {
        let first = row
        for (let other = parent[row] as number; other !== row; other = parent[other] as number) if (other < first) first = other
        parent[first] = noRow
        cycles++
        for (let i = 0; i < steps; i++) depth[path[i] as number] = unknownDepth
        from--
        continue
      }
      let below = row === noRow ? 0 : (depth[row] as number) + 1
      while (steps > 0) depth[path[--steps] as number] = below++
    }
    return cycles
  }

  #sortTopDown(): void {
    const { depth, topDown } = this
    const counts = this.#counts
    let deepest = 0
    for (let row = 0; row < this.length; row++) if ((depth[row] as number) > deepest) deepest = depth[row] as number
    counts.fill(0, 0, deepest + 2)
    for (let row = 0; row < this.length; row++) {
      const below = (depth[row] as number) + 1
      counts[below] = (counts[below] as number) + 1
    }
    for (let d = 0; d <= deepest; d++) counts[d + 1] = (counts[d + 1] as number) + (counts[d] as number)
    for (let row = 0; row < this.length; row++) {
      const d = depth[row] as number
      const place = counts[d] as number
      counts[d] = place + 1
      topDown[place] = row
    }
  }

  #reserve(rows: number): void {
    if (rows <= this.slot.length) return
    let capacity = this.slot.length
    while (capacity < rows) capacity *= 2
    this.slot = new Int32Array(capacity)
    this.start = new Float64Array(capacity)
    this.end = new Float64Array(capacity)
    this.duration = new Float64Array(capacity)
    this.service = new Uint32Array(capacity)
    this.kind = new Uint8Array(capacity)
    this.parent = new Int32Array(capacity)
    this.depth = new Int32Array(capacity)
    this.topDown = new Int32Array(capacity)
    this.orphan = new Uint8Array(capacity)
    this.shift = new Float64Array(capacity)
    this.order = new Int32Array(capacity)
    this.spare = new Int32Array(capacity)
    this.#chain = new Int32Array(capacity)
    this.#startInChain = new Float64Array(capacity)
    this.#twin = new Int32Array(capacity)
    this.#counts = new Int32Array(capacity + 2)
  }
}

/** 1: the half that calls. */
export function callerHalf(kind: number): 0 | 1 {
  return kind === clientKind || kind === producerKind ? 1 : 0
}

/** Whether a child has another clock than its parent: it is in another service, or the far side of a call of a service to itself. */
export function isRemote(parentService: number, parentKind: number, service: number, kind: number): boolean {
  return parentService !== service || (callerHalf(parentKind) === 1 && (kind === serverKind || kind === consumerKind))
}

/** Whether nobody waits for a remote child's end: messaging, not a call. */
export function isMessage(parentKind: number, kind: number): boolean {
  return parentKind === producerKind || kind === consumerKind
}
