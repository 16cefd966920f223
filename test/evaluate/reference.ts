/**
 * What the evaluator must say, by definition: it keeps every span and every past truth and looks at them anew at each step. Slow, and
 * written apart from the evaluator: nothing is shared but the matching of names.
 */
import type { ConditionIR, RuleIR, SelectorIR, SpanValueIR, ValueIR } from '../../src/bundle/index.ts'
import type { Epoch, UnknownReason } from '../../src/evaluate/index.ts'
import { operationMatcher } from '../../src/spans/index.ts'
import { at as instant, type TestSpan } from './builders.ts'

/** `true`, `false` or why it is unknown. */
type Said = 'true' | 'false' | UnknownReason

interface Span {
  readonly start: number
  readonly end: number
  readonly duration: number
  readonly source: TestSpan
}

const gravity: readonly UnknownReason[] = ['stale', 'world', 'settling', 'few', 'arithmetic', 'empty']
const staleNs = 60e9
const nanos = 256

/** One rule; the stream begins at virtual second 0. */
export class Reference {
  readonly #rule: RuleIR
  readonly #spans: readonly Span[]
  readonly #epoch: Epoch | undefined
  readonly #up: boolean
  /** Every condition's past, by node. */
  readonly #past = new Map<ConditionIR, { readonly at: number; readonly said: Said }[]>()

  constructor(rule: RuleIR, spans: readonly TestSpan[], epoch?: Epoch) {
    this.#rule = rule
    this.#epoch = epoch
    this.#up = rule.action.kind === 'change' ? rule.action.amount > 0 : ['set', 'floor', 'hold'].includes(rule.action.kind)
    const distinct = new Map(spans.map((span, i) => [span.id ?? -1 - i, span]))
    this.#spans = [...distinct.values()].map((source) => {
      const end = instant(source.end)
      const duration = Math.round(source.ms * 1e6)
      return { start: Math.floor((end - duration) / nanos) * nanos, end: Math.floor(end / nanos) * nanos, duration, source }
    })
  }

  step(s: number): Said {
    return this.#say(this.#rule.condition, instant(s))
  }

  get #from(): number {
    return this.#epoch === undefined ? Number.NEGATIVE_INFINITY : this.#epoch.kind === 'since' ? this.#epoch.at : this.#epoch.since
  }

  #settling(at: number): boolean {
    return this.#epoch !== undefined && (this.#from >= at || (this.#epoch.kind === 'pending' && this.#up))
  }

  #stale(at: number): boolean {
    const last = Math.max(instant(0), ...this.#spans.filter((span) => span.end < at).map((span) => span.end))
    return at - last >= staleNs
  }

  #say(condition: ConditionIR, at: number): Said {
    const said = this.#judge(condition, at)
    const past = this.#past.get(condition) ?? []
    past.push({ at, said })
    this.#past.set(condition, past)
    return said
  }

  #judge(condition: ConditionIR, at: number): Said {
    switch (condition.kind) {
      case 'and': {
        const parts = condition.all.map((part) => this.#say(part, at))
        return parts.includes('false') ? 'false' : (gravity.find((reason) => parts.includes(reason)) ?? 'true')
      }
      case 'or': {
        const parts = condition.any.map((part) => this.#say(part, at))
        return parts.includes('true') ? 'true' : (gravity.find((reason) => parts.includes(reason)) ?? 'false')
      }
      case 'not': {
        const said = this.#say(condition.of, at)
        return said === 'true' ? 'false' : said === 'false' ? 'true' : said
      }
      case 'compare': {
        const sides = [this.#value(condition.left, at), this.#value(condition.right, at)]
        const unknown = gravity.find((reason) => sides.includes(reason))
        if (unknown !== undefined) return unknown
        const [a, b] = sides as [number, number]
        const holds = { '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b, '==': a === b, '!=': a !== b }[condition.operator]
        return holds ? 'true' : 'false'
      }
      case 'times': {
        const now = this.#say(condition.of, at)
        if (now === 'stale') return 'stale'
        const window = this.#past.get(condition.of)?.filter((step) => step.at > at - condition.withinNs && step.at > this.#from) ?? []
        const have = window.filter((step) => step.said === 'true').length
        const open = window.filter((step) => step.said !== 'true' && step.said !== 'false').map((step) => step.said)
        if (have >= condition.count) return 'true'
        return have + open.length >= condition.count ? (gravity.find((reason) => open.includes(reason)) as UnknownReason) : 'false'
      }
      case 'for':
        return this.#for(condition, at)
      case 'spans': {
        if (this.#stale(at)) return 'stale'
        if (this.#settling(at)) return 'settling'
        const found = this.#window(condition.selector, condition.withinNs, at).length
        if (found >= condition.count) return 'true'
        return found === 0 && !this.#anySince(Math.max(at - condition.withinNs, this.#from), at) ? 'empty' : 'false'
      }
      case 'absent': {
        if (this.#stale(at)) return 'stale'
        if (this.#settling(at)) return 'settling'
        const steps = this.#past.get(condition) ?? []
        const lastStale = steps.filter((step) => step.said === 'stale').at(-1)?.at ?? instant(0)
        const last = this.#spans.filter((span) => span.end < at && matches(condition.selector, span)).map((span) => span.end)
        return at - Math.max(lastStale, this.#from, ...last) >= condition.ns ? 'true' : 'false'
      }
      default:
        throw new Error(`no reference for ${condition.kind}`)
    }
  }

  #for(condition: Extract<ConditionIR, { kind: 'for' }>, at: number): Said {
    const now = this.#say(condition.of, at)
    const steps = this.#past.get(condition.of) ?? []
    const idle = (said: Said): boolean => said === 'empty' || said === 'few' || said === 'arithmetic'
    const broken = steps.filter((step) => step.said !== 'true' && !idle(step.said)).at(-1)?.at ?? Number.NEGATIVE_INFINITY
    const trues = steps.filter((step) => step.at > broken && step.said === 'true')
    const last = trues.at(-1)?.at ?? Number.NEGATIVE_INFINITY
    const began = Math.max((trues[0]?.at ?? Number.POSITIVE_INFINITY) - this.#rule.everyNs, this.#from)
    if (last > this.#from && last - began >= condition.ns && last > at - condition.ns) return 'true'
    if (now === 'true' || now === 'false') return 'false'
    if (idle(now) && at - Math.max(broken, instant(0), this.#from) < condition.ns) return 'false'
    return now
  }

  #window(selector: SelectorIR, length: number, at: number): readonly Span[] {
    return this.#spans.filter((span) => {
      if (span.end < at - length || span.end < this.#from || span.end >= at || !matches(selector, span)) return false
      return !this.#up || span.start >= this.#from
    })
  }

  #anySince(from: number, at: number): boolean {
    return this.#spans.some((span) => span.end >= from && span.end < at)
  }

  #value(value: ValueIR, at: number): number | UnknownReason {
    if (value.kind === 'constant') return value.value
    if (value.kind === 'span') return this.#aggregate(value, at)
    if (value.kind !== 'arithmetic') throw new Error(`no reference for ${value.kind}`)
    const operands = value.of.map((operand) => this.#value(operand, at))
    const unknown = gravity.find((reason) => operands.includes(reason))
    if (unknown !== undefined) return unknown
    const numbers = operands as number[]
    const result = numbers.reduce((a, b) => {
      switch (value.operator) {
        case '+':
          return a + b
        case '-':
          return a - b
        case '*':
          return a * b
        case '/':
          return a / b
        case 'min':
          return Math.min(a, b)
        default:
          return Math.max(a, b)
      }
    })
    return Number.isFinite(result) ? result : 'arithmetic'
  }

  #aggregate({ selector, stat, windowNs }: SpanValueIR, at: number): number | UnknownReason {
    if (this.#stale(at)) return 'stale'
    if (this.#settling(at)) return 'settling'
    const spans = this.#window(selector, windowNs, at)
    const n = spans.length
    const from = Math.max(at - windowNs, this.#from)
    if (stat.kind === 'count' || stat.kind === 'errors' || stat.kind === 'rate') {
      if (n === 0 && !this.#anySince(from, at)) return 'empty'
      if (stat.kind === 'count') return n
      if (stat.kind === 'errors') return spans.filter((span) => span.source.error).length
      if (this.#from > at - Math.min(windowNs, this.#rule.everyNs)) return 'settling'
      return n / ((at - from) / 1e9)
    }
    if (n === 0) return 'empty'
    if (n < this.#rule.atLeastSpans) return 'few'
    const sorted = spans.map((span) => span.duration).sort((a, b) => a - b)
    switch (stat.kind) {
      case 'errorRate':
        return spans.filter((span) => span.source.error).length / n
      case 'mean':
        return sorted.reduce((a, b) => a + b) / n
      case 'min':
        return sorted[0] as number
      case 'max':
        return sorted[n - 1] as number
      case 'quantile':
        return nearestRank(sorted, stat.q)
      case 'apdex': {
        const satisfied = sorted.filter((duration) => duration <= stat.thresholdNs).length
        const tolerated = sorted.filter((duration) => duration <= 4 * stat.thresholdNs).length
        return (satisfied + (tolerated - satisfied) / 2) / n
      }
      default:
        throw new Error(`no reference for ${stat.kind}`)
    }
  }
}

/** The smallest value that at least the share q of all values does not exceed; q in thousandths, in whole numbers. */
export function nearestRank(sorted: readonly number[], q: number): number {
  const thousandths = Math.round(q * 1000)
  for (let i = 0; i < sorted.length; i++) if ((i + 1) * 1000 >= thousandths * sorted.length) return sorted[i] as number
  return sorted.at(-1) as number
}

function matches(selector: SelectorIR, { source }: Span): boolean {
  if (selector.service !== '*' && selector.service !== (source.service ?? 'adservice')) return false
  if (selector.operation !== undefined && !operationMatcher(selector.operation)(source.operation ?? 'hipstershop.AdService/GetAds')) return false
  if (!selector.kinds.includes(source.kind ?? 2)) return false
  const { where } = selector
  if (where === undefined) return true
  if (where.kind !== 'compare' || where.field.kind !== 'intrinsic' || where.field.name !== 'duration' || where.operator !== '>') throw new Error('no reference')
  return Math.round(source.ms * 1e6) > Number(where.value)
}
