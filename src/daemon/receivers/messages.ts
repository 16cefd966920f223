/**
 * The few protobuf messages that receivers answer with, written by hand: ExportTraceServiceResponse of
 * opentelemetry/proto/collector/trace/v1 and Status, RetryInfo and BadRequest of google/rpc.
 */
import type { Answer, Refused } from './receiver.ts'

/** google.rpc.Code, the ones that are used. */
export const code = {
  ok: 0,
  invalidArgument: 3,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

type Accepted = Extract<Answer, { kind: 'accepted' }>

/** ExportTraceServiceResponse: empty on full success, `partial_success` otherwise. */
export function exportResponse(answer: Accepted): Buffer {
  if (answer.rejected === 0 && answer.message === '') return Buffer.alloc(0)
  return field(1, Buffer.concat([varintField(1, answer.rejected), textField(2, answer.message)]))
}

/** The same in OTLP/JSON. */
export function exportResponseJson(answer: Accepted): string {
  if (answer.rejected === 0 && answer.message === '') return '{}'
  return JSON.stringify({ partialSuccess: { rejectedSpans: String(answer.rejected), errorMessage: answer.message } })
}

export function codeOf(answer: Refused): number {
  switch (answer.kind) {
    case 'malformed':
      return code.invalidArgument
    case 'too-large':
      return code.resourceExhausted
    case 'unavailable':
      return code.unavailable
  }
}

/** google.rpc.Status with RetryInfo or BadRequest where the answer has one. */
export function status(answer: Refused): Buffer {
  return plainStatus(codeOf(answer), answer.message, detail(answer))
}

export function plainStatus(number: number, message: string, details: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([varintField(1, number), textField(2, message), details.length === 0 ? details : field(3, details)])
}

/** google.rpc.Status in protobuf's JSON mapping. */
export function statusJson(answer: Refused): string {
  const details =
    answer.kind === 'unavailable'
      ? [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${answer.retryAfterMs / 1000}s` }]
      : answer.kind === 'malformed'
        ? [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: `byte ${answer.offset}`, description: answer.message }] }]
        : []
  return plainStatusJson(codeOf(answer), answer.message, details)
}

export function plainStatusJson(number: number, message: string, details: readonly object[] = []): string {
  return JSON.stringify({ code: number, message, ...(details.length === 0 ? {} : { details }) })
}

function detail(answer: Refused): Buffer {
  switch (answer.kind) {
    case 'unavailable': {
      const seconds = Math.floor(answer.retryAfterMs / 1000)
      const nanos = Math.round((answer.retryAfterMs - seconds * 1000) * 1e6)
      return any('google.rpc.RetryInfo', field(1, Buffer.concat([varintField(1, seconds), varintField(2, nanos)])))
    }
    case 'malformed':
      return any('google.rpc.BadRequest', field(1, Buffer.concat([textField(1, `byte ${answer.offset}`), textField(2, answer.message)])))
    case 'too-large':
      return Buffer.alloc(0)
  }
}

function any(type: string, value: Buffer): Buffer {
  return Buffer.concat([textField(1, `type.googleapis.com/${type}`), field(2, value)])
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes])
}

function textField(number: number, text: string): Buffer {
  return text === '' ? Buffer.alloc(0) : field(number, Buffer.from(text))
}

function varintField(number: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : Buffer.concat([varint(number << 3), varint(value)])
}

/** Of a whole number from 0 to 2^53 − 1. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return Buffer.from(bytes)
}
