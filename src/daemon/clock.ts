import type { Nanos } from '../spans/index.ts'

/** The wall clock as engine time. */
export function wallClock(): Nanos {
  return fromMillis(Date.now())
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
