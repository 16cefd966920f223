/** A clock that goes only when it is told to, from one sleeper to the next. */
export class VirtualClock {
  ms = 0
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = []

  readonly now = (): number => this.ms

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted === true) resolve()
      else this.#sleepers.push({ at: this.ms + ms, wake: resolve })
      signal?.addEventListener('abort', () => resolve())
    })

  /** Goes on from sleeper to sleeper until `work` is done; returns what it resolved to. `settle` waits until everybody sleeps or is done. */
  async run<T>(work: Promise<T>, settle: () => Promise<void>): Promise<T> {
    let done = false
    const finished = work.finally(() => {
      done = true
    })
    for (;;) {
      await settle()
      if (done) return finished
      this.#sleepers.sort((a, b) => a.at - b.at)
      const next = this.#sleepers.shift()
      if (next === undefined) throw new Error('nobody sleeps, and the work is not done')
      this.ms = next.at
      next.wake()
    }
  }
}
