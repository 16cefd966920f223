/** Values: from IR to functions that observe them at a step. */
import { isTraced, type SpanValueIR, type StatIR, type ValueIR } from '../bundle/index.ts'
import { printValue } from '../language/index.ts'
import type { Builder, StepContext } from './context.ts'
import { gravest, isStale, sampledIn, wouldShow } from './context.ts'
import type { Observed, UnknownReason } from './contract.ts'
import { type Fraction, fractionOf } from './rank.ts'
import { effectiveOf, tells } from './sample.ts'
import type { Series } from './series.ts'
import type { Window } from './window.ts'

export interface Value {
  readonly text: string
  observe(context: StepContext): Observed
  /** Of the spans behind it, the worst first. */
  traceIds(context: StepContext): readonly string[]
}

const none: readonly string[] = []

/** Throws on forecasts and platform metrics, which the loader refuses. */
export function compileValue(ir: ValueIR, builder: Builder): Value {
  const text = printValue(ir, builder.rule.everyNs)
  const constant = constantOf(ir)
  if (constant !== undefined) {
    const observed: Observed = { text, type: ir.type, value: constant }
    return { text, observe: () => observed, traceIds: () => none }
  }
  switch (ir.kind) {
    case 'span':
      return new SpanValue(ir, builder)
    case 'replicas':
    case 'ready':
      return { text, observe: (context) => replicasOf(ir.kind, ir.target, text, context), traceIds: () => none }
    case 'arithmetic':
      return compileArithmetic(ir, builder, text)
    case 'constant':
    case 'metric':
    case 'forecast':
      throw new Error(`${text} is not available to rules yet`)
    default:
      return ir satisfies never
  }
}

/** What a value is, if it is the same always: literals and arithmetic on them. */
export function constantOf(ir: ValueIR): number | undefined {
  if (ir.kind === 'constant') return ir.value
  if (ir.kind !== 'arithmetic') return undefined
  const operands = ir.of.map(constantOf)
  if (!operands.every((operand) => operand !== undefined)) return undefined
  const result = apply(ir.operator, operands)
  return Number.isFinite(result) ? result : undefined
}

/** An aggregate of a series' spans over a window. */
export class SpanValue implements Value {
  readonly text: string
  readonly #ir: SpanValueIR
  readonly #series: Series
  readonly #atLeast: number
  readonly #everyNs: number
  readonly #aggregate: (window: Window, context: StepContext) => number | undefined
  /** The quantile asked for, if it is one. */
  readonly quantile: Fraction | undefined
  /** The constant that it is compared with. */
  #against: number | undefined

  constructor(ir: SpanValueIR, builder: Builder) {
    this.text = printValue(ir, builder.rule.everyNs)
    this.#ir = ir
    this.#series = builder.series(ir.selector, ir.field, isTraced(ir))
    this.#everyNs = builder.rule.everyNs
    this.quantile = ir.stat.kind === 'quantile' ? fractionOf(ir.stat.q) : undefined
    this.#series.needs(ir.windowNs, this.#everyNs, this.quantile !== undefined)
    // Counts are what they are; only what is estimated from spans needs enough of them.
    this.#atLeast = countsSpans(ir.stat) ? 0 : builder.rule.atLeastSpans
    this.#aggregate = this.#compileStat(ir.stat)
  }

  /** Says that it will be compared with `constant`, and with nothing else. */
  comparedWith(constant: number): void {
    this.#against = constant
    if (this.quantile !== undefined) this.#series.countsAgainst(constant)
  }

  window(context: StepContext): Window {
    return this.#series.window(this.#ir.windowNs, context.at, context.evidence)
  }

  observe(context: StepContext): Observed {
    if (isStale(this.#ir.windowNs, context)) return this.#unknown('stale')
    if (context.evidence.settling) return this.#unknown('settling')
    const window = this.window(context)
    const { n } = window
    const { stat, windowNs } = this.#ir
    const heaviest = sampledIn(this.#series, windowNs, context)
    const shows = n > 0 || wouldShow(this.#series, window.from, windowNs, context)
    if (stat.kind === 'anomalies') return this.#anomalies(window, shows, context)
    if (n === 0 && !(shows && (countsSpans(stat) || heaviest !== undefined))) return this.#unknown('empty', 0)
    if (heaviest !== undefined) return this.#estimate(window, heaviest, context)
    if (n < this.#atLeast) return this.#unknown('few', n)
    return this.#known(window, context, { spans: n })
  }

  /** From a sample. Where none was kept there may have been many. */
  #estimate(window: Window, heaviest: number, context: StepContext): Observed {
    const { stat } = this.#ir
    // What a rate is compared with comes to so many spans.
    const watched = stat.kind === 'rate' ? this.#watchedNs(context) : 1e9
    if (watched === undefined) return this.#unknown('settling', window.n)
    const against = this.#against === undefined ? undefined : (this.#against * watched) / 1e9
    const behind = {
      spans: window.n,
      ofSpans: Math.round(window.weight),
      effectiveSpans: Number(effectiveOf(window, heaviest).toPrecision(3)),
    }
    return tells(window, heaviest, { stat, against, atLeast: this.#atLeast }) ? this.#known(window, context, behind) : { ...this.#unknown('sparse'), ...behind }
  }

  /** How many the sampler kept as anomalous, which is no estimate. */
  #anomalies(window: Window, shows: boolean, { traces }: StepContext): Observed {
    if (traces?.scores !== true) return this.#unknown('unscored')
    if (!shows) return this.#unknown('empty', 0)
    return { text: this.text, type: this.#ir.type, spans: window.n, value: window.counters.anomalies }
  }

  #known(window: Window, context: StepContext, behind: Pick<Observed, 'spans' | 'ofSpans' | 'effectiveSpans'>): Observed {
    const common = { text: this.text, type: this.#ir.type, ...behind }
    if (this.quantile !== undefined) {
      const { value, exact } = window.quantile(this.quantile)
      return exact ? { ...common, value } : { ...common, value, approximate: true }
    }
    const value = this.#aggregate(window, context)
    if (value === undefined) return this.#unknown('settling', window.n)
    return Number.isNaN(value) ? this.#unknown('arithmetic', window.n) : { ...common, value }
  }

  traceIds(context: StepContext): readonly string[] {
    if (context.stale || context.evidence.settling) return none
    const kind = this.#ir.stat.kind
    return kind === 'errors' || kind === 'errorRate' ? this.window(context).worstErrors() : this.window(context).worst()
  }

  #unknown(reason: UnknownReason, spans?: number): Observed {
    const observed = { text: this.text, type: this.#ir.type, value: undefined, unknown: reason }
    return spans === undefined ? observed : { ...observed, spans }
  }

  #compileStat(stat: StatIR): (window: Window, context: StepContext) => number | undefined {
    switch (stat.kind) {
      case 'count':
        return (window) => window.weight
      case 'rate':
        return (window, context) => this.#rate(window, context)
      case 'errors':
        return (window) => window.errors
      case 'errorRate':
        return (window) => window.errors / window.weight
      case 'mean':
        return (window) => window.mean()
      case 'min':
        return (window) => window.min()
      case 'max':
        return (window) => window.max()
      case 'quantile':
        return () => undefined
      case 'apdex': {
        const satisfied = stat.thresholdNs
        const tolerated = 4 * satisfied
        this.#series.countsAgainst(satisfied)
        this.#series.countsAgainst(tolerated)
        return (window) => (window.atMost(satisfied) + window.atMost(tolerated)) / 2 / window.weight
      }
      case 'blame':
        this.#series.wantsPaths = true
        return (window) => window.share()
      case 'anomalies':
        this.#series.wantsAnomalies = true
        return () => undefined
      default:
        return stat satisfies never
    }
  }

  /** Per second of the window that was really watched. */
  #rate(window: Window, context: StepContext): number | undefined {
    const watched = this.#watchedNs(context)
    return watched === undefined ? undefined : window.weight / (watched / 1e9)
  }

  /** Undefined where it is too short: after an epoch a whole step is awaited, for a rate over milliseconds is noise. */
  #watchedNs({ at, evidence, traces }: StepContext): number | undefined {
    const { windowNs } = this.#ir
    // The first traces that are evidence are decided later than their spans end.
    const from = this.#series.field === undefined ? evidence.from : evidence.from + (traces?.idleNs ?? 0)
    if (from > at - Math.min(windowNs, this.#everyNs)) return undefined
    const watched = at - Math.max(at - windowNs, from, this.#series.since)
    return watched > 0 ? watched : undefined
  }
}

function countsSpans(stat: StatIR): boolean {
  return stat.kind === 'count' || stat.kind === 'rate' || stat.kind === 'errors' || stat.kind === 'anomalies'
}

function replicasOf(kind: 'replicas' | 'ready', target: string, text: string, { world }: StepContext): Observed {
  const snapshot = world.get(target)
  if (snapshot === undefined || 'error' in snapshot) return { text, type: 'number', value: undefined, unknown: 'world' }
  return { text, type: 'number', value: kind === 'replicas' ? snapshot.desired : snapshot.ready }
}

function compileArithmetic(ir: Extract<ValueIR, { kind: 'arithmetic' }>, builder: Builder, text: string): Value {
  const operands = ir.of.map((operand) => compileValue(operand, builder))
  return {
    text,
    observe: (context) => {
      const observed = operands.map((operand) => operand.observe(context))
      const spans = behindAll(observed)
      const unknown = gravest(observed.map((part) => part.unknown))
      if (unknown !== undefined) return { text, type: ir.type, value: undefined, unknown, ...spans }
      const value = apply(
        ir.operator,
        observed.map((part) => part.value as number),
      )
      if (!Number.isFinite(value)) return { text, type: ir.type, value: undefined, unknown: 'arithmetic', ...spans }
      const approximate = observed.some((part) => part.approximate) ? { approximate: true as const } : {}
      return { text, type: ir.type, value, ...spans, ...approximate }
    },
    traceIds: (context) => operands.map((operand) => operand.traceIds(context)).find((ids) => ids.length > 0) ?? none,
  }
}

/** Of several values together. They are worth no more draws than the least of them. */
function behindAll(observed: readonly Observed[]): Pick<Observed, 'spans' | 'ofSpans' | 'effectiveSpans'> {
  if (observed.every((part) => part.spans === undefined)) return {}
  const spans = observed.reduce((sum, part) => sum + (part.spans ?? 0), 0)
  const effective = observed.flatMap((part) => part.effectiveSpans ?? [])
  if (effective.length === 0) return { spans }
  return { spans, ofSpans: observed.reduce((sum, part) => sum + (part.ofSpans ?? part.spans ?? 0), 0), effectiveSpans: Math.min(...effective) }
}

function apply(operator: Extract<ValueIR, { kind: 'arithmetic' }>['operator'], operands: readonly number[]): number {
  switch (operator) {
    case '+':
      return operands.reduce((a, b) => a + b)
    case '-':
      return operands.reduce((a, b) => a - b)
    case '*':
      return operands.reduce((a, b) => a * b)
    case '/':
      return operands.reduce((a, b) => a / b)
    case 'min':
      return Math.min(...operands)
    case 'max':
      return Math.max(...operands)
    default:
      return operator satisfies never
  }
}
