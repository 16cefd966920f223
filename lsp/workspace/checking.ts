/**
 * The check of one project, a slice at a time. Between slices the event loop hears what the editor sends; an edit abandons the check that it makes
 * worthless, which then begins anew.
 */

/** Longer than most slices of a check, shorter than what a keystroke feels. */
const sliceMs = 4

export interface Check {
  /** The texts have changed: what was found is of no use. Begins after `delayMs` of quiet. */
  restart(delayMs: number): void
  /** Settles once a check of the newest texts is finished; such a check begins at once. */
  finished(): Promise<void>
  dispose(): void
}

/** `begin` starts a check of the present texts; `done` hears what it gave. A throw of either is a bug, which `failed` hears. */
export function createCheck<T>(begin: () => Generator<undefined, T>, done: (result: T) => void, failed: (error: unknown) => void): Check {
  let work: Generator<undefined, T> | undefined
  let waiting: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined
  let immediate: NodeJS.Immediate | undefined
  let stale = true

  function stop(): void {
    clearTimeout(timer)
    clearImmediate(immediate)
    timer = undefined
    immediate = undefined
    work = undefined
  }

  function settle(): void {
    stale = false
    stop()
    const settled = waiting
    waiting = []
    for (const wake of settled) wake()
  }

  function slice(): void {
    immediate = undefined
    try {
      work ??= begin()
      const until = performance.now() + sliceMs
      for (;;) {
        const { done: isDone, value } = work.next()
        if (isDone === true) {
          done(value)
          settle()
          return
        }
        if (performance.now() >= until) break
      }
      immediate = setImmediate(slice)
    } catch (error) {
      failed(error)
      settle()
    }
  }

  return {
    restart(delayMs) {
      stop()
      stale = true
      // Whoever waits for an answer does not wait for quiet.
      if (waiting.length > 0) immediate = setImmediate(slice)
      else timer = setTimeout(slice, delayMs)
    },
    finished() {
      if (!stale) return Promise.resolve()
      return new Promise((resolve) => {
        waiting.push(resolve)
        clearTimeout(timer)
        timer = undefined
        immediate ??= setImmediate(slice)
      })
    },
    dispose() {
      settle()
    },
  }
}
