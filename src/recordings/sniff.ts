/** What a file among others holds, by its first bytes: whether it is a recording at all. */
import { createReadStream } from 'node:fs'
import { decompress } from './decompress.ts'
import { compressionOf, isBlank, lengthAt, maxMessageBytes, openingBrace } from './framing.ts'

/** So much of a message always names what is in it. */
const sniffedBytes = 64 * 1024

/**
 * Why a file is no recording, as a clause; undefined where it is one, or an empty or damaged one, which reading tells better.
 * Throws the file system's error.
 */
export async function foreignTo(file: string): Promise<string | undefined> {
  const start = await headOf(createReadStream(file), sniffedBytes)
  const compression = compressionOf(start, 0)
  let head = start
  if (compression !== undefined) {
    try {
      head = await headOf(decompress(createReadStream(file), compression), sniffedBytes)
    } catch (error) {
      if (String((error as NodeJS.ErrnoException).code).startsWith('Z')) return undefined
      throw error
    }
  }
  const first = head.find((byte) => !isBlank(byte))
  if (first === undefined) return undefined
  if (first === openingBrace) return Buffer.from(head).includes('"resourceSpans"') ? undefined : 'JSON without resourceSpans'
  return head.length >= 4 && lengthAt(head) > maxMessageBytes ? 'neither OTLP/JSON lines nor protobuf messages behind their lengths' : undefined
}

async function headOf(source: AsyncIterable<Uint8Array>, count: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of source) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= count) break
  }
  return Buffer.concat(chunks).subarray(0, count)
}
