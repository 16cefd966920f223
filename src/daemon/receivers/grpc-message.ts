/** The one message of a unary gRPC call, gathered from HTTP/2 data in memory that the intake knows of. */
import type { ServerHttp2Stream } from 'node:http2'
import type { BufferPool } from './pool.ts'
import type { Intake, Refused } from './receiver.ts'
import { tooLarge } from './receiver.ts'

/** A byte that says whether the message is compressed, and its length in four. */
export const prefixLength = 5

export interface Call {
  readonly stream: ServerHttp2Stream
  readonly intake: Intake
  readonly pool: BufferPool
}

/** `message` is from the pool and goes back to it when it has been read. */
export type Received = { readonly message: Buffer; readonly compressed: boolean } | { readonly refused: Refused }

/** Calls back once, unless the stream ends before. */
export function receiveMessage({ stream, intake, pool }: Call, done: (result: Received) => void): void {
  let prefix = Buffer.alloc(0)
  let message: Buffer | undefined
  let filled = 0
  let held = 0

  /** Makes room for the message that the prefix announces. */
  function open(length: number): Buffer | Refused {
    if (length > intake.maxRequestBytes) return tooLarge(intake.maxRequestBytes)
    const refusal = intake.hold(length)
    if (refusal !== undefined) return refusal
    held = length
    return pool.take(length)
  }

  /** Undefined: all is well so far. */
  function add(chunk: Buffer): Refused | undefined {
    let rest = chunk
    let into = message
    if (into === undefined) {
      const missing = prefixLength - prefix.length
      prefix = Buffer.concat([prefix, rest.subarray(0, missing)])
      if (prefix.length < prefixLength) return undefined
      rest = rest.subarray(missing)
      const opened = open(prefix.readUInt32BE(1))
      if (!Buffer.isBuffer(opened)) return opened
      into = opened
      message = opened
    }
    if (filled + rest.length > into.length)
      return { kind: 'malformed', message: 'there are more bytes than the one message of a unary call', offset: into.length }
    rest.copy(into, filled)
    filled += rest.length
    return undefined
  }

  function drop(): void {
    if (message !== undefined) pool.give(message)
    message = undefined
  }

  function refuse(refused: Refused): void {
    stream.removeAllListeners('data')
    stream.removeAllListeners('end')
    drop()
    done({ refused })
  }

  stream.on('data', (chunk: Buffer) => {
    const refused = add(chunk)
    if (refused !== undefined) refuse(refused)
  })
  stream.on('end', () => {
    const whole = message
    if (whole === undefined || filled < whole.length)
      return refuse({ kind: 'malformed', message: `the message ends after ${filled} of ${whole?.length ?? 'unknown'} bytes`, offset: filled })
    message = undefined
    return done({ message: whole, compressed: prefix[0] === 1 })
  })
  stream.on('close', () => {
    drop()
    intake.release(held)
  })
}
