/** What a rule costs at most, in words. */
import type { AssemblyCost, Cost, Rates, RuleIR } from '../bundle/index.ts'
import { assembledBytes, costOf, perAssembled, printBytes, printWork } from '../bundle/index.ts'
import type { Catalog } from '../language/index.ts'
import { printDuration, printRate, printSelector, rateOf } from '../language/index.ts'
import { list } from '../plan/index.ts'

/** Where rates come from; without both they are not known. */
export interface CostOptions {
  readonly catalog?: Catalog
  /** Spans a second by `service` or `service/operation`; goes before the catalog's. */
  readonly rates?: Readonly<Record<string, number>>
  /** Spans a second of the whole stream: no selector can count more, where the catalog does not say how many it counts. */
  readonly rate?: number
}

/** The rates that the catalog knows, capped and completed by that of the whole stream. */
export function ratesFrom({ rate, ...context }: CostOptions): Rates {
  return (selector) => {
    const known = rateOf(selector, context)
    return known === undefined || rate === undefined ? (known ?? rate) : Math.min(known, rate)
  }
}

/**
 * A bound on what the rules cost together: what spans cost is counted once for each selector, as its counters are shared; traces are put together once
 * for all; what steps cost, for each rule.
 */
export function costTogether(rules: readonly RuleIR[], rates: Rates): Pick<Cost, 'work' | 'memory'> {
  const ofSpans = new Map<string, { readonly work: number; readonly memory: number }>()
  let work = 0
  let memory = 0
  let assembly = { work: 0, memory: 0 }
  for (const rule of rules) {
    const idle = costOf(rule, () => 0)
    work += idle.work
    memory += idle.memory
    const full = costOf(rule, rates)
    if (full.assembly !== undefined && full.assembly.memory >= assembly.memory) assembly = full.assembly
    full.selectors.forEach((busy, i) => {
      const key = JSON.stringify(busy.selector)
      const known = ofSpans.get(key) ?? { work: 0, memory: 0 }
      const rest = idle.selectors[i] ?? busy
      ofSpans.set(key, { work: Math.max(known.work, busy.work - rest.work), memory: Math.max(known.memory, busy.memory - rest.memory) })
    })
  }
  for (const cost of ofSpans.values()) {
    work += cost.work
    memory += cost.memory
  }
  return { work: work + assembly.work, memory: memory + assembly.memory }
}

/** `at 20/s: at most 30 µs a second and 120 kB`; where no rate is known, without spans. */
export function costWords({ work, memory, selectors }: Cost): string {
  const known = selectors.every(({ rate }) => rate !== undefined)
  const total = selectors.reduce((sum, { rate }) => sum + (rate ?? 0), 0)
  const at = selectors.length === 0 ? '' : known ? `at ${printRate(Number(total.toPrecision(3)))}: ` : 'without a span: '
  return `${at}at most ${printWork(work)} of a processor and ${printBytes(memory)}`
}

/** `sharing` are the rules that read the same counters. */
export function costSentences(rule: RuleIR, sharing: readonly string[], options: CostOptions): readonly string[] {
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
    ...(cost.assembly === undefined ? [] : [`Beside that traces are put together, once for all rules that need them: ${assemblyWords(cost.assembly)}.`]),
    ...shared(sharing),
  ]
}

function assemblyWords({ rate, work, memory }: AssemblyCost): string {
  if (rate === undefined) return `at most ${perAssembled} µs a span of whatever service, and ${assembledBytes} B until its trace is decided`
  return `of ${printRate(Number(rate.toPrecision(3)))} in all at most ${printWork(work)} of a processor and ${printBytes(memory)}`
}

function shared(names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  const named = names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : list(names)
  return [`Its counters are shared with ${named}; together they cost less than the sum.`]
}
