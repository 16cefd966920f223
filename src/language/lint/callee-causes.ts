/**
 * Replicas added because an operation is slow that waits for others: `p99` of a span contains what its callees take, and more replicas of the
 * caller do not make a callee faster. What the operation itself adds to its traces is `own`.
 */
import { operationsMatching } from '../catalog-lookup.ts'
import { mirrored } from '../check/comparison.ts'
import { printName, printOperation } from '../check/print.ts'
import type { Rule, Selector } from '../check/program.ts'
import type { Diagnostic, Fix } from '../diagnostics.ts'
import { canonicalOperation, operationMatcher } from '../names.ts'
import type { Comparison, Condition, Expression, SpanExpression } from '../tree.ts'
import { inRule, type Lint, type Subject } from './context.ts'
import type { CatalogView } from './known.ts'
import { messages } from './messages.ts'
import { spansIn } from './walk.ts'

/** Callees that the message names. */
const mostNamed = 3

export const calleeCauses: Lint = (subject) => (subject.view === undefined ? [] : subject.program.rules.flatMap((rule) => ofRule(rule, subject)))

function ofRule(rule: Rule, { resolved, view }: Subject): readonly Diagnostic[] {
  if (view === undefined || !addsReplicas(rule)) return []
  return slownessOf(rule).flatMap((node) => {
    const selector = resolved.selectors.get(node.selector)
    if (selector === undefined || !scalesItself(rule, selector, view)) return []
    const callees = calleesOf(selector, view)
    if (callees.length === 0) return []
    const { start, end } = node.range
    const fix = ownInstead(node)
    const parameters = {
      value: rule.file.source.text.slice(start, end),
      callees: callees.slice(0, mostNamed),
      more: callees.length > mostNamed,
      target: rule.target,
    }
    return [inRule(rule, messages.calleeCauses, node.range, parameters, fix === undefined ? {} : { fix })]
  })
}

function addsReplicas({ action }: Rule): boolean {
  switch (action.kind) {
    case 'change':
      return action.amount > 0
    case 'set':
    case 'floor':
    case 'hold':
      return true
    case 'ceiling':
    case 'freeze':
      return false
  }
}

/** Whether the workload is the one that answers these spans, as far as the catalog knows its services. */
function scalesItself(rule: Rule, selector: Selector, { workload, services }: CatalogView): boolean {
  const known = workload(rule.target)?.services ?? []
  return known.length === 0 || services(selector.service).some(({ name }) => known.includes(name))
}

/** What a matched operation calls and waits for. A consumer works on while its producer answers. */
function calleesOf(selector: Selector, view: CatalogView): readonly string[] {
  const called = view.counted(selector).flatMap(({ operation }) => operation.calls ?? [])
  const names = called.filter((call) => !isConsumed(call, view)).map(spelt)
  return [...new Set(names)].sort()
}

function isConsumed(call: string, { catalog }: CatalogView): boolean {
  const { service, operation } = partsOf(call)
  const served = operationsMatching(catalog, '*', '*', ['internal', 'server', 'consumer']).filter(
    (match) => match.service === service && match.operation.name === operation,
  )
  return served.length > 0 && served.every((match) => match.operation.kind === 'consumer')
}

/** `ads/shop.Ads/GetAds` as a rule would write it: `ads/GetAds`. */
function spelt(call: string): string {
  const { service, operation } = partsOf(call)
  const canonical = canonicalOperation(operation)
  const method = canonical.slice(canonical.lastIndexOf('/') + 1)
  return `${printName(service)}/${printOperation(operationMatcher(method)(operation) ? method : canonical)}`
}

function partsOf(call: string): { readonly service: string; readonly operation: string } {
  const slash = call.indexOf('/')
  return { service: call.slice(0, slash), operation: call.slice(slash + 1) }
}

/** Spans of the rule that make it fire by being slow, and nothing beside them that asks who is. */
function slownessOf({ tree }: Rule): readonly SpanExpression[] {
  const held = tree.kind === 'rule' && tree.action?.kind === 'hold' ? spansIn(tree.action.value).map(({ node }) => node) : []
  const asked = tree.condition === undefined ? [] : slowSpans(tree.condition, true)
  const localised = tree.condition !== undefined && asksWho(tree.condition)
  return [...(localised ? [] : held.filter((node) => isSlowness(node, true))), ...asked]
}

/** `rising`: the condition helps the rule to fire when it is true, not when it is false. */
function slowSpans(condition: Condition, rising: boolean): readonly SpanExpression[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      if (condition.kind === 'and' && asksWho(condition)) return []
      return [...slowSpans(condition.left, rising), ...slowSpans(condition.right, rising)]
    case 'not':
      return slowSpans(condition.inner, !rising)
    case 'parenthesis':
    case 'times':
    case 'for':
      return slowSpans(condition.inner, rising)
    case 'compare':
      return [...compared(condition.left, condition.operator, rising), ...compared(condition.right, mirrored(condition.operator), rising)]
    default:
      return []
  }
}

function compared(side: Expression, operator: Comparison, rising: boolean): readonly SpanExpression[] {
  const above = (operator === '>' || operator === '>=') === rising
  if (operator === '==' || operator === '!=') return []
  return spansIn(side).flatMap(({ node }) => (isSlowness(node, above) ? [node] : []))
}

const durations: ReadonlySet<string> = new Set(['p50', 'p75', 'p90', 'p95', 'p99', 'p999', 'quantile', 'mean', 'min', 'max', 'duration', 'seen'])

/** A plain duration that is `above` something, or an apdex that is below. */
function isSlowness({ path }: SpanExpression, above: boolean): boolean {
  const [first, second] = path
  if (first === undefined) return false
  const plain = first.name.text === 'duration' || first.name.text === 'seen'
  const stat = plain && second !== undefined ? second : first
  return stat.name.text === 'apdex' ? !above : above && durations.has(stat.name.text)
}

const localising: ReadonlySet<string> = new Set(['self', 'gap', 'own', 'critical', 'blame'])

function asksWho(condition: Condition): boolean {
  switch (condition.kind) {
    case 'and':
      return asksWho(condition.left) || asksWho(condition.right)
    case 'or':
      return asksWho(condition.left) && asksWho(condition.right)
    case 'parenthesis':
    case 'times':
    case 'for':
      return asksWho(condition.inner)
    case 'compare':
      return [condition.left, condition.right].some((side) => spansIn(side).some(({ node }) => localising.has(node.path[0]?.name.text ?? '')))
    default:
      return false
  }
}

function ownInstead({ path: [first] }: SpanExpression): Fix | undefined {
  if (first === undefined) return undefined
  const { start, end } = first.name.range
  const named = first.name.text === 'duration' || first.name.text === 'seen'
  return { title: 'write .own', edits: [named ? { range: { start, end }, text: 'own' } : { range: { start, end: start }, text: 'own.' }] }
}
