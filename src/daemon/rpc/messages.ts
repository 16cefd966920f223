/** The messages of scale.proto, typed, to bytes and back. `scale.json` is scale.proto as protobufjs reads it; a test holds them together. */
import { createRequire } from 'node:module'
import type protobufjs from 'protobufjs'
import type { Type } from 'protobufjs'
import descriptor from './scale.json' with { type: 'json' }

/** What of a oneof is set, is there. */
export interface SubscribeRequest {
  readonly instance: string
  readonly after: number
}

export interface SubscribeReply {
  readonly begun?: { readonly instance: string; readonly after: number }
  readonly trace?: SampledTrace
  readonly lost?: { readonly traces: number }
}

export interface SampledTrace {
  readonly cursor: number
  readonly traceId: Uint8Array
  readonly weight: number
  readonly threshold: string
  readonly lane: string
  readonly score: number
  readonly anomalous: boolean
  readonly cluster: number
  readonly start: number
  readonly end: number
  readonly spans: number
  readonly root: { readonly service: string; readonly operation: string; readonly duration: number; readonly error: boolean }
  readonly decided: number
  readonly scored: boolean
}

export interface FetchRequest {
  readonly traceId: Uint8Array
}

export interface FetchReply {
  readonly found: boolean
  readonly trace: Uint8Array
}

export interface StatisticsRequest {
  readonly configure?: Configure
  readonly count?: Count
}

export interface Configure {
  readonly session: string
  readonly bundle: string
  readonly lateness: number
}

export interface Count {
  readonly start: number
  readonly end: number
  readonly epochs: Readonly<Record<string, { readonly since?: number; readonly pending?: number }>>
}

export interface StatisticsReply {
  readonly configured?: Configured
  readonly progress?: Progress
  readonly counted?: CountedMessage
  readonly refused?: string
}

export interface Configured {
  readonly instance: string
  readonly resumed: boolean
  readonly completeFrom: number
  readonly layout: readonly { readonly key: string; readonly thresholds: readonly number[] }[]
}

export interface Progress {
  readonly watermark: number
  readonly openSpans: number
}

export interface CountedMessage {
  readonly start: number
  readonly end: number
  readonly lastEnd: number
  readonly cells: readonly { readonly series: number; readonly cell: CellMessage }[]
}

export interface CellMessage {
  readonly n: number
  readonly errors: number
  readonly sumHigh: number
  readonly sumLow: number
  readonly min: number
  readonly max: number
  readonly firstStart: number
  readonly lastEnd: number
  readonly slots: readonly number[]
  readonly values: readonly number[]
  readonly buckets: readonly number[]
  readonly counts: readonly number[]
  readonly worst: readonly { readonly duration: number; readonly traceId: Uint8Array }[]
  readonly worstErrors: CellMessage['worst']
  readonly filtered: readonly { readonly by: string; readonly from: number; readonly cell: CellMessage }[]
}

export interface Codec<T> {
  encode(message: T): Buffer
  /** Throws on what is no such message. */
  decode(bytes: Uint8Array): T
}

const { Root } = createRequire(import.meta.url)('protobufjs/light') as typeof protobufjs
const types = Root.fromJSON(descriptor)

/** Absent scalars, lists and maps read as their empty values; of a oneof only what is set is there. */
function codecOf<T extends object>(name: string): Codec<T> {
  const type: Type = types.lookupType(`scale.v1.${name}`)
  return {
    encode: (message) => Buffer.from(type.encode(message).finish()),
    decode: (bytes) => type.toObject(type.decode(bytes), { defaults: true, arrays: true, objects: true }) as T,
  }
}

export const subscribeRequest = codecOf<SubscribeRequest>('SubscribeRequest')
export const subscribeReply = codecOf<SubscribeReply>('SubscribeReply')
export const fetchRequest = codecOf<FetchRequest>('FetchRequest')
export const fetchReply = codecOf<FetchReply>('FetchReply')
export const statisticsRequest = codecOf<StatisticsRequest>('StatisticsRequest')
export const statisticsReply = codecOf<StatisticsReply>('StatisticsReply')
