/** Exports that were refused, in the log: a burst of one kind is a line in ten seconds. */
import type { Logger } from './logger.ts'
import type { Transport } from './receivers/index.ts'

const quietMs = 10_000

export interface Refusals {
  note(transport: Transport, code: string, problem: string): void
}

export function createRefusals(logger: Logger): Refusals {
  /** By transport and code: when the last line was written, and how many were not since. */
  const last = new Map<string, { readonly at: number; since: number }>()
  return {
    note(transport, code, problem) {
      const kind = `${transport} ${code}`
      const before = last.get(kind)
      const at = Date.now()
      if (before !== undefined && at - before.at < quietMs) {
        before.since++
        return
      }
      last.set(kind, { at, since: 0 })
      logger.warn({ transport, code, ...(before === undefined ? {} : { alsoSinceLastLine: before.since }) }, `export refused: ${problem}`)
    },
  }
}
