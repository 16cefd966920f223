/** The decision log: JSON lines, appended; opened again on demand, as log rotation needs. */
import { createWriteStream, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

export interface DecisionFile {
  append(line: string): void
  /** Goes on in a new file of the same name, after the old one was renamed. */
  reopen(): void
  /** Resolves when everything is written. */
  close(): Promise<void>
}

/** Throws the file system's error when the file cannot be opened. `failed` is told of later ones, once a file. */
export function openDecisionFile(file: string, failed: (error: Error) => void): DecisionFile {
  const open = () => {
    mkdirSync(dirname(file), { recursive: true })
    const stream = createWriteStream(file, { fd: openSync(file, 'a', 0o644) })
    stream.on('error', failed)
    return stream
  }
  let stream = open()
  return {
    append: (line) => {
      stream.write(`${line}\n`)
    },
    reopen() {
      const old = stream
      stream = open()
      old.end()
    },
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  }
}
