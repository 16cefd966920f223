/** Streams of decided traces, made without requests so that millions take seconds: for tests and benchmarks of the sampler. */
import { type AssembledSpans, createDictionary, type Dictionary, SpanTable } from '../../src/spans/index.ts'

/** xorshift128 (Marsaglia), from a seed. */
export class Random {
  #state = new Uint32Array(4)

  constructor(seed: number) {
    let s = seed | 0
    for (let i = 0; i < 4; i++) {
      s = Math.imul(s ^ (s >>> 15), 0x2c1b3c6d) + 0x9e3779b9
      this.#state[i] = Math.imul(s ^ (s >>> 13), 0x297a2d39) ^ (i + 1)
    }
    for (let i = 0; i < 16; i++) this.word()
  }

  word(): number {
    const s = this.#state
    let t = s[3] as number
    const first = s[0] as number
    s[3] = s[2] as number
    s[2] = s[1] as number
    s[1] = first
    t ^= t << 11
    t ^= t >>> 8
    s[0] = t ^ first ^ (first >>> 19)
    return s[0] as number
  }

  /** In [0, 1). */
  unit(): number {
    return this.word() / 4294967296
  }

  /** Standard normal (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit())
  }
}

/** One span of a made trace. */
export interface MadeSpan {
  readonly service: string
  readonly operation: string
  /** Index of its parent among the trace's spans, -1 for the root. */
  readonly parent: number
  /** Milliseconds. */
  readonly duration: number
  readonly error?: boolean
}

/** Columns as assembly hands them out, filled by `trace` and emptied by `clear`. */
export class TraceBatch {
  readonly found: AssembledSpans
  readonly dictionary: Dictionary
  /** Traces in it. */
  traces = 0

  constructor(rows = 65_536, dictionary: Dictionary = createDictionary()) {
    this.dictionary = dictionary
    const floats = (): Float64Array => new Float64Array(rows)
    this.found = {
      spans: new SpanTable(dictionary, [], rows),
      parent: new Int32Array(rows),
      depth: new Uint16Array(rows),
      traceStart: new Uint32Array(rows),
      self: floats(),
      seen: floats(),
      gap: floats(),
      own: floats(),
      critical: floats(),
      blame: floats(),
      path: floats(),
      weight: floats(),
      anomalous: new Uint8Array(rows),
      peer: new Uint32Array(rows),
    }
  }

  hasRoomFor(spans: number): boolean {
    return this.found.spans.length + spans <= this.found.spans.capacity
  }

  clear(): void {
    this.found.spans.clear()
    this.traces = 0
  }

  /** Appends a trace that ends at `end` nanoseconds, with a trace id of `random`. */
  trace(spans: readonly MadeSpan[], end: number, random: Random): void {
    this.begin(random)
    for (const { service, operation, parent, duration, error } of spans)
      this.span(this.dictionary.code(service), this.dictionary.code(operation), parent, duration * 1e6, end, error === true)
  }

  #first = 0
  readonly #id = new Uint32Array(4)

  begin(random: Random): void {
    this.#first = this.found.spans.length
    this.traces++
    for (let i = 0; i < 4; i++) this.#id[i] = random.word()
  }

  /** Codes of the batch's dictionary; `duration` in nanoseconds. */
  span(service: number, operation: number, parent: number, duration: number, end: number, error: boolean): void {
    const { spans, parent: parents, traceStart } = this.found
    const row = spans.length++
    spans.service[row] = service
    spans.operation[row] = operation
    spans.kind[row] = 2
    spans.status[row] = error ? 2 : 0
    spans.duration[row] = duration
    writeWords(spans.startTime, row, end - duration)
    writeWords(spans.endTime, row, end)
    for (let i = 0; i < 4; i++) {
      const word = this.#id[i] as number
      spans.traceId[row * 16 + i * 4] = word >>> 24
      spans.traceId[row * 16 + i * 4 + 1] = word >>> 16
      spans.traceId[row * 16 + i * 4 + 2] = word >>> 8
      spans.traceId[row * 16 + i * 4 + 3] = word
    }
    parents[row] = parent < 0 ? -1 : this.#first + parent
    traceStart[row] = this.#first
    this.found.weight[row] = 1
    this.found.anomalous[row] = 0
  }
}

function writeWords(words: Uint32Array, row: number, time: number): void {
  words[row * 2] = time % 4294967296
  words[row * 2 + 1] = time / 4294967296
}

/** 2026-06-01, in nanoseconds: a multiple of 256. */
export const dawn = 1_780_272_000_000_000_000

export interface DriftOptions {
  readonly traces: number
  readonly seed: number
  /** Seed of the trace ids, and so of the decisions about one and the same stream; `seed` where it is not given. */
  readonly ids?: number
  /** A second. */
  readonly rate?: number
  /** Spans of a usual trace. */
  readonly spans?: number
}

/** What the generator knows of a trace. */
export interface Truth {
  /** Number of its shape; -1 for one that comes once. */
  readonly shape: number
  readonly slow: boolean
  readonly phase: Phase
}

export type Phase = 'calm' | 'incident' | 'rollout' | 'slowdown' | 'flood'

/** Where in the stream each phase is, as shares of it; calm between. */
export const phases: readonly (readonly [Phase, number, number])[] = [
  ['incident', 0.2, 0.3],
  ['rollout', 0.4, 0.5],
  ['slowdown', 0.6, 0.75],
  ['flood', 0.8, 0.95],
]

const commonShapes = 12
const rareShapes = 40

/**
 * A stream with everything that upsets samplers: an incident (a fifth of the traces ten times slower, some with errors), a rollout that renames the operations of
 * half of the traffic, a slowdown of everything by three, and a flood in which every second trace has a shape of its own.
 * Calls `each` with the batch when it is full; the truths are those of its traces in order.
 */
export function driftStream(options: DriftOptions, each: (batch: TraceBatch, truths: readonly Truth[]) => void): void {
  const { traces, seed, rate = 200, spans = 8 } = options
  const random = new Random(seed)
  const ids = new Random(options.ids ?? seed)
  const batch = new TraceBatch(Math.max(65_536, spans * 64))
  let truths: Truth[] = []
  const services = Array.from({ length: 24 }, (_, i) => batch.dictionary.code(`service-${i}`))
  const names = new Map<string, number>()
  const code = (text: string): number => {
    let found = names.get(text)
    if (found === undefined) {
      found = batch.dictionary.code(text)
      names.set(text, found)
    }
    return found
  }
  for (let i = 0; i < traces; i++) {
    const at = i / traces
    const phase = phases.find(([, from, to]) => at >= from && at < to)?.[0] ?? 'calm'
    const end = dawn + Math.floor((i / rate) * 1e9)
    const isUnique = phase === 'flood' && random.unit() < 0.5
    const isRare = !isUnique && random.unit() < 0.004
    // Zipf-like: the first shape is some third of the traffic.
    const shape = isRare
      ? commonShapes + Math.floor(random.unit() * rareShapes)
      : Math.min(commonShapes - 1, Math.floor((random.unit() ** 3 * commonShapes * 4) / 3))
    const isNewVersion = (phase === 'rollout' ? random.unit() < (at - 0.4) / 0.1 : at >= 0.5) && shape % 2 === 0
    const slow = phase === 'incident' ? random.unit() < 0.2 : random.unit() < 0.002
    const error = (slow && random.unit() < 0.1) || random.unit() < 0.0005
    const length = spans + (shape % 5) - 2
    if (!batch.hasRoomFor(length)) {
      each(batch, truths)
      batch.clear()
      truths = []
    }
    batch.begin(ids)
    for (let s = 0; s < length; s++) {
      const parent = s === 0 ? -1 : (s * 7 + shape) % s
      const own = isUnique && s === length - 1 ? code(`op-${i}`) : code(`${isNewVersion ? 'v2' : 'v1'}-${shape}-${s}`)
      const factor = (phase === 'slowdown' ? 3 : 1) * (slow && s % 3 === 0 ? 10 : 1)
      const ms = (5 + ((shape * 13 + s * 29) % 40)) * Math.exp(0.4 * random.normal()) * factor
      batch.span(services[(shape + s) % services.length] as number, own, parent, Math.round(ms * 1e6), end, error && s === length - 1)
    }
    truths.push({ shape: isUnique ? -1 : shape * 2 + (isNewVersion ? 1 : 0), slow, phase })
  }
  if (batch.traces > 0) each(batch, truths)
}
