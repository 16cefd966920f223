/** Work in units, between which whoever runs it may do something else, or give up: an editor's next keystroke should not wait for a check of the last. */
export type Sliced<T> = Generator<undefined, T>

/** Does the work of each item, with a pause before every so many. */
export function* inPortions<T>(items: readonly T[], portion: number, work: (item: T) => void): Sliced<void> {
  for (let i = 0; i < items.length; i++) {
    if (i % portion === 0) yield
    work(items[i] as T)
  }
}

/** The result, without a pause. */
export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}
