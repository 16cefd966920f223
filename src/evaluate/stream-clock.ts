/**
 * Event time: which tick is next, and when it may be evaluated. The watermark follows the spans' own end times, minus the lateness; when no
 * span has arrived for longer than the lateness (and a tick), the wall clock takes their place, so that silence is noticed. It never passes the wall
 * clock less the lateness, where that is known.
 */
import type { Nanos } from '../spans/index.ts'

export class StreamClock {
  readonly tickNs: number
  readonly latenessNs: number
  /** Start of the next tick to evaluate: what ended before is late. Undefined until the first step is due. */
  next: Nanos | undefined
  /** Greatest end of a span. */
  lastEnd: Nanos | undefined
  /** Wall clock when a span last arrived. */
  lastArrival: Nanos | undefined
  watermark: Nanos | undefined

  constructor(tickNs: number, latenessNs: number, startAt: Nanos | undefined) {
    this.tickNs = tickNs
    this.latenessNs = latenessNs
    this.next = startAt === undefined ? undefined : this.tickOf(startAt)
  }

  /** Start of the tick in which `at` lies. */
  tickOf(at: Nanos): Nanos {
    // A remainder of floats is exact, a quotient just below a whole number may round up to it.
    return at - (at % this.tickNs)
  }

  arrived(end: Nanos, now: Nanos | undefined): void {
    if (this.lastEnd === undefined || end > this.lastEnd) this.lastEnd = end
    if (now !== undefined) this.lastArrival = now
    this.#advance(now)
  }

  /** End of the next tick on the grid: the first tick after a reload may begin inside one. */
  get end(): Nanos | undefined {
    return this.next === undefined ? undefined : this.tickOf(this.next) + this.tickNs
  }

  /** Fixes the start of the first tick, which is `earliest`, that of the earliest span, unless it is known; and returns that of the next. */
  begin(earliest: Nanos | undefined): Nanos | undefined {
    this.next ??= earliest
    return this.next
  }

  /**
   * End of the next tick, if everything that ended before it has arrived. Before the first step an older span than `earliest` may still come, so
   * nothing is fixed here.
   */
  due(earliest: Nanos | undefined, now: Nanos | undefined, drain: boolean): Nanos | undefined {
    this.#advance(now)
    const next = this.next ?? earliest
    if (next === undefined) return undefined
    const end = this.tickOf(next) + this.tickNs
    if (drain && this.lastEnd !== undefined && next <= this.lastEnd) return end
    return this.watermark !== undefined && end <= this.watermark ? end : undefined
  }

  /** Goes on where another clock stands. */
  takeOver(other: StreamClock): void {
    this.next = other.next ?? this.next
    this.lastEnd = other.lastEnd
    this.lastArrival = other.lastArrival
    this.watermark = other.watermark
  }

  #advance(now: Nanos | undefined): void {
    // One host whose clock is ahead must not make the spans of all others late.
    if (this.lastEnd !== undefined) this.#reach(now === undefined ? this.lastEnd : Math.min(this.lastEnd, now))
    if (now === undefined) return
    this.lastArrival ??= now
    if (now - this.lastArrival > Math.max(this.latenessNs, this.tickNs)) this.#reach(now)
  }

  #reach(end: Nanos): void {
    const watermark = end - this.latenessNs
    if (this.watermark === undefined || watermark > this.watermark) this.watermark = watermark
  }
}
