/** The files that a replay writes. */
import { closeSync, openSync, writeSync } from 'node:fs'
import type { AttributeRef } from '../../bundle/index.ts'
import type { ArrowSink } from '../../recordings/index.ts'
import { writeArrow } from '../../recordings/index.ts'
import type { SpanTable } from '../../spans/index.ts'

/** A file that cannot be written: the user's to mend, and said as it is. */
export class OutputError extends Error {}

export interface Outputs {
  /** A line of the decision log; nothing where none is asked for. */
  log(line: string): void
  /** The tables as they are, each written to the Arrow file before it is handed on. */
  through(tables: AsyncIterable<SpanTable>): AsyncIterable<SpanTable>
  close(): Promise<void>
}

/** Creates or replaces the files. All methods throw an OutputError where the system refuses. */
export async function openOutputs(paths: { readonly decisions?: string; readonly arrow?: string }, projection: readonly AttributeRef[]): Promise<Outputs> {
  const { decisions = '', arrow = '' } = paths
  const file = decisions === '' ? undefined : await writing(decisions, () => openSync(decisions, 'w'))
  const sink = arrow === '' ? undefined : await writing(arrow, () => writeArrow(arrow, projection))
  return {
    log(line) {
      if (file === undefined) return
      try {
        writeSync(file, `${line}\n`)
      } catch (error) {
        throw refused(decisions, error)
      }
    },
    through: (tables) => (sink === undefined ? tables : copied(tables, sink, arrow)),
    async close() {
      if (file !== undefined) closeSync(file)
      if (sink !== undefined) await writing(arrow, () => sink.close())
    },
  }
}

async function* copied(tables: AsyncIterable<SpanTable>, sink: ArrowSink, path: string): AsyncGenerator<SpanTable> {
  for await (const table of tables) {
    await writing(path, () => sink.append(table))
    yield table
  }
}

async function writing<T>(path: string, write: () => T | Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    throw refused(path, error)
  }
}

/** What is not the system's refusal is a bug, and passes. */
function refused(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  return code === undefined ? error : new OutputError(`${path} cannot be written (${code})`)
}
