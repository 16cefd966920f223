/** Recordings in a temporary folder. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { catalogFromRecording, type FromRecordingOptions, type Learned } from '../../src/catalogs/index.ts'
import { isRecording, openRecording } from '../../src/recordings/index.ts'
import { encodeJson, encodeRequest, type PlainResource } from '../support/otlp.ts'

export type Encoding = 'json' | 'protobuf'

/** One message a request, in the formats of the Collector's file exporter. */
export function recordingFile(requests: readonly (readonly PlainResource[])[], encoding: Encoding): string {
  const folder = mkdtempSync(join(tmpdir(), 'scale-catalog-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, encoding === 'json' ? 'traces.jsonl' : 'traces.binpb')
  if (encoding === 'json') writeFileSync(path, requests.map((request) => `${encodeJson(request)}\n`).join(''))
  else
    writeFileSync(
      path,
      Buffer.concat(
        requests.flatMap((request) => {
          const message = encodeRequest(request)
          const length = Buffer.alloc(4)
          length.writeUInt32BE(message.length)
          return [length, message]
        }),
      ),
    )
  return path
}

export async function learn(paths: string | readonly string[], options: FromRecordingOptions = {}): Promise<Learned> {
  const recording = await openRecording(paths)
  if (!isRecording(recording)) throw new Error(recording.message)
  return catalogFromRecording(recording, options)
}
