/** Where whole traces can be had by their ids. */
import type { Nanos } from '../spans/index.ts'

export interface TraceRequest {
  /** Hex, 32 digits. */
  readonly traceId: string
  /** Its spans lie within, as far as is known; a source may look in a part of its storage only. */
  readonly start?: Nanos
  readonly end?: Nanos
}

/** One answer of a source. Only `failed` is worth asking again soon; a trace that is missing or partial may be there later. */
export type Fetched =
  | {
      readonly kind: 'found'
      /** An OTLP TracesData. */
      readonly bytes: Uint8Array
      readonly encoding: 'protobuf' | 'json'
      /** The source says that it has not given all of the trace. */
      readonly partial: boolean
    }
  | { readonly kind: 'missing' }
  /** Larger than the source gives out; asking again changes nothing. */
  | { readonly kind: 'too-large'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string; readonly retryAfterMs?: number }

export interface TraceSource {
  /** For people. */
  readonly name: string
  fetch(request: TraceRequest): Promise<Fetched>
  /** Ids of traces in a time, newest first where the source can; for training. */
  search(range: SearchRange): Promise<Found | SourceError>
}

export interface SearchRange {
  readonly from: Nanos
  readonly to: Nanos
  readonly limit: number
}

export interface Found {
  /** Each once. */
  readonly traces: readonly TraceRequest[]
}

export interface SourceError {
  /** One sentence. */
  readonly error: string
}
