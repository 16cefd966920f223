/** Small makers of IR and spans, so that a test reads as an example. Times are seconds of a virtual clock. */
import type {
  ActionIR,
  AttributeRef,
  Bundle,
  CompareIR,
  ComparisonOperator,
  ConditionIR,
  PredicateIR,
  RuleIR,
  SelectorIR,
  SpanValueIR,
  StatIR,
  ValueIR,
  ValueType,
} from '../../src/bundle/index.ts'
import { createEvaluator, type Epoch, type Evaluator, type EvaluatorOptions, type RuleOutcome, type World } from '../../src/evaluate/index.ts'
import { attributeBoolean, attributeNumber, attributeText, createDictionary, type Dictionary, SpanTable } from '../../src/spans/index.ts'

export const seconds = (s: number): number => Math.round(s * 1e9)
export const ms = (n: number): number => Math.round(n * 1e6)
/** A Monday, 2026-06-01T00:00:00Z, in nanoseconds: virtual second 0. */
export const dawn = 1780272000e9
export const at = (s: number): number => dawn + seconds(s)

export function selector(
  service: string,
  operation?: string,
  where?: PredicateIR,
  kinds: readonly number[] = operation === undefined ? [2, 5] : [1, 2, 5],
): SelectorIR {
  return { service, kinds, ...(operation === undefined ? {} : { operation }), ...(where === undefined ? {} : { where }) }
}

export const ads = selector('adservice', 'GetAds')

export function value(stat: StatIR | StatIR['kind'] | number, options: { of?: SelectorIR; over?: number; type?: ValueType } = {}): SpanValueIR {
  const of: StatIR = typeof stat === 'number' ? { kind: 'quantile', q: stat } : typeof stat === 'string' ? ({ kind: stat } as StatIR) : stat
  return { kind: 'span', selector: options.of ?? ads, field: 'duration', stat: of, windowNs: seconds(options.over ?? 5), type: options.type ?? 'duration' }
}

export function constant(n: number, type: ValueType = 'duration'): ValueIR {
  return { kind: 'constant', value: n, type }
}

export function compare(left: ValueIR, operator: ComparisonOperator, right: ValueIR | number, text = 'comparison'): CompareIR {
  return { kind: 'compare', left, operator, right: typeof right === 'number' ? constant(right, left.type) : right, type: left.type, text }
}

export const slow = compare(value(0.99), '>', ms(400), 'span(adservice/GetAds).p99 > 400ms')

export function times(of: ConditionIR, count: number, within: number): ConditionIR {
  return { kind: 'times', of, count, withinNs: seconds(within) }
}

export function lasting(of: ConditionIR, s: number): ConditionIR {
  return { kind: 'for', of, ns: seconds(s) }
}

export function spans(of: SelectorIR, count: number, within: number): ConditionIR {
  return { kind: 'spans', selector: of, count, withinNs: seconds(within), text: 'spans' }
}

export function durationOver(n: number): PredicateIR {
  return { kind: 'compare', field: { kind: 'intrinsic', name: 'duration' }, operator: '>', value: n }
}

export const up: ActionIR = { kind: 'change', amount: 2, unit: 'replicas' }
export const down: ActionIR = { kind: 'change', amount: -1, unit: 'replicas' }

export function rule(name: string, condition: ConditionIR, options: Partial<Omit<RuleIR, 'everyNs'>> & { every?: number } = {}): RuleIR {
  const { every = 5, ...rest } = options
  return {
    name,
    target: 'deployment/adservice',
    action: up,
    condition,
    everyNs: seconds(every),
    cooldownNs: 0,
    atLeastSpans: 0,
    onMissing: { kind: 'hold' },
    priority: 0,
    observe: false,
    source: { file: 'test.scale', start: 0, end: 0, line: 1 },
    ...rest,
  }
}

export function bundle(rules: readonly RuleIR[], projection: readonly AttributeRef[] = []): Bundle {
  return { format: 1, language: 1, compiler: 'test', digest: 'sha256:0', sources: [], projection, targets: [], rules }
}

export interface TestSpan {
  /** Seconds. */
  readonly end: number
  readonly ms: number
  readonly service?: string
  readonly operation?: string
  readonly kind?: number
  readonly error?: boolean
  /** Below 2^32; spans with one id are one span. */
  readonly id?: number
  /** Below 2^64, of which a number holds the first 53 bits. */
  readonly trace?: number
  /** Id of the parent. */
  readonly parent?: number
  readonly attributes?: Readonly<Record<string, string | number | boolean>>
}

/** Writes spans into a table as the decoder would. */
export function fill(table: SpanTable, found: readonly TestSpan[], nextId: () => number): void {
  for (const span of found) {
    const row = table.length++
    table.reserve(table.length)
    const id = span.id ?? nextId()
    const end = at(span.end)
    const duration = Math.round(span.ms * 1e6)
    table.service[row] = table.dictionary.code(span.service ?? 'adservice')
    table.operation[row] = table.dictionary.code(span.operation ?? 'hipstershop.AdService/GetAds')
    table.kind[row] = span.kind ?? 2
    table.status[row] = span.error ? 2 : 0
    setTime(table.endTime, row, end)
    setTime(table.startTime, row, end - duration)
    table.duration[row] = duration
    const trace = span.trace ?? id
    new DataView(table.traceId.buffer).setUint32(row * 16 + 8, Math.floor(trace / 2 ** 32))
    new DataView(table.traceId.buffer).setUint32(row * 16 + 12, trace % 2 ** 32)
    new DataView(table.spanId.buffer).setUint32(row * 8 + 4, id)
    new DataView(table.parentSpanId.buffer).setUint32(row * 8 + 4, span.parent ?? 0)
    for (const column of table.attributes) {
      const given = span.attributes?.[column.attribute.name]
      column.type[row] = given === undefined ? 0 : typeof given === 'string' ? attributeText : typeof given === 'number' ? attributeNumber : attributeBoolean
      column.value[row] = given === undefined ? 0 : typeof given === 'string' ? table.dictionary.code(given) : Number(given)
    }
  }
}

function setTime(words: Uint32Array, row: number, nanos: number): void {
  words[row * 2] = nanos % 4294967296
  words[row * 2 + 1] = Math.floor(nanos / 4294967296)
}

/** Hex of a test trace number. */
export function traceId(n: number): string {
  return n.toString(16).padStart(32, '0')
}

export interface StepOptions {
  readonly world?: World
  readonly epochs?: ReadonlyMap<string, Epoch> | ((at: number) => ReadonlyMap<string, Epoch>)
}

/** An evaluator with its tables, on the virtual clock. */
export class Bench {
  evaluator: Evaluator
  readonly dictionary: Dictionary
  #projection: readonly AttributeRef[]
  readonly #kept: Pick<EvaluatorOptions, 'traces' | 'staleNs'>
  #id = 1_000_000

  constructor(rules: readonly RuleIR[], options: Partial<EvaluatorOptions> & { projection?: readonly AttributeRef[] } = {}) {
    const { projection = [], ...rest } = options
    this.#projection = projection
    this.#kept = {
      ...(rest.traces === undefined ? {} : { traces: rest.traces }),
      ...(rest.staleNs === undefined ? {} : { staleNs: rest.staleNs }),
    }
    this.dictionary = rest.dictionary ?? createDictionary()
    this.evaluator = createEvaluator({ bundle: bundle(rules, projection), startAt: at(0), ...rest, dictionary: this.dictionary })
  }

  ingest(found: readonly TestSpan[], now?: number): ReturnType<Evaluator['ingest']> {
    const table = new SpanTable(this.dictionary, this.#projection, 4)
    fill(table, found, () => this.#id++)
    return this.evaluator.ingest(table, now === undefined ? undefined : at(now))
  }

  /** All steps that are due, with seconds as keys. */
  run(options: StepOptions & { now?: number; drain?: boolean } = {}): { readonly s: number; readonly outcomes: readonly RuleOutcome[] }[] {
    const { world = new Map(), epochs = new Map(), drain = options.now === undefined } = options
    const steps: { readonly s: number; readonly outcomes: readonly RuleOutcome[] }[] = []
    const now = options.now === undefined ? undefined : at(options.now)
    for (let due = this.evaluator.due(now, drain); due !== undefined; due = this.evaluator.due(now, drain)) {
      const known = typeof epochs === 'function' ? epochs(due) : epochs
      steps.push({ s: (due - dawn) / 1e9, outcomes: this.evaluator.step({ at: due, world, epochs: known }) })
    }
    return steps
  }

  /** Ingests, drains and gives the truths of the first rule, one a step: `true`, `false` or the reason why it is unknown. */
  truths(found: readonly TestSpan[], options: StepOptions = {}): readonly string[] {
    this.ingest(found)
    return this.run(options).map(({ outcomes }) => truthOf(outcomes[0]))
  }

  reload(rules: readonly RuleIR[]): void {
    this.evaluator = createEvaluator({ bundle: bundle(rules, this.#projection), dictionary: this.dictionary, ...this.#kept, previous: this.evaluator })
  }
}

export function truthOf(outcome: RuleOutcome | undefined): string {
  return outcome === undefined ? 'none' : (outcome.unknown ?? outcome.truth)
}

/** `count` spans that end evenly spread over the step that ends at `end` seconds. */
export function busy(end: number, count: number, milliseconds: number | ((i: number) => number), more: Partial<TestSpan> = {}): TestSpan[] {
  return Array.from({ length: count }, (_, i) => ({
    end: end - 5 + (5 * (i + 0.5)) / count,
    ms: typeof milliseconds === 'number' ? milliseconds : milliseconds(i),
    ...more,
  }))
}

/** A span of another service, which keeps the stream alive in each of the steps from `from` to `to`. */
export function alive(from: number, to: number): TestSpan[] {
  const found: TestSpan[] = []
  for (let s = from + 2.5; s < to; s += 5) found.push({ end: s, ms: 1, service: 'other', operation: 'Ping' })
  return found
}
