import type { Nanos } from '../spans/index.ts'

/** A difference that is no jump: clocks are slewed by less. */
const slewMs = 1000
/** A jump is believed when it has stood for so long. */
const believedAfterMs = 10_000

/**
 * Milliseconds since the epoch that go on evenly where the wall clock is set: a jump, of a clock that is corrected wrongly or back and forth, would make every span late and end
 * every cooldown. One that stands for ten seconds is taken for right, as after a machine was suspended.
 */
export function steadyClock(wall: () => number, monotonic: () => number): () => number {
  let offset = wall() - monotonic()
  let jumpedAt: number | undefined
  return () => {
    const elapsed = monotonic()
    const apart = wall() - elapsed - offset
    if (Math.abs(apart) <= slewMs) jumpedAt = undefined
    else jumpedAt ??= elapsed
    if (jumpedAt === undefined || elapsed - jumpedAt >= believedAfterMs) {
      offset += apart
      jumpedAt = undefined
    }
    return elapsed + offset
  }
}

const steady = steadyClock(
  () => Date.now(),
  () => performance.now(),
)

/** The wall clock as engine time, without its jumps. */
export function wallClock(): Nanos {
  return fromMillis(steady())
}

export function fromMillis(millis: number): Nanos {
  return Math.floor((millis * 1e6) / 256) * 256
}

export function toMillis(nanos: Nanos): number {
  return nanos / 1e6
}

/** RFC 3339 with milliseconds, as all of the API speaks. */
export function timestamp(nanos: Nanos): string {
  return new Date(toMillis(nanos)).toISOString()
}

/** Resolves after `milliseconds`, or at once when `signal` aborts. */
export function waitUnlessAborted(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done)
  })
}
