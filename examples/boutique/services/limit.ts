/** Runs at most `slots` tasks at once; the others wait their turn, first come first served. */
export function limit(slots: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let free = slots
  return async (task) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await task()
    } finally {
      // The slot passes to the next in line without becoming free in between.
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
}
