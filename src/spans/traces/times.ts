/** What each span of a trace adds to it: self, seen, gap, and its time on the critical path. */
import type { Producer } from './producers.ts'
import type { Caller } from './recent.ts'
import { consumerKind, isMessage, isRemote, noRow, type Shape } from './shape.ts'

export class Times {
  self = new Float64Array(64)
  seen = new Float64Array(64)
  gap = new Float64Array(64)
  critical = new Float64Array(64)
  /** 1: of a CLIENT or PRODUCER span that a callee is there. */
  answered = new Uint8Array(64)
  /** Length of the critical path. */
  path = 0
  /** Children that their parents wait for, the last to end first. */
  #firstChild = new Int32Array(64)
  #nextSibling = new Int32Array(64)
  /** Of a CLIENT span the callee to whom its uncovered time is charged. */
  #charged = new Int32Array(64)
  /** 1: begins a path of its own. */
  #own = new Uint8Array(64)
  /** The part of the span that is on the path; empty where `until` is not above `from`. */
  #from = new Float64Array(64)
  #until = new Float64Array(64)

  /**
   * Fills the columns for the shape, whose clocks are corrected already; `callers` knows the callers of orphans that were decided before, `senders` the producers that links
   * name.
   */
  measure(shape: Shape, callers?: (row: number) => Caller | undefined, senders?: (row: number) => Producer | undefined): void {
    this.#reserve(shape.length)
    this.#link(shape)
    for (let row = 0; row < shape.length; row++) {
      const uncovered = this.#sweep(shape, row, shape.start[row] as number, shape.end[row] as number, false)
      const callee = this.#charged[row] as number
      this.self[row] = callee === noRow ? uncovered : 0
      if (callee !== noRow) this.gap[callee] = uncovered
    }
    if (callers !== undefined) this.#charge(shape, callers)
    if (senders !== undefined) this.#chargeLinked(shape, senders)
    this.#walk(shape)
  }

  /** Seen and gap of what came after its caller was decided. */
  #charge(shape: Shape, callers: (row: number) => Caller | undefined): void {
    for (let row = 0; row < shape.length; row++) {
      const caller = shape.orphan[row] === 1 ? callers(row) : undefined
      if (caller === undefined) continue
      const kind = shape.kind[row] as number
      if (!isRemote(caller.service, caller.kind, shape.service[row] as number, kind)) continue
      this.seen[row] = caller.duration
      const waited = isMessage(caller.kind, kind)
        ? (shape.start[row] as number) - shape.relative(caller.end, 0)
        : caller.duration - (shape.duration[row] as number)
      this.gap[row] = Math.max(0, waited)
    }
  }

  /** Seen and gap of consumers whose message no parent tells. */
  #chargeLinked(shape: Shape, senders: (row: number) => Producer | undefined): void {
    for (let row = 0; row < shape.length; row++) {
      if (shape.kind[row] !== consumerKind || !Number.isNaN(this.seen[row])) continue
      const sender = senders(row)
      if (sender === undefined) continue
      this.seen[row] = sender.duration
      this.gap[row] = Math.max(0, (shape.start[row] as number) - shape.relative(sender.end, 0))
    }
  }

  /** Splits the forest into what is waited for and what begins a path of its own, and finds the callees. */
  #link(shape: Shape): void {
    const { start, end, parent, duration } = shape
    for (let row = 0; row < shape.length; row++) {
      this.#firstChild[row] = noRow
      this.#charged[row] = noRow
      this.seen[row] = Number.NaN
      this.gap[row] = 0
      this.critical[row] = 0
      this.answered[row] = 0
      this.#until[row] = Number.NEGATIVE_INFINITY
    }
    // From the first to end to the last, each chained before the others.
    const order = shape.orderByEnd()
    for (let i = 0; i < shape.length; i++) {
      const row = order[i] as number
      const above = parent[row] as number
      this.#own[row] = 1
      if (above === noRow) continue
      const callee = shape.isCallee(row)
      if (callee) {
        this.seen[row] = duration[above] as number
        this.answered[above] = 1
      }
      if (shape.isMessage(row)) {
        if (callee) this.gap[row] = Math.max(0, (start[row] as number) - (end[above] as number))
        continue
      }
      // What begins when its parent is over is not waited for; an instant at its very end is still within it.
      if ((start[row] as number) >= (end[above] as number) && (end[row] as number) > (end[above] as number)) continue
      this.#own[row] = 0
      this.#nextSibling[row] = this.#firstChild[above] as number
      this.#firstChild[above] = row
      // Only of a CLIENT span: what a PRODUCER sends is a message.
      if (callee) this.#charged[above] = row
    }
  }

  /**
   * Goes back from `until` to `from` through the children that were running, the last to end first; returns the time in which none was. With `mark`, the
   * children learn which part of them the way went through.
   */
  #sweep(shape: Shape, row: number, from: number, until: number, mark: boolean): number {
    let at = until
    let alone = 0
    for (let child = this.#firstChild[row] as number; child !== noRow; child = this.#nextSibling[child] as number) {
      const start = shape.start[child] as number
      if (start >= at) continue
      const end = Math.min(shape.end[child] as number, at)
      if (end <= from) break
      alone += at - end
      at = Math.max(start, from)
      if (mark) {
        this.#from[child] = at
        this.#until[child] = end
      }
      if (at <= from) break
    }
    return alone + (at - from)
  }

  #walk(shape: Shape): void {
    this.path = 0
    for (let i = 0; i < shape.length; i++) {
      const row = shape.topDown[i] as number
      let from = this.#from[row] as number
      let until = this.#until[row] as number
      if (this.#own[row] === 1) {
        from = shape.start[row] as number
        until = shape.end[row] as number
        const wait = this.gap[row] as number
        this.critical[row] = (this.critical[row] as number) + wait
        this.path += wait + (until - from)
      }
      if (!(until > from)) continue
      const alone = this.#sweep(shape, row, from, until, true)
      const callee = this.#charged[row] as number
      const payer = callee === noRow ? row : callee
      this.critical[payer] = (this.critical[payer] as number) + alone
    }
  }

  #reserve(rows: number): void {
    if (rows <= this.self.length) return
    const capacity = Math.max(rows, this.self.length * 2)
    this.self = new Float64Array(capacity)
    this.seen = new Float64Array(capacity)
    this.gap = new Float64Array(capacity)
    this.critical = new Float64Array(capacity)
    this.answered = new Uint8Array(capacity)
    this.#firstChild = new Int32Array(capacity)
    this.#nextSibling = new Int32Array(capacity)
    this.#charged = new Int32Array(capacity)
    this.#own = new Uint8Array(capacity)
    this.#from = new Float64Array(capacity)
    this.#until = new Float64Array(capacity)
  }
}
