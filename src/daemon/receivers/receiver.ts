/**
 * The seam between transports and the engine: a receiver turns a transport's request into bytes and an `Answer` back into
 * the transport's words. What the bytes mean is the intake's business.
 */

export type Transport = 'grpc' | 'http'
export type Encoding = 'protobuf' | 'json'

/** What became of one export. */
export type Answer =
  /** Taken; `rejected` spans of it were not, for the reason in `message` (OTLP's partial success). */
  | { readonly kind: 'accepted'; readonly rejected: number; readonly message: string }
  /** Cannot be decoded; `offset` is the byte where decoding stopped. The client must not retry. */
  | { readonly kind: 'malformed'; readonly message: string; readonly offset: number }
  /** Larger than `maxRequestBytes` after decompression. The client must not retry. */
  | { readonly kind: 'too-large'; readonly message: string }
  /** Not now: the client should come back after `retryAfterMs`. */
  | { readonly kind: 'unavailable'; readonly message: string; readonly retryAfterMs: number }

export type Refused = Exclude<Answer, { readonly kind: 'accepted' }>

/** Where receivers deliver. One intake serves every receiver, so that its limits are the process's. */
export interface Intake {
  /** Limit of one request after decompression, in bytes. */
  readonly maxRequestBytes: number
  /** Holds `bytes` of request memory, or says why not now. What was held must be released. */
  hold(bytes: number): Extract<Answer, { kind: 'unavailable' }> | undefined
  release(bytes: number): void
  /** Decodes and counts one request. Synchronous: when it returns, the bytes may be reused. */
  take(bytes: Uint8Array, encoding: Encoding, transport: Transport): Answer
  /** Tells that a request was answered: `code` in the transport's own words, and what was wrong with it. */
  answered(transport: Transport, code: string, problem?: string): void
}

export interface Receiver {
  readonly transport: Transport
  readonly host: string
  /** The port that was bound, also when 0 was asked for. */
  readonly port: number
  /** Stops listening, lets requests under way end, and cuts those that have not after `graceMs`. */
  close(graceMs: number): Promise<void>
}

export function tooLarge(limit: number): Extract<Answer, { kind: 'too-large' }> {
  return { kind: 'too-large', message: `the request is larger than ${limit} bytes after decompression; raise receivers.max_request or send smaller batches` }
}
