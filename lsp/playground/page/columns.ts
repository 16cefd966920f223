/**
 * Steps as points of a line. A value belongs to the whole of its step, so it is drawn as a level line from the step before to its own end: two points. Where it
 * is unknown both are null, which is a gap in the line.
 */

export interface Columns {
  /** Seconds, ascending. Two a step: step `i` has the points `2i` and `2i + 1`. */
  readonly x: readonly number[]
  readonly ys: readonly (readonly (number | null)[])[]
}

/** Where one level ends and the next begins, seconds: less than any step. */
const edge = 0.001

/** Of values that were measured in the step that ended at `at`. */
export function measured(at: readonly number[], start: number, ...values: readonly (readonly (number | null)[])[]): Columns {
  return { x: at.flatMap((end, i) => [(at[i - 1] ?? start) + edge, end]), ys: values.map(doubled) }
}

/** Of what was decided at `at`, and holds from then on: the last until `end`. */
export function decided(at: readonly number[], end: number, ...values: readonly (readonly (number | null)[])[]): Columns {
  return { x: at.flatMap((from, i) => [from, Math.max(from + edge / 2, (at[i + 1] ?? end) - edge)]), ys: values.map(doubled) }
}

function doubled(values: readonly (number | null)[]): (number | null)[] {
  return values.flatMap((value) => [value, value])
}

export interface Run<T> {
  readonly value: T
  /** Seconds. */
  readonly from: number
  readonly to: number
  readonly steps: number
}

/** Neighbouring steps with the same value as one run. Steps end at `at`, the first begins at `start`. */
export function runs<T>(at: readonly number[], values: readonly T[], start: number): readonly Run<T>[] {
  const found: Run<T>[] = []
  for (const [i, to] of at.entries()) {
    const value = values[i] as T
    const last = found.at(-1)
    if (last?.value === value) found[found.length - 1] = { ...last, to, steps: last.steps + 1 }
    else found.push({ value, from: at[i - 1] ?? start, to, steps: 1 })
  }
  return found
}

/** The step that `time` lies in; the nearest one beyond the ends. */
export function stepAt(at: readonly number[], time: number): number {
  const found = at.findIndex((end) => time <= end)
  return found === -1 ? at.length - 1 : found
}
