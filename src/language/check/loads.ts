/** Loads of tests: the spans that a selector describes, one by one. */
import type { RatioLiteral, SelectorNode, TestStatement } from '../tree.ts'
import { messages } from './messages.ts'
import { printPredicate } from './print.ts'
import type { CheckedLoad, CheckedPredicate, LoadedSpan, Scalar, Selector } from './program.ts'
import { replaceWith, type Scope, say } from './scope.ts'
import { checkSelector, peerKind } from './selectors.ts'
import { printDuration, printRate, printRatio } from './units.ts'
import { constantOf, positiveDuration } from './values.ts'

type LoadNode = TestStatement & { readonly kind: 'load' }
export type Period = { readonly fromNs: number; readonly toNs: number }

/** `period` is that of the load, undefined after an error in it. */
export function checkLoad(node: LoadNode, period: Period | undefined, scope: Scope): CheckedLoad | undefined {
  const own = checkLoadSelector(node.selector, scope)
  const under = node.under === undefined ? [] : checkLoadSelector(node.under, scope)
  if (node.under !== undefined && under?.some(({ peer }) => peer !== undefined)) {
    say(scope, messages.peerAbove, node.under.range, { relation: 'under' })
    return undefined
  }
  const perSecond = constantOf(node.rate, scope, 'rate', 'the rate of a load')
  if (perSecond !== undefined && !(perSecond > 0)) {
    const parameters = { what: 'the rate of a load', given: printRate(perSecond), range: 'a rate above 0/s; leave the load out for none' }
    say(scope, messages.outOfRange, node.rate.range, parameters)
  }
  const takingNs = positiveDuration(node.taking, scope, 'the duration of a span', 'latency')
  const jitter = checkShare(node.jitter, 'a jitter', scope)
  const failing = checkShare(node.failing, 'a share of failures', scope)
  const [first, ...inner] = own ?? []
  if (first === undefined || under === undefined || perSecond === undefined || takingNs === undefined) return undefined
  if (jitter === undefined || failing === undefined || period === undefined) return undefined
  const callers = [...inner, ...under]
  if (!checkGaps([first, ...callers], node, scope)) return undefined
  const { direct: _, ...asWritten } = first
  const span = asWritten.peer === undefined ? asWritten : calling(asWritten, asWritten.peer, callers[0]?.service ?? lonelyCaller)
  return { kind: 'load', span, callers, perSecond, takingNs, jitter, failing, ...period }
}

/** With the peer that it is to have. */
type WrittenSpan = LoadedSpan & { readonly peer?: string }
type Caller = CheckedLoad['callers'][number] & WrittenSpan

/** Of the calls to a peer where the load names no caller. */
const lonelyCaller = 'caller'

/** What is known of a peer's spans are the calls of others. */
function calling({ peer: _, attributes, ...span }: WrittenSpan, peer: string, caller: string): LoadedSpan {
  return { ...span, service: caller, attributes: [{ attribute: { scope: 'span', name: 'service.peer.name' }, value: peer }, ...attributes] }
}

/** A gap is seen by a caller's client span, or begins with its producer span: of each span that asks for one, this is between it and the next. */
function checkGaps(spans: CheckedLoad['callers'], node: LoadNode, scope: Scope): boolean {
  const lone = spans.find(({ gapNs, spanKind }, i) => gapNs > 0 && ((spanKind !== serverKind && spanKind !== consumerKind) || (spans[i + 1]?.direct ?? true)))
  if (lone === undefined) return true
  const range = 'a gap of a server or consumer span that another calls: add `under span(…)`'
  say(scope, messages.outOfRange, node.selector.range, { what: 'the gap of a load', given: printDuration(lone.gapNs), range })
  return false
}

/** Of one that is not written: 0. */
function checkShare(node: RatioLiteral | undefined, what: string, scope: Scope): number | undefined {
  if (node === undefined) return 0
  if (node.value <= 1) return node.value
  say(scope, messages.outOfRange, node.range, { what, given: printRatio(node.value), range: 'a share up to 100%' }, replaceWith(node.range, '100%'))
  return undefined
}

/** The span that the selector describes and those that it stands under, the nearest first. */
function checkLoadSelector(node: SelectorNode, scope: Scope): readonly Caller[] | undefined {
  const selector = checkSelector(node, scope)
  if (selector === undefined) return undefined
  const spans: Caller[] = []
  let direct = false
  for (let [at, tree]: [Selector, SelectorNode] | [] = [selector, node]; at !== undefined && tree !== undefined; ) {
    const span = spanOf(at, tree, scope)
    if (span === undefined) return undefined
    spans.push({ ...span, direct })
    direct = at.ancestor?.relation === 'child of'
    ;[at, tree] = at.ancestor === undefined || tree.ancestor === undefined ? [] : [at.ancestor.selector, tree.ancestor.selector]
  }
  return spans
}

function spanOf(selector: Selector, node: SelectorNode, scope: Scope): WrittenSpan | undefined {
  const pattern = [node.service, node.operation].find((name) => name?.text.includes('*'))
  if (pattern !== undefined) {
    say(scope, messages.wildcardLoad, pattern.range, { pattern: pattern.text })
    return undefined
  }
  const made: Made = { attributes: [], status: undefined, gapNs: 0 }
  const odd = selector.where === undefined ? undefined : satisfy(selector.where, made)
  if (odd !== undefined) {
    const parameters = {
      what: 'a test of a load',
      given: `\`${printPredicate(odd)}\``,
      range: 'what each of its spans has: attributes and their values, and a gap, joined by `and`',
    }
    say(scope, messages.outOfRange, node.where?.range ?? node.range, parameters)
    return undefined
  }
  const { kinds, service, operation } = selector
  if (kinds.includes(peerKind)) return { service, operation, spanKind: clientKind, peer: service, ...made }
  const spanKind = kinds.includes(serverKind) ? serverKind : (kinds[0] ?? serverKind)
  return { service, operation, spanKind, ...made }
}

const serverKind = 2
const consumerKind = 5
const clientKind = 3

interface Made {
  readonly attributes: { readonly attribute: LoadedSpan['attributes'][number]['attribute']; readonly value: Scalar }[]
  status: number | undefined
  gapNs: number
}

/** Gives the span what the predicate asks for; returns the part that a load cannot see to. */
function satisfy(predicate: CheckedPredicate, made: Made): CheckedPredicate | undefined {
  switch (predicate.kind) {
    case 'and':
      for (const part of predicate.all) {
        const odd = satisfy(part, made)
        if (odd !== undefined) return odd
      }
      return undefined
    case 'or': {
      const [first] = predicate.any
      return first === undefined ? predicate : satisfy(first, made)
    }
    case 'not':
      return predicate
    case 'compare':
    case 'matches':
    case 'in':
    case 'has': {
      const value = valueFor(predicate)
      if (value === undefined) return predicate
      const { field } = predicate
      if (field.kind === 'attribute') made.attributes.push({ attribute: field.attribute, value })
      else if (field.name === 'status' && typeof value === 'number' && predicate.kind === 'compare' && predicate.operator === '==') made.status = value
      else if (field.name === 'gap' && typeof value === 'number' && value >= 0) made.gapNs = value
      else return predicate
      return undefined
    }
  }
}

/** A value that passes the test. */
function valueFor(test: Exclude<CheckedPredicate, { kind: 'and' | 'or' | 'not' }>): Scalar | undefined {
  switch (test.kind) {
    case 'has':
      return true
    case 'in':
      return test.values[0]
    case 'matches':
      return test.pattern.replaceAll('*', '')
    case 'compare': {
      const { operator, value } = test
      if (operator === '==' || operator === '<=' || operator === '>=') return value
      if (typeof value !== 'number' || operator === '!=') return undefined
      return operator === '>' ? value + 1 : value - 1
    }
  }
}
