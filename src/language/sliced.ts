/** Work in units, between which whoever runs it may do something else, or give up: an editor's next keystroke should not wait for a check of the last. */
export type Sliced<T> = Generator<undefined, T>

/** The result, without a pause. */
export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}
