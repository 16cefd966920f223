/**
 * Quantiles of too few spans, at the rate that the catalog knows: with fewer than 1/(1 − q) spans a quantile is just the longest of them; with fewer
 * than `at least N spans` it is unknown; and of traces of which some are dropped, what is kept counts.
 */
import { printValue } from '../check/print.ts'
import type { CheckedPredicate, Rule, Selector } from '../check/program.ts'
import type { SpanValue } from '../check/resolved.ts'
import { peerKind } from '../check/selectors.ts'
import { plain, printDuration, printRatio } from '../check/units.ts'
import type { Diagnostic, Fix } from '../diagnostics.ts'
import { inRule, type Lint, type Subject } from './context.ts'
import { rateOf } from './known.ts'
import { countsSpans } from './logic/signals.ts'
import { messages } from './messages.ts'
import { type PlacedSpan, spanExpressionsOf } from './walk.ts'

/** A window that is longer is not what anybody wants to hear. */
const longestAdvice = 3600e9

export const fewSpans: Lint = (subject) =>
  subject.program.rules.flatMap((rule) =>
    spanExpressionsOf(rule).flatMap((placed) => {
      const value = subject.resolved.spans.get(placed.node)
      return value === undefined || countsSpans(value.stat) ? [] : (verdict(rule, placed, value, subject) ?? [])
    }),
  )

function verdict(rule: Rule, placed: PlacedSpan, value: SpanValue, { context, view }: Subject): Diagnostic | undefined {
  const rate = rateOf(value.selector, { ...context, view })
  if (rate === undefined || rate === 0) return undefined
  const { everyNs, atLeastSpans } = rule
  const spans = (rate * value.windowNs) / 1e9
  const text = printValue(value, everyNs)
  const needed = value.stat.kind === 'quantile' ? spansFor(value.stat.q) : 1
  const wider = (count: number): number => Math.ceil((count / rate) * (1e9 / everyNs) - 1e-9) * everyNs
  const common = { value: text, spans: some(spans), window: printDuration(value.windowNs) }
  // Twice as many as are expected come often enough.
  if (atLeastSpans > 2 * spans) {
    const ns = wider(atLeastSpans)
    return inRule(rule, messages.rarelyKnown, placed.node.range, { ...common, atLeast: atLeastSpans, wider: printDuration(ns) }, fixed(widening(placed, ns)))
  }
  if (atLeastSpans >= needed) return undefined
  if (spans < needed) {
    const ns = wider(needed)
    const fix = 2 * spans >= needed ? patience(rule, needed) : widening(placed, ns)
    return inRule(rule, messages.fewSpans, placed.node.range, { ...common, needed, wider: printDuration(ns) }, fixed(fix))
  }
  const share = context.sampled ?? 1
  if (share <= 0 || spans * share >= needed || !needsTraces(value)) return undefined
  const ns = wider(needed / share)
  const parameters = { ...common, spans: some(spans * share), share: printRatio(share), needed, wider: printDuration(ns) }
  return inRule(rule, messages.sampledQuantile, placed.node.range, parameters, fixed(widening(placed, ns)))
}

/** With fewer spans the rank ⌈q·n⌉ is n. */
function spansFor(q: number): number {
  return Math.ceil(1 / (1 - q) - 1e-9)
}

function some(spans: number): string {
  return plain(spans < 10 ? Number(spans.toPrecision(1)) : Math.round(spans))
}

function fixed(fix: Fix | undefined): { readonly fix?: Fix } {
  return fix === undefined ? {} : { fix }
}

function widening({ node, window }: PlacedSpan, ns: number): Fix | undefined {
  if (ns > longestAdvice) return undefined
  const text = printDuration(ns)
  const end = node.range.end
  const edit = window === undefined ? { range: { start: end, end }, text: ` over ${text}` } : { range: window.range, text }
  return { title: `write over ${text}`, edits: [edit] }
}

function patience({ tree }: Rule, count: number): Fix {
  const clause = tree.clauses.find((candidate) => candidate.kind === 'atLeastSpans')
  const { end } = tree.range
  const edit = clause === undefined ? { range: { start: end, end }, text: ` at least ${count} spans` } : { range: clause.count.range, text: String(count) }
  return { title: `write at least ${count} spans`, edits: [edit] }
}

/** Values that assembled traces give, which the sampler thins out. */
function needsTraces({ field, selector }: SpanValue): boolean {
  return field !== 'duration' || selectsTraced(selector)
}

function selectsTraced({ kinds, where, ancestor }: Selector): boolean {
  return kinds.includes(peerKind) || ancestor !== undefined || (where !== undefined && testsTraced(where))
}

const traced: readonly string[] = ['self', 'seen', 'gap', 'own', 'depth']

function testsTraced(test: CheckedPredicate): boolean {
  switch (test.kind) {
    case 'and':
      return test.all.some(testsTraced)
    case 'or':
      return test.any.some(testsTraced)
    case 'not':
      return testsTraced(test.of)
    default:
      return test.field.kind === 'intrinsic' && traced.includes(test.field.name)
  }
}
