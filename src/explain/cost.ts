/** What a rule costs at most, in words. */
import type { Cost, Rates, RuleIR } from '../bundle/index.ts'
import { costOf, printBytes, printWork } from '../bundle/index.ts'
import type { Catalog } from '../language/index.ts'
import { printDuration, printRate, printSelector, rateOf } from '../language/index.ts'
import { list } from '../plan/index.ts'
import { selectorsOf } from './conditions.ts'

/** Where rates come from; without both they are not known. */
export interface CostOptions {
  readonly catalog?: Catalog
  /** Spans a second of the whole stream: no selector can count more, where the catalog does not say how many it counts. */
  readonly rate?: number
}

/** The rates that the catalog knows, capped and completed by that of the whole stream. */
export function ratesFrom({ catalog, rate }: CostOptions): Rates {
  return (selector) => {
    const known = rateOf(selector, catalog === undefined ? {} : { catalog })
    return known === undefined || rate === undefined ? (known ?? rate) : Math.min(known, rate)
  }
}

/** `at 20/s: at most 30 µs a second and 120 kB`; where no rate is known, without spans. */
export function costWords({ work, memory, selectors }: Cost): string {
  const known = selectors.every(({ rate }) => rate !== undefined)
  const total = selectors.reduce((sum, { rate }) => sum + (rate ?? 0), 0)
  const at = selectors.length === 0 ? '' : known ? `at ${printRate(Number(total.toPrecision(3)))}: ` : 'without a span: '
  return `${at}at most ${printWork(work)} of a processor and ${printBytes(memory)}`
}

export function costSentences(rule: RuleIR, others: readonly RuleIR[], options: CostOptions): readonly string[] {
  const cost = costOf(rule, ratesFrom(options))
  const unknown = cost.selectors.filter(({ rate }) => rate === undefined)
  const of = cost.selectors
    .filter(({ remembersNs }) => remembersNs > 0)
    .map(({ selector, remembersNs, memory }) => `${printSelector(selector)}: ${printBytes(memory)}, kept for ${printDuration(remembersNs)}`)
  const words = costWords(cost)
  return [
    `${words.charAt(0).toUpperCase()}${words.slice(1)}.`,
    ...(of.length > 1 ? of.map((line) => `Of that ${line}.`) : []),
    ...(unknown.length > 0 ? ['How many spans it counts is not known: a catalog knows, or --rate says how many there are in all.'] : []),
    ...sharing(rule, others),
  ]
}

/** Rules that read the same counters. */
function sharing(rule: RuleIR, others: readonly RuleIR[]): readonly string[] {
  const own = new Set(selectorsOf(rule).map((selector) => JSON.stringify(selector)))
  const names = others
    .filter((other) => other.name !== rule.name && selectorsOf(other).some((selector) => own.has(JSON.stringify(selector))))
    .map(({ name }) => name)
  if (names.length === 0) return []
  const named = names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : list(names)
  return [`Its counters are shared with ${named}; together they cost less than the sum.`]
}
