/** A rule, explained: what it counts, when it fires, when it does not, and what it costs. */
import type { Bundle, RuleIR, SourceRef, TargetIR, ValueIR } from '../bundle/index.ts'
import { costOf, isTraced, needsTraces, ruleWords } from '../bundle/index.ts'
import type { Catalog } from '../language/index.ts'
import { printDuration, printValue } from '../language/index.ts'
import { actionBrief, actionClause } from './actions.ts'
import { conditionClause, nodesOf, selectorsOf, valuesOf } from './conditions.ts'
import type { CostOptions } from './cost.ts'
import { costSentences, ratesFrom } from './cost.ts'
import type { Reaction } from './reaction.ts'
import { reactionOf, reactionSentences } from './reaction.ts'
import { selectorFacts, selectorWords } from './selectors.ts'
import type { EngineSettings } from './settings.ts'
import { defaultSettings } from './settings.ts'
import { epochSentences, stateSentences } from './state.ts'
import type { Surroundings } from './surroundings.ts'
import { surroundingsOf } from './surroundings.ts'
import { targetSentences } from './target.ts'
import { unknownSentences } from './unknown.ts'
import type { Provenance } from './values.ts'
import { measuredIn, provenanceOf } from './values.ts'

export interface ExplainOptions extends CostOptions {
  readonly settings?: EngineSettings
}

export type SectionId = 'counted' | 'values' | 'steps' | 'unknown' | 'reaction' | 'target' | 'others' | 'epoch' | 'state' | 'cost'

/** Sentences of plain text under a heading. */
export interface Section {
  readonly id: SectionId
  readonly title: string
  readonly lines: readonly string[]
}

export interface ExplainedValue {
  /** As the language writes it. */
  readonly text: string
  readonly provenance: Provenance
  /** Length of its window; absent where it has none. */
  readonly windowNs?: number
  /** Decided by counters, whatever the number of spans: no sketch has a part in it. */
  readonly exact: boolean
  /** Of a sample of traces the number that was kept, whatever their weights. */
  readonly asKept?: true
}

/** Of one rule; plain JSON. */
export interface RuleExplanation {
  readonly rule: string
  readonly target: string
  readonly doc?: string
  readonly source: SourceRef
  /** In the language's own words, constants and defaults filled in. */
  readonly written: string
  /** In plain words: what happens when. */
  readonly summary: readonly string[]
  readonly sections: readonly Section[]
  readonly values: readonly ExplainedValue[]
  /** Bounds: microseconds of a processor a second, and bytes; of `known` spans, or as if there were none. */
  readonly cost: { readonly work: number; readonly memory: number; readonly known: boolean }
  /** Absent where the rule waits for no span. */
  readonly reaction?: Reaction
}

export function explainRule(rule: RuleIR, target: TargetIR, bundle: Pick<Bundle, 'rules'>, options: ExplainOptions = {}): RuleExplanation {
  return explainAmong(rule, target, surroundingsOf(bundle.rules), options)
}

/** The same where many rules are explained. */
export function explainAmong(rule: RuleIR, target: TargetIR, around: Surroundings, options: ExplainOptions): RuleExplanation {
  const settings = options.settings ?? defaultSettings
  const reaction = reactionOf(rule, target, settings)
  const values = explainedValues(rule)
  const { catalog } = options
  const cost = costOf(rule, ratesFrom(options))
  const section = (id: SectionId, title: string, lines: readonly string[]): readonly Section[] => (lines.length === 0 ? [] : [{ id, title, lines }])
  return {
    rule: rule.name,
    target: rule.target,
    ...(rule.doc === undefined ? {} : { doc: rule.doc }),
    source: rule.source,
    written: ruleWords(rule),
    summary: summaryOf(rule, target),
    sections: [
      ...section('counted', 'What it counts', countedSentences(rule, catalog)),
      ...section('values', 'Where its values come from', values.map(valueSentence)),
      ...section('steps', 'When it is looked at', stepSentences(rule, values, settings)),
      ...section('unknown', 'When it is unknown', unknownSentences(rule, target, settings)),
      ...section('reaction', 'How soon it can answer', reactionSentences(rule, reaction, settings)),
      ...section('target', `Limits of ${target.id}`, targetSentences(target)),
      ...section('others', 'Other rules of this target', otherSentences(around.ofTarget(rule))),
      ...section('epoch', 'After an action', epochSentences(rule, target.settleNs)),
      ...section('state', 'What it remembers', stateSentences(rule)),
      ...section('cost', 'What it costs', costSentences(rule, around.sharing(rule), options)),
    ],
    values,
    cost: { work: cost.work, memory: cost.memory, known: cost.selectors.every(({ rate }) => rate !== undefined) },
    ...(reaction === undefined ? {} : { reaction }),
  }
}

/** `When …, add 2 replicas to …`, and what else its clauses say. */
export function summaryOf(rule: RuleIR, target: TargetIR): readonly string[] {
  const { condition, action, cooldownNs, observe, priority } = rule
  const what = actionClause(rule, target)
  const clause = conditionClause(condition, rule.everyNs)
  const when = condition.kind === 'always' ? capital(what) : `${condition.kind === 'during' ? 'While' : 'When'} ${clause}, ${what}`
  return [
    `${when}.`,
    ...(action.kind === 'hold' ? ['A value within 10% of that is left alone.'] : []),
    ...(cooldownNs > 0 ? [`After it has acted, this rule stays silent for ${printDuration(cooldownNs)}.`] : []),
    ...(priority === 0 ? [] : [`Its priority is ${priority}: rules of the target with a lower one are set aside while it asks for a change.`]),
    ...(observe ? ['It only observes: what it would do is logged, and never done.'] : []),
  ]
}

function countedSentences(rule: RuleIR, catalog: Catalog | undefined): readonly string[] {
  const selectors = selectorsOf(rule)
  if (selectors.length === 1) return selectors.flatMap((selector) => selectorFacts(selector, catalog))
  return selectors.flatMap((selector) => {
    const [first, ...rest] = selectorFacts(selector, catalog)
    return [`${selectorWords(selector)}: ${first}`, ...rest]
  })
}

/** What its comparisons and its action measure, each once. */
function explainedValues(rule: RuleIR): readonly ExplainedValue[] {
  const nodes = nodesOf(rule.condition)
  const exact = new Set(nodes.flatMap((node) => (node.kind === 'compare' ? exactIn(node.left, node.right) : [])))
  const found = new Map<string, ExplainedValue>()
  for (const value of valuesOf(rule).flatMap(measuredIn)) {
    const text = printValue(value, rule.everyNs)
    const window = value.kind === 'span' ? { windowNs: value.windowNs } : {}
    // What is also read as a number somewhere else is no longer decided by counters alone.
    const isExact = exact.has(value) && found.get(text)?.exact !== false
    const asKept = value.kind === 'span' && value.stat.kind === 'anomalies' ? { asKept: true as const } : {}
    found.set(text, { text, provenance: provenanceOf(value), ...window, exact: isExact, ...asKept })
  }
  for (const node of nodes)
    if (node.kind === 'spans' || node.kind === 'absent') {
      const provenance: Provenance = needsTraces(node.selector) ? 'traced' : 'stream'
      found.set(node.text, { text: node.text, provenance, windowNs: node.kind === 'spans' ? node.withinNs : node.ns, exact: provenance === 'stream' })
    }
  return [...found.values()]
}

/** A quantile of the stream against a constant. */
function exactIn(left: ValueIR, right: ValueIR): readonly ValueIR[] {
  return [[left, right] as const, [right, left] as const].flatMap(([value, other]) =>
    value.kind === 'span' && value.stat.kind === 'quantile' && !isTraced(value) && other.kind === 'constant' ? [value] : [],
  )
}

function valueSentence({ text, provenance, exact, windowNs, asKept }: ExplainedValue): string {
  const window = windowNs === undefined ? '' : `, over ${printDuration(windowNs)}`
  const from = asKept === true ? 'traced, as many as the sampler marked among the traces that it kept' : provenanceWords(provenance)
  return `${text}: ${from}${window}.${exact ? ' Decided by exact counters, no estimate.' : ''}`
}

/** Where values of this provenance come from, without a full stop. */
export function provenanceWords(provenance: Provenance): string {
  switch (provenance) {
    case 'stream':
      return 'stream, from every span received, before any sampling'
    case 'traced':
      return 'traced, from assembled traces (all of them, or the kept ones weighted by 1/p)'
    case 'world':
      return 'from the orchestrator'
    case 'metric':
      return 'a platform metric, polled'
    case 'constant':
      return 'written in the rule'
    default:
      return provenance satisfies never
  }
}

function stepSentences({ everyNs }: RuleIR, values: readonly ExplainedValue[], settings: EngineSettings): readonly string[] {
  const every = printDuration(everyNs)
  const traced = values.some(({ provenance }) => provenance === 'traced')
  return [
    `Every ${every}, at whole multiples of ${every}; a span belongs to the step in which it ended${traced ? ', a traced one to the step in which its trace was decided' : ''}.`,
    ...(traced
      ? [
          `A trace is decided ${printDuration(settings.traceIdleNs)} after its last span ended, at the latest ${printDuration(settings.traceMaxAgeNs)} after its first: traced values come that much later.`,
        ]
      : []),
    `A step is judged ${printDuration(settings.latenessNs)} after its end, when its last spans have arrived.`,
  ]
}

function otherSentences(others: readonly RuleIR[]): readonly string[] {
  if (others.length === 0) return []
  const lines = others.map((other) => {
    const priority = other.priority === 0 ? '' : `, priority ${other.priority}`
    return `${other.name} ${actionBrief(other)}${priority}${other.observe ? ', only observes' : ''}.`
  })
  return [...lines, 'Where they ask for different numbers at one step the largest capacity wins, and up beats down.']
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
