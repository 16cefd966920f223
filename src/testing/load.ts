/** The spans of a `load`, made as virtual time passes. */
import { type CheckedLoad, type LoadedSpan, printDuration } from '../language/index.ts'
import { attributeBoolean, attributeMissing, attributeNumber, attributeText, type Dictionary, type Nanos, type SpanTable } from '../spans/index.ts'
import type { Period } from './period.ts'
import { within } from './period.ts'

const word = 2 ** 32
/** The fractional part of the golden ratio: its multiples are spread over [0, 1) as evenly as a sequence can be, whatever its length. */
const golden = 0.6180339887498949
const clientKind = 3
const producerKind = 4
const consumerKind = 5
const errorStatus = 2
/** The operation of spans whose selector names none. */
const anyOperation = 'request'

export interface LoadSource {
  /** Appends the spans that start before `untilNs`, those not made yet, with all spans of their traces; times are from the start of the test. */
  fill(table: SpanTable, untilNs: number): void
}

/** How many spans a load makes, those of its callers included. */
export function spansOf(load: CheckedLoad): number {
  return startsOf(load) * chainOf(load).length
}

/** When its last span ends at the latest. */
export function latestEnd({ toNs, takingNs, jitter }: CheckedLoad): number {
  return toNs + Math.ceil(takingNs * (1 + jitter))
}

function startsOf({ perSecond, fromNs, toNs }: CheckedLoad): number {
  return Math.max(0, Math.ceil((perSecond * (toNs - fromNs)) / 1e9 - 0.5))
}

/** `number` tells the loads of a test apart; in `paused` periods nothing arrives that ended there. */
export function createLoad(load: CheckedLoad, number: number, start: Nanos, dictionary: Dictionary, paused: readonly Period[]): LoadSource {
  const { perSecond, takingNs, jitter, failing, fromNs } = load
  const chain = chainOf(load).map(({ leadNs, lagNs, ...span }) => ({
    span,
    leadNs,
    lagNs,
    service: dictionary.code(span.service),
    operation: dictionary.code(span.operation ?? anyOperation),
  }))
  /** The first of a chain's spans ends so long before the load's span starts. */
  const lag = Math.max(0, ...chain.map(({ lagNs }) => lagNs ?? 0))
  const count = startsOf(load)
  const seed = seedOf(load)
  let next = 0
  return {
    fill(table, untilNs) {
      for (; next < count; next++) {
        const from = Math.round(fromNs + ((next + 0.5) * 1e9) / perSecond)
        if (from - lag >= untilNs) return
        const spread = (seed + next * golden) % 1
        const duration = Math.max(0, Math.round(takingNs * (1 + jitter * (2 * spread - 1))))
        if (within(paused, from + duration)) continue
        // An error is diffused: of any n spans, n × share fail, give or take one.
        const fails = Math.floor((next + 1) * failing + 1e-9) > Math.floor(next * failing + 1e-9)
        for (let level = 0; level < chain.length; level++) {
          const { span, leadNs, lagNs, service, operation } = chain[level] as (typeof chain)[number]
          const row = append(table, start, from - leadNs, lagNs === undefined ? duration + leadNs : leadNs - lagNs)
          table.service[row] = service
          table.operation[row] = operation
          table.kind[row] = span.spanKind
          table.status[row] = span.status ?? (fails && level === 0 ? errorStatus : 0)
          identify(table, row, number, next, level, chain.length)
          describe(table, row, span)
        }
      }
    },
  }
}

/** A span that starts `leadNs` before the one that the load is about. */
interface ChainedSpan extends LoadedSpan {
  readonly leadNs: number
  /** It ends so long before that one starts; undefined: with it. */
  readonly lagNs: number | undefined
}

/**
 * The span and what is above it: between a server or consumer span and its caller lies the caller's client or producer span. A client waits for the
 * answer, gap and all. A message waits in its queue for as long as the consumer's gap; its producer does not wait for it, nor do those above.
 */
function chainOf({ span, callers }: CheckedLoad): readonly ChainedSpan[] {
  const chain: ChainedSpan[] = [{ ...span, leadNs: 0, lagNs: undefined }]
  let below = span
  let leadNs = 0
  let lagNs: number | undefined
  for (const { direct, ...caller } of callers) {
    if (!direct && below.spanKind !== clientKind && below.spanKind !== producerKind) {
      const spanKind = below.spanKind === consumerKind ? producerKind : clientKind
      leadNs += below.gapNs
      if (spanKind === producerKind && below.gapNs > 0) lagNs = leadNs
      chain.push({ service: caller.service, operation: below.operation, spanKind, status: undefined, gapNs: 0, attributes: [], leadNs, lagNs })
    }
    chain.push({ ...caller, leadNs, lagNs })
    below = caller
  }
  return chain
}

/** In [0, 1), by the load's own words, so that other loads and tests change nothing. */
function seedOf({ span, fromNs }: CheckedLoad): number {
  let hash = 0x811c9dc5
  for (const char of `${span.service}/${span.operation ?? ''} ${printDuration(fromNs)}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  return (hash >>> 0) / word
}

/** A new row with its times. */
function append(table: SpanTable, start: Nanos, fromNs: number, duration: number): number {
  const row = table.length++
  table.reserve(table.length)
  setTime(table.startTime, row, start, fromNs)
  setTime(table.endTime, row, start, fromNs + duration)
  table.duration[row] = duration
  return row
}

/** `start` is a multiple of 256 ns, beyond what a float64 can be exact of to the nanosecond: the words are added apart. */
function setTime(words: Uint32Array, row: number, start: Nanos, offset: number): void {
  const high = Math.floor(start / word)
  const low = start - high * word + offset
  words[row * 2] = low % word
  words[row * 2 + 1] = high + Math.floor(low / word)
}

/** A trace for each span of the load: 4 bytes say which load of the test, 8 which of its spans. */
function identify(table: SpanTable, row: number, load: number, index: number, level: number, levels: number): void {
  const { traceId, spanId, parentSpanId } = table
  const high = Math.floor(index / word)
  setWord(traceId, row * 16, load)
  setWord(traceId, row * 16 + 4, 0)
  setWord(traceId, row * 16 + 8, high)
  setWord(traceId, row * 16 + 12, index)
  setWord(spanId, row * 8, (level + 1) * 2 ** 24 + high)
  setWord(spanId, row * 8 + 4, index)
  const isRoot = level + 1 === levels
  setWord(parentSpanId, row * 8, isRoot ? 0 : (level + 2) * 2 ** 24 + high)
  setWord(parentSpanId, row * 8 + 4, isRoot ? 0 : index)
}

/** The low 32 bits, the highest byte first. */
function setWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

/** Attributes that no rule names have no column, and are left out. */
function describe(table: SpanTable, row: number, { attributes }: LoadedSpan): void {
  for (const column of table.attributes) {
    const { scope, name } = column.attribute
    const value = attributes.findLast(({ attribute }) => attribute.scope === scope && attribute.name === name)?.value
    column.type[row] =
      value === undefined ? attributeMissing : typeof value === 'string' ? attributeText : typeof value === 'number' ? attributeNumber : attributeBoolean
    column.value[row] = typeof value === 'string' ? table.dictionary.code(value) : Number(value ?? 0)
  }
}
