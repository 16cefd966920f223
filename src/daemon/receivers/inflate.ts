/** Gzip with a limit on what comes out. */
import { gunzip } from 'node:zlib'

export type Inflated = { readonly bytes: Buffer } | { readonly error: 'too-large' } | { readonly error: 'malformed'; readonly message: string }

/** Inflates off the event loop and stops at `limit` bytes, however much more would come. */
export function inflate(compressed: Uint8Array, limit: number, done: (result: Inflated) => void): void {
  gunzip(compressed, { maxOutputLength: limit, chunkSize: 256 * 1024 }, (error, bytes) => {
    if (error === null) done({ bytes })
    else if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') done({ error: 'too-large' })
    else done({ error: 'malformed', message: `the gzip stream is damaged: ${error.message}` })
  })
}
