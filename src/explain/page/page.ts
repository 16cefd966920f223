/** A bundle as a page for whoever is on call: what is scaled, by which rules, within which limits, and what the reasons of holds mean. */
import type { Bundle, RuleIR, TargetIR } from '../../bundle/index.ts'
import { actionBrief } from '../actions.ts'
import type { ExplainOptions, RuleExplanation } from '../rule.ts'
import { explainAmong } from '../rule.ts'
import type { Surroundings } from '../surroundings.ts'
import { surroundingsOf } from '../surroundings.ts'
import { targetSentences } from '../target.ts'
import type { Hold } from './holds.ts'
import { commonHolds, holdsOf } from './holds.ts'

export interface PageTarget {
  readonly id: string
  readonly bounds: string
  readonly limits: readonly string[]
  readonly rules: readonly PageRule[]
  readonly holds: readonly Hold[]
}

export interface PageRule {
  readonly explanation: RuleExplanation
  /** In a few words: `adds 2 replicas`. */
  readonly brief: string
}

export interface Page {
  readonly title: string
  readonly digest: string
  readonly sources: Bundle['sources']
  readonly targets: readonly PageTarget[]
  readonly common: readonly Hold[]
}

export interface PageOptions extends ExplainOptions {
  readonly title?: string
}

export function pageOf(bundle: Bundle, options: PageOptions = {}): Page {
  const { digest, sources, targets, rules } = bundle
  const around = surroundingsOf(rules)
  const ofTarget = Map.groupBy(rules, ({ target }) => target)
  return {
    title: options.title ?? 'Scaling rules',
    digest,
    sources,
    targets: targets.map((target) => pageTarget(target, ofTarget.get(target.id) ?? [], around, options)),
    common: commonHolds,
  }
}

function pageTarget(target: TargetIR, rules: readonly RuleIR[], around: Surroundings, options: ExplainOptions): PageTarget {
  const { id, min, max, boundsImplied } = target
  return {
    id,
    bounds: `${min} to ${max}${boundsImplied ? ' (implied)' : ''}`,
    limits: targetSentences(target),
    rules: rules.map((rule) => ({ explanation: withoutTarget(explainAmong(rule, target, around, options)), brief: actionBrief(rule) })),
    holds: holdsOf(target, rules),
  }
}

/** The limits stand above all rules of the target. */
function withoutTarget(explanation: RuleExplanation): RuleExplanation {
  return { ...explanation, sections: explanation.sections.filter(({ id }) => id !== 'target' && id !== 'others') }
}

/** A name in a link to this page; `used` keeps them apart. */
export function anchorOf(kind: string, name: string, used: Set<string>): string {
  const slug = `${kind}-${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')}`
  let anchor = slug
  for (let n = 2; used.has(anchor); n++) anchor = `${slug}-${n}`
  used.add(anchor)
  return anchor
}
