/** The kept traces as a recording: OTLP/JSON lines, with everything that the spans had. */
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { shapes } from '../../bundle/index.ts'
import type { Recording } from '../../recordings/index.ts'
import { otlpJson } from './otlp-json.ts'

/** Undefined: written. Otherwise what is wrong with the file. Messages that cannot be read are left out, as they were when the traces were decided. */
export async function writeTraces(file: string, recording: Recording, keep: ReadonlySet<string>): Promise<string | undefined> {
  const lines = Readable.from(linesOf(recording, keep))
  const out = createWriteStream(file)
  try {
    if (file.endsWith('.gz')) await pipeline(lines, createGzip(), out)
    else await pipeline(lines, out)
    return undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined || (error as NodeJS.ErrnoException).syscall === undefined) throw error
    return `${file} cannot be written (${code})`
  }
}

async function* linesOf(recording: Recording, keep: ReadonlySet<string>): AsyncGenerator<string> {
  for await (const message of recording) {
    if (!message.ok) continue
    const request = parsed(message.bytes, message.encoding)
    const resourceSpans = listOf(request.resourceSpans).flatMap((resource) => {
      const scopeSpans = listOf(resource.scopeSpans).flatMap((scope) => {
        const spans = listOf(scope.spans).filter(({ traceId }) => typeof traceId === 'string' && keep.has(traceId.toLowerCase()))
        return spans.length === 0 ? [] : [{ ...scope, spans }]
      })
      return scopeSpans.length === 0 ? [] : [{ ...resource, scopeSpans }]
    })
    if (resourceSpans.length > 0) yield `${JSON.stringify({ resourceSpans })}\n`
  }
}

/** A message that is broken has no spans. */
function parsed(bytes: Uint8Array, encoding: 'protobuf' | 'json'): Record<string, unknown> {
  try {
    const value: unknown = encoding === 'json' ? JSON.parse(Buffer.from(bytes).toString()) : otlpJson(bytes)
    return shapes.isObject(value) ? value : {}
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return {}
    throw error
  }
}

function listOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(shapes.isObject) : []
}
