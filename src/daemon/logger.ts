/** The daemon's own log: one JSON line a message on stderr, with the level as a word. */
import type { Logger } from 'pino'
import { destination, pino, stdTimeFunctions } from 'pino'

export type { Logger } from 'pino'

export function createLogger(level: string): Logger {
  return pino(
    { level, base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    destination({ fd: 2, sync: true }),
  )
}
