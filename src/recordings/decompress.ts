import type { Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'

/** Bytes decompressed at once; nothing larger is held. */
const blockSize = 256 * 1024

export type Compression = 'gzip' | 'zstd'

/**
 * The decompressed bytes of `source`; several compressed files behind each other are one. Throws what zlib says of
 * broken input, but only after all bytes in front of the break: the end of the input is told to zlib when everything
 * before it has been taken, since a stream that fails drops what it has not yet handed out.
 */
export async function* decompress(source: AsyncIterable<Uint8Array>, compression: Compression): AsyncGenerator<Uint8Array> {
  // A high-water mark of one byte: zlib then waits after every block until it has been taken.
  const options = { chunkSize: blockSize, readableHighWaterMark: 1 }
  const stream: Transform = compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options)
  const events = new Wakeup(stream)
  try {
    for await (const chunk of source) {
      let taken = false
      stream.write(chunk, () => {
        taken = true
        events.wake()
      })
      yield* blocks(stream, events, () => taken)
    }
    stream.end()
    yield* blocks(stream, events, () => stream.readableEnded)
  } finally {
    stream.destroy()
  }
}

async function* blocks(stream: Transform, events: Wakeup, done: () => boolean): AsyncGenerator<Uint8Array> {
  for (;;) {
    const block = stream.read() as Uint8Array | null
    if (block !== null) yield block
    else if (events.error !== undefined) throw events.error
    else if (done()) return
    else await events.next()
  }
}

/** Whatever happens to a stream, one promise at a time. */
class Wakeup {
  error: Error | undefined
  #happened = false
  #resolve: (() => void) | undefined

  constructor(stream: Transform) {
    stream.on('readable', () => this.wake())
    stream.on('end', () => this.wake())
    stream.on('error', (error) => {
      this.error = error
      this.wake()
    })
  }

  wake(): void {
    this.#happened = true
    this.#resolve?.()
  }

  async next(): Promise<void> {
    if (!this.#happened) {
      await new Promise<void>((resolve) => {
        this.#resolve = resolve
      })
    }
    this.#happened = false
    this.#resolve = undefined
  }
}
