/** Which rules, conditions and clauses the tests of a compilation have seen true, false and unknown. */
import type { StepResult } from '../engine/index.ts'
import type { Because, Truth } from '../evaluate/index.ts'
import type { CheckedCondition, FileTree, Rule, TextRange } from '../language/index.ts'
import type { Bench } from './bench.ts'
import { ClauseCounter, type ClauseCoverage } from './clauses.ts'

/** At how many steps; a step counts once for each test that takes it. */
export type Truths = Record<Truth, number>

export interface ConditionCoverage {
  readonly kind: Exclude<CheckedCondition['kind'], 'always'>
  /** Compares, or counts spans, by itself; the others join or count what is inside them. */
  readonly leaf: boolean
  readonly range: TextRange
  readonly truths: Truths
}

export interface RuleCoverage {
  readonly rule: string
  readonly file: FileTree
  readonly range: TextRange
  readonly truths: Truths
  /** The whole condition and its parts, in the order of the text. */
  readonly conditions: readonly ConditionCoverage[]
}

export interface Coverage {
  add(step: StepResult): void
  readonly rules: readonly RuleCoverage[]
  readonly clauses: readonly ClauseCoverage[]
}

export function nothingSeen(): Truths {
  return { true: 0, false: 0, unknown: 0 }
}

/** Seen true and seen false: what a test suite can be asked for. */
export function isCovered({ truths }: { readonly truths: Truths }): boolean {
  return truths.true > 0 && truths.false > 0
}

/** Whatever holds always can only be seen true. */
export function isRuleCovered(rule: RuleCoverage): boolean {
  return isCovered(rule) || (rule.conditions.length === 0 && rule.truths.true > 0)
}

interface Counted {
  readonly coverage: RuleCoverage
  /** One a node of the condition, parents before their parts; the evaluator's answer has the same shape. */
  readonly nodes: readonly Truths[]
}

export function createCoverage(bench: Bench): Coverage {
  const counted = new Map(bench.program.rules.map((rule) => [rule.name, countersOf(rule)]))
  const clauses = new ClauseCounter(bench.program)
  return {
    add(step) {
      for (const { rule, truth, because } of step.outcomes) {
        const counters = counted.get(rule)
        if (counters === undefined) continue
        counters.coverage.truths[truth]++
        count(because, counters.nodes, 0)
      }
      clauses.add(step)
    },
    rules: [...counted.values()].map(({ coverage }) => coverage),
    clauses: clauses.all,
  }
}

function countersOf({ name, file, tree, condition }: Rule): Counted {
  const nodes: Truths[] = []
  const conditions: ConditionCoverage[] = []
  const visit = (node: CheckedCondition): void => {
    const truths = nothingSeen()
    nodes.push(truths)
    if (node.kind === 'always') return
    conditions.push({ kind: node.kind, leaf: partsOf(node).length === 0, range: node.range, truths })
    partsOf(node).forEach(visit)
  }
  visit(condition)
  return { coverage: { rule: name, file, range: tree.range, truths: nothingSeen(), conditions }, nodes }
}

function partsOf(node: CheckedCondition): readonly CheckedCondition[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.of
    case 'not':
    case 'times':
    case 'for':
      return [node.of]
    default:
      return []
  }
}

/** Counts a node and its parts from `index` on; returns the index behind them. */
function count(because: Because, nodes: readonly Truths[], index: number): number {
  const truths = nodes[index]
  if (truths !== undefined) truths[because.truth]++
  return (because.of ?? []).reduce((next, part) => count(part, nodes, next), index + 1)
}
