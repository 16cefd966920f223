/** The kept traces as a recording: OTLP/JSON lines, with everything that the spans had. */
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { shapes } from '../../bundle/index.ts'
import type { Recording } from '../../recordings/index.ts'
import { withThreshold } from '../../spans/index.ts'
import { otlpJson } from './otlp-json.ts'

/**
 * Undefined: written. Otherwise what is wrong with the file. `keep`: the threshold of each trace, by id, which goes into the tracestate of its spans, so that whoever reads
 * the recording knows how many each stands for. Messages that cannot be read are left out, as they were when the
 * traces were decided.
 */
export async function writeTraces(file: string, recording: Recording, keep: ReadonlyMap<string, string>): Promise<string | undefined> {
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

async function* linesOf(recording: Recording, keep: ReadonlyMap<string, string>): AsyncGenerator<string> {
  for await (const message of recording) {
    if (!message.ok) continue
    const request = parsed(message.bytes, message.encoding)
    const resourceSpans = listOf(request.resourceSpans).flatMap((resource) => {
      const scopeSpans = listOf(resource.scopeSpans).flatMap((scope) => {
        const spans = listOf(scope.spans).flatMap((span) => {
          const threshold = typeof span.traceId === 'string' ? keep.get(span.traceId.toLowerCase()) : undefined
          return threshold === undefined ? [] : [sampledAt(span, threshold)]
        })
        return spans.length === 0 ? [] : [{ ...scope, spans }]
      })
      return scopeSpans.length === 0 ? [] : [{ ...resource, scopeSpans }]
    })
    if (resourceSpans.length > 0) yield `${JSON.stringify({ resourceSpans })}\n`
  }
}

/** `0`, which keeps everything, says nothing that is not so without it. */
function sampledAt(span: Record<string, unknown>, threshold: string): Record<string, unknown> {
  if (threshold === '0') return span
  return { ...span, traceState: withThreshold(typeof span.traceState === 'string' ? span.traceState : '', threshold) }
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
