/** Stretches of a test's time, in nanoseconds from its start. */
export interface Period {
  readonly fromNs: number
  readonly toNs: number
}

/** Whether the moment is in one of the periods; their ends are not. */
export function within(periods: readonly Period[], ns: number): boolean {
  return periods.some(({ fromNs, toNs }) => ns >= fromNs && ns < toNs)
}
