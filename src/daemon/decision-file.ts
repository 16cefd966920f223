/** The decision log: JSON lines, appended; opened again on demand, as log rotation needs. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export interface DecisionFile {
  append(line: string): void
  /** Goes on in a new file of the same name, after the old one was renamed; throws the file system's error, and then stays with the old one. */
  reopen(): void
  close(): void
}

/**
 * Throws the file system's error when the file cannot be opened; `failed` is told of each line that cannot be written. Lines are few, so each
 * is written before the program goes on: a kill loses none.
 */
export function openDecisionFile(file: string, failed: (error: Error) => void): DecisionFile {
  const open = (): number => {
    mkdirSync(dirname(file), { recursive: true })
    return openSync(file, 'a', 0o644)
  }
  let descriptor = open()
  return {
    append(line) {
      try {
        writeSync(descriptor, `${line}\n`)
      } catch (error) {
        failed(error as Error)
      }
    },
    reopen() {
      const fresh = open()
      closeSync(descriptor)
      descriptor = fresh
    },
    close: () => closeSync(descriptor),
  }
}
