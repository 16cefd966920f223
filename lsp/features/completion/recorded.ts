/** Round values near what the catalog has recorded, to compare with: 400ms just above a p99 of 380ms. */
import { type Comparison, printQuantity, type QuantityType, type Value } from '../../../src/language/index.ts'
import type { Request } from './request.ts'

export interface RecordedValue {
  /** A literal of the language. */
  readonly text: string
  /** Where it lies: `just above p99 of 380ms`. */
  readonly detail: string
}

/** Leading digits of values that people like. */
const mantissas = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]

/** The least round value above. */
export function roundAbove(value: number): number {
  return roundValues(value).find((round) => round > value * (1 + 1e-9)) ?? value
}

/** The greatest round value below. */
export function roundBelow(value: number): number {
  return roundValues(value).findLast((round) => round < value * (1 - 1e-9)) ?? value
}

/** The round values around it, in their order. */
function roundValues(value: number): readonly number[] {
  const power = Math.floor(Math.log10(value))
  // A negative power as a divisor: 10 ** -3 is no exact number, and 1.2 times it is less so.
  const at = (exponent: number): readonly number[] => mantissas.map((digits) => (exponent < 0 ? digits / 10 ** -exponent : digits * 10 ** exponent))
  return [...at(power - 1), ...at(power), ...at(power + 1)]
}

/** A value that is known, and its name. */
interface Anchor {
  readonly name: string
  readonly value: number
}

/** What to compare the value with; none where nothing is recorded of it. The most fitting first. */
export function recordedValues(request: Request, value: Value, operator: Comparison): readonly RecordedValue[] {
  const anchors = anchorsOf(request, value).filter(({ value: recorded }) => recorded > 0)
  const up = operator === '>' || operator === '>='
  const down = operator === '<' || operator === '<='
  const found: RecordedValue[] = []
  const add = (number: number, how: string, { name, value: recorded }: Anchor): void => {
    const text = printQuantity(number, value.type)
    if (inRange(number, value.type) && !found.some((other) => other.text === text))
      found.push({ text, detail: `${how} ${name} of ${printed(recorded, value.type)}` })
  }
  for (const anchor of anchors) {
    const { above, below } = around(anchor.value, value.type)
    if (!down) add(above, 'just above', anchor)
    if (!up) add(below, 'just below', anchor)
  }
  const [main] = anchors
  if (main === undefined) return found
  if (up) add(around(2 * main.value, value.type).above, 'twice', main)
  if (down) add(around(main.value / 2, value.type).below, 'half', main)
  return found
}

/** What is counted is whole. */
function around(value: number, type: QuantityType): { readonly above: number; readonly below: number } {
  if (type !== 'number' || value >= 20) return { above: roundAbove(value), below: roundBelow(value) }
  return { above: Math.floor(value) + 1, below: Math.ceil(value) - 1 }
}

function printed(value: number, type: QuantityType): string {
  return printQuantity(Number(value.toPrecision(3)), type)
}

function inRange(value: number, type: QuantityType): boolean {
  return type !== 'ratio' || value < 1
}

function anchorsOf(request: Request, value: Value): readonly Anchor[] {
  const { known } = request
  if (value.kind === 'replicas' || value.kind === 'ready') {
    const replicas = request.catalog?.workloads.find(({ id }) => id === value.target)?.replicas
    return replicas === undefined ? [] : [{ name: 'the replicas', value: replicas }]
  }
  if (value.kind !== 'span' || known === undefined) return []
  const matches = known.counted(value.selector).map(({ operation }) => operation)
  const most = (of: (operation: (typeof matches)[number]) => number | undefined): number | undefined => {
    const numbers = matches.map(of).filter((number) => number !== undefined)
    return numbers.length === 0 ? undefined : Math.max(...numbers)
  }
  const named = (name: string, number: number | undefined): readonly Anchor[] => (number === undefined ? [] : [{ name, value: number }])
  const { stat } = value
  const rates = matches.map(({ rate }) => rate)
  const rate = rates.length === 0 || rates.includes(undefined) ? undefined : rates.reduce<number>((sum, each) => sum + (each ?? 0), 0)
  switch (stat.kind) {
    case 'rate':
      return named('the rate', rate)
    case 'count':
      return named('the count', rate === undefined ? undefined : (rate * value.windowNs) / 1e9)
    case 'errorRate':
      return named(
        'the error rate',
        most(({ errorRate }) => errorRate),
      )
    case 'errors':
    case 'apdex':
    case 'blame':
    case 'anomalies':
      return []
    default: {
      const quantiles = { p50: most(({ p50 }) => p50), p95: most(({ p95 }) => p95), p99: most(({ p99 }) => p99), max: most(({ max }) => max) }
      // Parts of a duration are at most as long; a gap is no part of it.
      if (value.field === 'gap' || value.field === 'seen') return []
      return orderOf(stat).flatMap((name) => named(name === 'max' ? 'the longest' : name, quantiles[name]))
    }
  }
}

/** Which recorded quantiles are near a statistic, the nearest first. */
function orderOf(stat: { readonly kind: string; readonly q?: number }): readonly ('p50' | 'p95' | 'p99' | 'max')[] {
  if (stat.kind === 'max' || (stat.q ?? 0) > 0.99) return ['max', 'p99']
  if (stat.q === undefined || stat.q <= 0.5) return ['p50', 'p95', 'p99']
  return stat.q >= 0.97 ? ['p99', 'p95', 'max'] : ['p95', 'p99', 'p50']
}
