import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Encoding, FramingError, frames } from './framing.ts'
import { foreignTo } from './sniff.ts'

/** One ExportTraceServiceRequest as it was recorded. */
export interface RecordedMessage {
  readonly ok: true
  readonly bytes: Uint8Array
  readonly encoding: Encoding
  readonly file: string
  /** For people: `line 3` or `byte 1200`. */
  readonly at: string
}

/** A file, or the rest of one, that cannot be read. What came before it is good. */
export interface RecordingFailure {
  readonly ok: false
  readonly file: string
  /** As a message's; undefined where the file could not be opened. */
  readonly at: string | undefined
  readonly message: string
}

/**
 * The messages of all files in order, and in place of what cannot be read a failure; the next file follows. One message
 * at a time is held, so that a file of any size takes the same memory. It can be iterated once.
 */
export interface Recording extends AsyncIterable<RecordedMessage | RecordingFailure> {
  readonly files: readonly string[]
  /** Files of the directories that could be recordings by their names and are none, with a clause that says why. */
  readonly leftOut: readonly { readonly file: string; readonly why: string }[]
  /** On disk, compressed as they are. */
  readonly totalBytes: number
  /** Read from disk so far, for progress. */
  readonly bytesRead: number
}

/**
 * Opens a recording: a file, a directory (its files by name, which for the Collector's rotated files is by time), or several
 * of either. What lies beside the recordings of a directory is left out; a file that is named is read, whatever it holds. A path that does
 * not exist, or a directory without a recording, is a failure.
 */
export async function openRecording(paths: string | readonly string[]): Promise<Recording | RecordingFailure> {
  const files: Found[] = []
  const leftOut: { file: string; why: string }[] = []
  for (const path of typeof paths === 'string' ? [paths] : paths) {
    const found = await filesOf(path)
    if ('ok' in found) return found
    for (const file of found) {
      if (file.foreign === undefined) files.push(file)
      else leftOut.push({ file: file.file, why: file.foreign })
    }
  }
  return new FileRecording(files, leftOut)
}

/** Whether opening gave a recording. */
export function isRecording(opened: Recording | RecordingFailure): opened is Recording {
  return !('ok' in opened)
}

interface Found {
  readonly file: string
  readonly bytes: number
  /** Why it is no recording; only of what was found in a directory. */
  readonly foreign?: string | undefined
}

/** In a directory only names that a recording may have count: notes and tables lie beside recordings. */
const recordingName = /\.(jsonl|ndjson|json|binpb|pb|proto)(\.(gz|zst|zstd))?$/

const noRecording = 'no recording in this directory'

async function filesOf(path: string): Promise<readonly Found[] | RecordingFailure> {
  try {
    const stats = await stat(path)
    if (!stats.isDirectory()) return [{ file: path, bytes: stats.size }]
    const names = (await readdir(path)).filter((name) => recordingName.test(name)).sort()
    if (names.length === 0) return failure(path, undefined, `${noRecording} (*.jsonl, *.json, *.binpb, *.pb, *.proto, also with .gz or .zst)`)
    const found: Found[] = []
    for (const file of names.map((name) => join(path, name))) found.push({ file, bytes: (await stat(file)).size, foreign: await foreignTo(file) })
    const [first] = found
    if (first !== undefined && found.every(({ foreign }) => foreign !== undefined))
      return failure(path, undefined, `${noRecording}: ${first.file} is ${first.foreign}${found.length === 1 ? '' : ', and the others are none either'}`)
    return found
  } catch (error) {
    return failure(path, undefined, reasonOf(error))
  }
}

class FileRecording implements Recording {
  readonly files: readonly string[]
  readonly leftOut: Recording['leftOut']
  readonly totalBytes: number
  bytesRead = 0

  constructor(files: readonly Found[], leftOut: Recording['leftOut']) {
    this.files = files.map(({ file }) => file)
    this.leftOut = leftOut
    this.totalBytes = files.reduce((total, { bytes }) => total + bytes, 0)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RecordedMessage | RecordingFailure> {
    for (const file of this.files) {
      let last = 'the start'
      try {
        for await (const { bytes, encoding, at } of frames(this.#read(file))) {
          last = placeOf(at)
          yield { ok: true, bytes, encoding, file, at: last }
        }
      } catch (error) {
        yield failure(file, error instanceof FramingError ? placeOf(error.at) : `after ${last}`, reasonOf(error))
      }
    }
  }

  async *#read(file: string): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(file, { highWaterMark: 128 * 1024 })) {
      this.bytesRead += (chunk as Uint8Array).length
      yield chunk as Uint8Array
    }
  }
}

function placeOf(at: { readonly line: number } | { readonly offset: number }): string {
  return 'line' in at ? `line ${at.line}` : `byte ${at.offset}`
}

function failure(file: string, at: string | undefined, message: string): RecordingFailure {
  return { ok: false, file, at, message }
}

/** What is wrong with a file in plain words; anything else is a bug and passes. */
function reasonOf(error: unknown): string {
  if (error instanceof FramingError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  if (code === undefined) throw error
  if (code === 'ENOENT') return 'no such file or directory'
  if (code === 'EACCES') return 'permission denied'
  if (code === 'EISDIR') return 'it is a directory'
  if (code === 'Z_BUF_ERROR') return 'the compressed file is cut off'
  return (error as Error).message
}
