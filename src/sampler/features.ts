/**
 * What the sampler sees of a trace: its distinct call paths, each with the longest duration that it took, and its shape. One pass over the trace's rows, no
 * objects; everything here is scratch, used again for the next trace.
 */
import { type AssembledSpans, type Dictionary, type Nanos, nanosOf } from '../spans/index.ts'
import { combined, mixed, textHash } from './hash.ts'

const errorStatus = 2
const rootPath = 0x2545f491
const errorMark = 0x3c6ef372

export class Features {
  /** Rows of the trace: [from, to). */
  from = 0
  to = 0
  /** Distinct paths, in the order of their first spans. */
  paths = 0
  path = new Uint32Array(64)
  /** Nanoseconds: the longest of the path's spans. */
  duration = new Float64Array(64)
  /** Two independent commutative hashes of the distinct paths and the error bit: the shape. */
  shape0 = 0
  shape1 = 0
  /** Some span has status ERROR. */
  error = false
  start: Nanos = 0
  end: Nanos = 0
  /** Row of the first span without a parent. */
  root = 0
  #dictionary: Dictionary | undefined
  /** Hash of the text of each code; 0: not known yet. */
  #ofText = new Uint32Array(1024)
  /** Path hash of each row; 0: not known yet. */
  #ofRow = new Uint32Array(64)
  /** Open addressing: 1 + place in `path`, good where the mark is this trace's. */
  #places = new Uint32Array(256)
  #marks = new Uint32Array(256)
  #mark = 0
  #stack = new Int32Array(64)

  /** Reads the trace that starts at row `from`; returns the row after its last. */
  read(found: AssembledSpans, from: number): number {
    const { spans, parent, traceStart } = found
    let to = from + 1
    while (to < spans.length && traceStart[to] === from) to++
    this.from = from
    this.to = to
    this.#reserve(to - from, spans.dictionary)
    const { service, operation, status, duration, startTime, endTime } = spans
    const ofRow = this.#ofRow
    ofRow.fill(0, 0, to - from)
    const mask = this.#places.length - 1
    this.#mark = (this.#mark + 1) >>> 0
    if (this.#mark === 0) {
      this.#marks.fill(0)
      this.#mark = 1
    }
    let paths = 0
    let shape0 = 0
    let shape1 = 0
    let error = false
    let start = Number.POSITIVE_INFINITY
    let end = 0
    let root = -1
    for (let row = from; row < to; row++) {
      const above = parent[row] as number
      let base = rootPath
      if (above >= 0) {
        base = ofRow[above - from] as number
        // A clock that runs ahead puts a child in front of its parent.
        if (base === 0) base = this.#resolve(found, above)
      } else if (root < 0) root = row
      const hash = combined(base, combined(this.#hashOf(service[row] as number), this.#hashOf(operation[row] as number))) || 1
      ofRow[row - from] = hash
      if (status[row] === errorStatus) error = true
      start = Math.min(start, nanosOf(startTime, row))
      end = Math.max(end, nanosOf(endTime, row))
      const took = duration[row] as number
      let place = hash & mask
      while (this.#marks[place] === this.#mark && this.path[this.#places[place] as number] !== hash) place = (place + 1) & mask
      if (this.#marks[place] === this.#mark) {
        const known = this.#places[place] as number
        if (took > (this.duration[known] as number)) this.duration[known] = took
        continue
      }
      this.#marks[place] = this.#mark
      this.#places[place] = paths
      this.path[paths] = hash
      this.duration[paths++] = took
      shape0 = (shape0 + mixed(hash)) | 0
      shape1 = (shape1 + mixed(hash ^ 0x5bd1e995)) | 0
    }
    this.paths = paths
    this.error = error
    // 0 is a free place in the table of shapes.
    this.shape0 = mixed(error ? shape0 ^ errorMark : shape0) || 1
    this.shape1 = mixed(error ? shape1 + errorMark : shape1)
    this.start = start
    this.end = end
    this.root = root < 0 ? from : root
    return to
  }

  /** The path of a row whose parents have not all been seen yet. */
  #resolve({ spans, parent }: AssembledSpans, row: number): number {
    const ofRow = this.#ofRow
    let depth = 0
    let at = row
    while (at >= 0 && ofRow[at - this.from] === 0) {
      this.#stack[depth++] = at
      at = parent[at] as number
    }
    let base = at < 0 ? rootPath : (ofRow[at - this.from] as number)
    while (depth > 0) {
      const next = this.#stack[--depth] as number
      base = combined(base, combined(this.#hashOf(spans.service[next] as number), this.#hashOf(spans.operation[next] as number))) || 1
      ofRow[next - this.from] = base
    }
    return base
  }

  #hashOf(code: number): number {
    const known = this.#ofText[code]
    if (known !== undefined && known !== 0) return known
    if (code >= this.#ofText.length) {
      const bigger = new Uint32Array(Math.max(code + 1, this.#ofText.length * 2))
      bigger.set(this.#ofText)
      this.#ofText = bigger
    }
    const hash = textHash((this.#dictionary as Dictionary).text(code)) || 1
    this.#ofText[code] = hash
    return hash
  }

  #reserve(rows: number, dictionary: Dictionary): void {
    if (this.#dictionary !== dictionary) {
      this.#dictionary = dictionary
      this.#ofText.fill(0)
    }
    if (rows <= this.#ofRow.length) return
    let capacity = this.#ofRow.length
    while (capacity < rows) capacity *= 2
    this.#ofRow = new Uint32Array(capacity)
    this.path = new Uint32Array(capacity)
    this.duration = new Float64Array(capacity)
    this.#stack = new Int32Array(capacity)
    this.#places = new Uint32Array(capacity * 4)
    this.#marks = new Uint32Array(capacity * 4)
    this.#mark = 0
  }
}
