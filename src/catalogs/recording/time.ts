/** How much time a recording covers. Hours between two recordings are not hours without load, so a minute and more in which no span ended does not count. */
import { type Nanos, nanosOf, type SpanTable } from '../../spans/index.ts'

const slotNs = 10e9
const longestPauseSlots = 6

export class RecordedTime {
  /** Slots of time in which a span ended. */
  readonly #slots = new Set<number>()
  #start: Nanos = Number.POSITIVE_INFINITY
  #end: Nanos = Number.NEGATIVE_INFINITY
  #last = -1

  observe(table: SpanTable): void {
    for (let row = 0; row < table.length; row++) {
      const end = nanosOf(table.endTime, row)
      if (end < this.#start) this.#start = end
      if (end > this.#end) this.#end = end
      const slot = Math.floor(end / slotNs)
      if (slot === this.#last) continue
      this.#last = slot
      this.#slots.add(slot)
    }
  }

  /** At least one: the rate of a moment says nothing. */
  seconds(): number {
    if (this.#slots.size === 0) return 1
    let empty = 0
    let before: number | undefined
    for (const slot of [...this.#slots].sort((a, b) => a - b)) {
      const between = before === undefined ? 0 : slot - before - 1
      if (between >= longestPauseSlots) empty += between
      before = slot
    }
    return Math.max(1, (this.#end - this.#start - empty * slotNs) / 1e9)
  }
}
