/**
 * From bytes to messages. A recording is told by its first bytes, never by its name:
 * gzip and zstd by their magic; OTLP/JSON, one message a line, by its brace; protobuf by the 4-byte big-endian length in
 * front of each message; the Collector's old zstd files, in which every message is compressed by itself, by zstd's magic
 * behind such a length.
 */
import { zstdDecompressSync } from 'node:zlib'
import { type Compression, decompress } from './decompress.ts'

export type Encoding = 'protobuf' | 'json'

/** Bytes of one message, decompressed: the same limit as of the receivers. */
export const maxMessageBytes = 64 * 1024 * 1024

export interface Frame {
  readonly bytes: Uint8Array
  readonly encoding: Encoding
  /** Of a line its number, from 1; else the offset of the message's length in the decompressed bytes. */
  readonly at: { readonly line: number } | { readonly offset: number }
}

/** Where and why a recording cannot be read on. */
export class FramingError extends Error {
  readonly at: Frame['at']

  constructor(message: string, at: Frame['at']) {
    super(message)
    this.at = at
  }
}

/** The messages of one file's bytes; throws a FramingError or zlib's error behind the last good one. */
export async function* frames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const [head, bytes] = await peek(source, 64)
  const compression = compressionOf(head, 0)
  if (compression === undefined) yield* plainFrames(head, bytes)
  else {
    const [inner, all] = await peek(decompress(bytes, compression), 64)
    yield* plainFrames(inner, all)
  }
}

async function* plainFrames(head: Uint8Array, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  if (head.length === 0) return
  const first = head.find((byte) => !isBlank(byte))
  if (first === undefined || first === openingBrace) yield* lines(bytes)
  else if (head.length >= 4 && lengthAt(head) > maxMessageBytes)
    throw new FramingError('neither OTLP/JSON lines nor protobuf messages behind their lengths', { offset: 0 })
  else if (compressionOf(head, 4) === 'zstd') yield* zstdBlobs(bytes)
  else for await (const { bytes: message, offset } of prefixed(bytes)) yield { bytes: message, encoding: 'protobuf', at: { offset } }
}

export const openingBrace = 0x7b
const closingBrace = 0x7d
const newline = 0x0a

/** White space, and the byte order mark that some editors put in front. */
export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09 || byte === 0xef || byte === 0xbb || byte === 0xbf
}

export function compressionOf(head: Uint8Array, at: number): Compression | undefined {
  if (head[at] === 0x1f && head[at + 1] === 0x8b) return 'gzip'
  return head[at] === 0x28 && head[at + 1] === 0xb5 && head[at + 2] === 0x2f && head[at + 3] === 0xfd ? 'zstd' : undefined
}

async function* lines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let line = 1
  let first = true
  const pending = new Pending()
  for await (const chunk of source) {
    let from = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      pending.push(chunk.subarray(from, end))
      from = end + 1
      const bytes = pending.take(pending.length)
      const last = bytes.findLast((byte) => !isBlank(byte))
      // Said once here, and not of every line.
      if (first && last !== undefined && last !== closingBrace)
        throw new FramingError('the first line is no whole message: OTLP/JSON recordings hold one message a line, not indented JSON', { line })
      if (last !== undefined) {
        first = false
        yield { bytes, encoding: 'json', at: { line } }
      }
      line++
    }
    pending.push(chunk.subarray(from))
    if (pending.length > maxMessageBytes) throw new FramingError(`a line is longer than ${maxMessageBytes} bytes`, { line })
  }
  const rest = pending.take(pending.length)
  if (rest.some((byte) => !isBlank(byte))) yield { bytes: rest, encoding: 'json', at: { line } }
}

async function* zstdBlobs(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  for await (const { bytes: blob, offset } of prefixed(source)) {
    let bytes: Uint8Array
    try {
      bytes = zstdDecompressSync(blob, { maxOutputLength: maxMessageBytes })
    } catch (error) {
      throw new FramingError(`a message cannot be decompressed: ${(error as Error).message}`, { offset })
    }
    yield { bytes, encoding: bytes.find((byte) => !isBlank(byte)) === openingBrace ? 'json' : 'protobuf', at: { offset } }
  }
}

async function* prefixed(source: AsyncIterable<Uint8Array>): AsyncGenerator<{ readonly bytes: Uint8Array; readonly offset: number }> {
  const pending = new Pending()
  let offset = 0
  let length: number | undefined
  for await (const chunk of source) {
    pending.push(chunk)
    for (;;) {
      if (length === undefined) {
        if (pending.length < 4) break
        length = lengthAt(pending.take(4))
        if (length > maxMessageBytes) throw new FramingError(`a message of ${length} bytes is longer than ${maxMessageBytes}`, { offset })
      }
      if (pending.length < length) break
      yield { bytes: pending.take(length), offset }
      offset += 4 + length
      length = undefined
    }
  }
  if (length !== undefined) throw new FramingError(`the file ends ${length - pending.length} bytes before its last message does`, { offset })
  if (pending.length > 0) throw new FramingError('the file ends within the length of a message', { offset })
}

export function lengthAt(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
}

/** Bytes that wait for the rest of their message, as the chunks that they came in. */
class Pending {
  length = 0
  #chunks: Uint8Array[] = []

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.length += chunk.length
  }

  /** A copy of the first `count` bytes, which are there; later ones stay. */
  take(count: number): Uint8Array {
    const bytes = new Uint8Array(count)
    let filled = 0
    let used = 0
    while (filled < count) {
      const chunk = this.#chunks[used] as Uint8Array
      const part = chunk.subarray(0, count - filled)
      bytes.set(part, filled)
      filled += part.length
      if (part.length === chunk.length) used++
      else this.#chunks[used] = chunk.subarray(part.length)
    }
    this.#chunks.splice(0, used)
    this.length -= count
    return bytes
  }
}

/** The first bytes, up to `count`, and the whole source again. */
async function peek(source: AsyncIterable<Uint8Array>, count: number): Promise<[head: Uint8Array, all: AsyncIterable<Uint8Array>]> {
  const iterator = source[Symbol.asyncIterator]()
  const pending = new Pending()
  while (pending.length < count) {
    const next = await iterator.next()
    if (next.done === true) break
    pending.push(next.value)
  }
  const first = pending.take(pending.length)
  return [first.subarray(0, count), resumed(first, iterator)]
}

async function* resumed(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (first.length > 0) yield first
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
