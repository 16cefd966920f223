/** The thread that replays, so that neither the page's server nor an edit waits for it. It holds the last recording's messages where they are few. */
import { statSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { catalogFromRecording } from '../../src/catalogs/index.ts'
import { decisionText, explainDecision, readRecord } from '../../src/explain/index.ts'
import { isRecording, openRecording, type RecordedMessage, type Recording, type RecordingFailure } from '../../src/recordings/index.ts'
import { pictureOf } from './replay.ts'
import type { Job, Told, WorkerStart } from './replays.ts'

const { settings, newest } = workerData as WorkerStart
const port = parentPort
if (port === null) throw new Error('this file is a worker thread')
const tell = (told: Told): void => port.postMessage(told)

/** Decompressed, bytes. */
const mostHeld = 64 * 1024 * 1024
let held: { readonly path: string; readonly stamp: string; readonly messages: readonly (RecordedMessage | RecordingFailure)[] } | undefined
/** The last one that was not held, by its stamp: it is read from disk each time. */
let tooLarge: string | undefined
let log: ReadonlyMap<string, string> = new Map()

// One job after the other: a newer one is only a number until then, which makes the older one stop.
let turn: Promise<void> = Promise.resolve()
port.on('message', (job: Job) => {
  turn = turn.then(() => done(job))
})

async function done(job: Job): Promise<void> {
  if (job.kind === 'explain') {
    const line = log.get(job.decision)
    const read = line === undefined ? undefined : readRecord(line)
    const text = read !== undefined && 'decision' in read ? decisionText(explainDecision(read.decision)) : undefined
    return tell({ kind: 'explanation', request: job.request, decision: job.decision, text })
  }
  if (job.kind === 'learn') return learn()
  const { request } = job
  const cancelled = (): boolean => Atomics.load(newest, 0) !== request
  if (cancelled()) return tell({ kind: 'cancelled', request })
  const recording = await recordingAt(job.path, cancelled)
  if (!isRecording(recording)) return tell({ kind: 'refused', request, problems: [{ message: `${recording.file}: ${recording.message}`, severity: 'error' }] })
  const answer = await pictureOf(settings, {
    recording,
    texts: new Map(job.texts),
    replicas: job.replicas,
    cancelled,
    onProgress: (share) => tell({ kind: 'progress', request, share }),
  })
  if (answer.kind === 'picture') log = answer.log
  tell(answer.kind === 'picture' ? { kind: 'picture', request, picture: answer.picture } : { ...answer, request })
}

/** Only of what is in memory: reading more would make the next replay wait. */
async function learn(): Promise<void> {
  const opened = held === undefined ? undefined : await openRecording(held.path)
  if (held === undefined || opened === undefined || !isRecording(opened)) return
  const { path, messages } = held
  // What cannot be read the replay has told.
  const { catalog } = await catalogFromRecording(again(opened, messages), { onFailure: () => {} })
  tell({ kind: 'learned', path, catalog })
}

/** From memory where it is there and the files are as they were. */
async function recordingAt(path: string, cancelled: () => boolean): Promise<Recording | RecordingFailure> {
  const opened = await openRecording(path)
  if (!isRecording(opened)) return opened
  const stamp = stampOf(opened)
  if (held?.stamp === stamp) return again(opened, held.messages)
  if (tooLarge === stamp) return opened
  held = undefined
  const messages: (RecordedMessage | RecordingFailure)[] = []
  let bytes = 0
  for await (const message of opened) {
    if (cancelled()) return again(opened, [])
    bytes += message.ok ? message.bytes.length : 0
    if (bytes > mostHeld) {
      tooLarge = stamp
      return openRecording(path)
    }
    // Its bytes may be a view of a buffer that the reader uses again.
    messages.push(message.ok ? { ...message, bytes: message.bytes.slice() } : message)
  }
  held = { path, stamp, messages }
  return again(opened, messages)
}

/** Another one when the files are other files, or were written to. */
function stampOf({ files }: Recording): string {
  return files.map((file) => `${file} ${statSync(file, { throwIfNoEntry: false })?.mtimeMs} ${statSync(file, { throwIfNoEntry: false })?.size}`).join('\n')
}

function again({ files, leftOut, totalBytes }: Recording, messages: readonly (RecordedMessage | RecordingFailure)[]): Recording {
  let read = 0
  return {
    files,
    leftOut,
    totalBytes,
    get bytesRead() {
      return (totalBytes * read) / Math.max(1, messages.length)
    },
    async *[Symbol.asyncIterator]() {
      for (const message of messages) {
        read++
        yield message
      }
    },
  }
}
