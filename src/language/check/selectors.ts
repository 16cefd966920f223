/** Selectors, and the predicates on one span behind `where`. */

import { quote } from '../syntax/build/literals.ts'
import { nearest } from '../syntax/nearest.ts'
import type { Comparison, Literal, Name, Predicate, SelectorNode, TextRange } from '../tree.ts'
import { messages } from './messages.ts'
import { defaultKinds } from './print.ts'
import { type CheckedPredicate, type Field, type Intrinsic, intrinsics, type Scalar, type Selector, type Type } from './program.ts'
import { lookUp, replaceWith, respell, type Scope, type StaticValue, say } from './scope.ts'
import { plain } from './units.ts'
import { literalValue, sayMismatch, valueOfLet } from './values.ts'

type ComparedValue = (Predicate & { kind: 'compare' })['value']

/** Not one of OTLP's kinds: CLIENT and PRODUCER spans that nobody answered, as spans of whom they called. */
export const peerKind = 6
export const kindCodes: Readonly<Record<string, number>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5, peer: peerKind }
export const statusCodes: Readonly<Record<string, number>> = { unset: 0, ok: 1, error: 2 }
const everyKind: readonly number[] = [1, 2, 3, 4, 5]

/** A selector, or undefined after an error in it or in an ancestor. */
export function checkSelector(node: SelectorNode, scope: Scope): Selector | undefined {
  const conjuncts = node.where === undefined ? [] : conjunctsOf(node.where)
  const checked = conjuncts.map((predicate) => checkPredicate(predicate, scope))
  const ancestor = node.ancestor === undefined ? undefined : checkSelector(node.ancestor.selector, scope)
  const tests = checked.filter((predicate) => predicate !== undefined)
  if (tests.length < checked.length || (node.ancestor !== undefined && ancestor === undefined)) return undefined
  const misplaced = conjuncts.find((_, i) => namesPeer(tests[i] as CheckedPredicate) && !asksForPeer(tests[i] as CheckedPredicate))
  if (misplaced !== undefined) {
    say(scope, messages.peerAlone, misplaced.range, {})
    return undefined
  }
  if (node.ancestor !== undefined && ancestor?.kinds.includes(peerKind)) {
    say(scope, messages.peerAbove, node.ancestor.selector.range, { relation: node.ancestor.relation })
    return undefined
  }
  const { kinds, where } = split(tests, node.operation !== undefined, scope.isPeer(node.service.text))
  if (kinds[0] === peerKind && !tests.some(asksForPeer)) scope.resolved.peers.add(node.service.text)
  if (kinds.length === 0 && node.where !== undefined) {
    say(scope, messages.noKind, node.where.range, {})
    return undefined
  }
  const selector = {
    service: node.service.text,
    ...(node.operation === undefined ? {} : { operation: node.operation.text }),
    kinds,
    ...(where === undefined ? {} : { where }),
    ...(node.ancestor === undefined || ancestor === undefined ? {} : { ancestor: { relation: node.ancestor.relation, selector: ancestor } }),
  }
  scope.resolved.selectors.set(node, selector)
  return selector
}

/** The selector with one more test. */
export function withTest(selector: Selector, test: CheckedPredicate): Selector {
  const { where, ...rest } = selector
  return { ...rest, where: where === undefined ? test : { kind: 'and', all: where.kind === 'and' ? [...where.all, test] : [where, test] } }
}

/** Tests of `kind` that all spans must pass go into `kinds`; one that is deeper in `where` lets every kind through. */
function split(tests: readonly CheckedPredicate[], hasOperation: boolean, isPeer: boolean): Pick<Selector, 'kinds' | 'where'> {
  let kinds: readonly number[] | undefined
  const rest: CheckedPredicate[] = []
  for (const test of tests) {
    const allowed = kindsOf(test)
    if (allowed !== undefined) kinds = kinds === undefined ? allowed : kinds.filter((kind) => allowed.includes(kind))
    else {
      rest.push(test)
      if (testsKind(test)) kinds ??= everyKind
    }
  }
  const [only] = rest
  return {
    kinds: kinds ?? (isPeer ? [peerKind] : defaultKinds(hasOperation)),
    ...(only === undefined ? {} : { where: rest.length === 1 ? only : { kind: 'and', all: rest } }),
  }
}

function kindsOf(test: CheckedPredicate): readonly number[] | undefined {
  if ((test.kind !== 'compare' && test.kind !== 'in') || test.field.kind !== 'intrinsic' || test.field.name !== 'kind') return undefined
  if (asksForPeer(test)) return [peerKind]
  if (test.kind === 'in') return everyKind.filter((kind) => test.values.includes(kind))
  return everyKind.filter((kind) => (test.operator === '==' ? kind === test.value : kind !== test.value))
}

function asksForPeer(test: CheckedPredicate): boolean {
  return test.kind === 'compare' && test.operator === '==' && isKindOfPeer(test)
}

function isKindOfPeer(test: CheckedPredicate & { readonly kind: 'compare' }): boolean {
  return test.field.kind === 'intrinsic' && test.field.name === 'kind' && test.value === peerKind
}

function namesPeer(test: CheckedPredicate): boolean {
  switch (test.kind) {
    case 'and':
      return test.all.some(namesPeer)
    case 'or':
      return test.any.some(namesPeer)
    case 'not':
      return namesPeer(test.of)
    case 'compare':
      return isKindOfPeer(test)
    case 'in':
      return test.field.kind === 'intrinsic' && test.field.name === 'kind' && test.values.includes(peerKind)
    default:
      return false
  }
}

function testsKind(test: CheckedPredicate): boolean {
  switch (test.kind) {
    case 'and':
      return test.all.some(testsKind)
    case 'or':
      return test.any.some(testsKind)
    case 'not':
      return testsKind(test.of)
    default:
      return test.field.kind === 'intrinsic' && test.field.name === 'kind'
  }
}

function conjunctsOf(node: Predicate): readonly Predicate[] {
  if (node.kind === 'parenthesis') return conjunctsOf(node.inner)
  return node.kind === 'and' ? [...conjunctsOf(node.left), ...conjunctsOf(node.right)] : [node]
}

function disjunctsOf(node: Predicate): readonly Predicate[] {
  if (node.kind === 'parenthesis') return disjunctsOf(node.inner)
  return node.kind === 'or' ? [...disjunctsOf(node.left), ...disjunctsOf(node.right)] : [node]
}

function checkPredicate(node: Predicate, scope: Scope): CheckedPredicate | undefined {
  const predicate = predicateOf(node, scope)
  if (predicate !== undefined) scope.resolved.predicates.set(node, predicate)
  return predicate
}

function predicateOf(node: Predicate, scope: Scope): CheckedPredicate | undefined {
  switch (node.kind) {
    case 'parenthesis':
      return checkPredicate(node.inner, scope)
    case 'and':
    case 'or': {
      const nodes = node.kind === 'and' ? conjunctsOf(node) : disjunctsOf(node)
      const parts = nodes.map((part) => checkPredicate(part, scope))
      const known = parts.filter((part) => part !== undefined)
      if (known.length < parts.length) return undefined
      return node.kind === 'and' ? { kind: 'and', all: known } : { kind: 'or', any: known }
    }
    case 'not': {
      const of = checkPredicate(node.inner, scope)
      return of === undefined ? undefined : { kind: 'not', of }
    }
    case 'compare':
      return checkFieldTest(node.field, node.operator, node.operatorRange, node.value, scope)
    case 'matches': {
      const field = fieldNamed(node.field, scope)
      const type = typeOfField(field)
      if (type === undefined || type === 'text') return { kind: 'matches', field, pattern: node.pattern.value }
      say(scope, messages.patternOfText, node.range, { field: node.field.text, type: type === 'word' ? 'number' : type })
      return undefined
    }
    case 'in': {
      const field = fieldNamed(node.field, scope)
      const values = node.values.map((value) => comparand(node.field, field, value, scope))
      const known = values.filter((value) => value !== undefined)
      return known.length < values.length ? undefined : { kind: 'in', field, values: known }
    }
    case 'has':
      return { kind: 'has', field: fieldNamed(node.field, scope) }
  }
}

/** `field operator value` of one span, in `where` or behind `span(…)`. */
export function checkFieldTest(
  name: Name,
  operator: Comparison,
  operatorRange: TextRange,
  valueNode: ComparedValue,
  scope: Scope,
): CheckedPredicate | undefined {
  const field = fieldNamed(name, scope)
  const value = comparand(name, field, valueNode, scope)
  if (value === undefined) return undefined
  const ordered = operator !== '==' && operator !== '!='
  const type = typeOfField(field)
  if (ordered && (type === 'word' || typeof value !== 'number')) {
    const given = type === 'word' ? `a ${name.text}` : typeof value === 'string' ? 'a text' : 'a truth value'
    const number = valueNode.kind === 'text' && type === undefined && /^\d+(?:\.\d+)?$/.test(valueNode.value) ? valueNode.value : undefined
    const mended = number === undefined ? {} : { help: 'write the number without quotes', ...replaceWith(valueNode.range, number) }
    say(scope, messages.unordered, operatorRange, { operator, field: name.text, given }, { label: `${given} has no order`, ...mended })
    return undefined
  }
  return { kind: 'compare', field, operator, value }
}

function fieldNamed(name: Name, scope: Scope): Field {
  const text = name.text
  if (!name.quoted && isIntrinsic(text)) return { kind: 'intrinsic', name: text }
  if (text.startsWith('resource.') && text.length > 'resource.'.length)
    return { kind: 'attribute', attribute: { scope: 'resource', name: text.slice('resource.'.length) } }
  if (!name.quoted && !text.includes('.')) {
    const suggestion = nearest(text, intrinsics)
    if (suggestion !== undefined) say(scope, messages.likeIntrinsic, name.range, { name: text, suggestion }, replaceWith(name.range, suggestion))
  }
  return { kind: 'attribute', attribute: { scope: 'span', name: text } }
}

function isIntrinsic(text: string): text is Intrinsic {
  return (intrinsics as readonly string[]).includes(text)
}

/** Undefined for attributes, which hold anything; `word` where the language has words for the values. */
function typeOfField(field: Field): 'duration' | 'number' | 'text' | 'word' | undefined {
  if (field.kind === 'attribute') return undefined
  switch (field.name) {
    case 'status':
    case 'kind':
      return 'word'
    case 'name':
    case 'service':
      return 'text'
    case 'depth':
      return 'number'
    default:
      return 'duration'
  }
}

/** The value that a field is compared with, in the field's unit; kinds and statuses as OTLP's numbers. */
function comparand(name: Name, field: Field, node: ComparedValue | Literal, scope: Scope): Scalar | undefined {
  const type = typeOfField(field)
  if (type === 'word') return wordValue(name, field, node, scope)
  const value = node.kind === 'name' ? namedValue(node.name, scope) : literalValue(node)
  if (value === undefined) return undefined
  if (type !== undefined) {
    if (value.type === type) return value.value
    sayMismatch(scope, node, value, type, (g) => [messages.fieldType, { field: name.text, wanted: type, given: value.type, guess: g }])
    return undefined
  }
  if (value.type === 'number' || value.type === 'text' || value.type === 'boolean') return value.value
  sayUnit(name, node, value, value.type, scope)
  return undefined
}

function sayUnit(name: Name, node: ComparedValue | Literal, value: StaticValue, given: Type, scope: Scope): void {
  const bytes = value.type === 'size' ? plain(value.value) : undefined
  if (bytes !== undefined) say(scope, messages.attributeUnit, node.range, { field: name.text, given, guess: bytes }, replaceWith(node.range, bytes))
  else sayMismatch(scope, node, value, 'number', (g) => [messages.attributeUnit, { field: name.text, given, guess: g }])
}

function namedValue(name: Name, scope: Scope): StaticValue | undefined {
  if (scope.lets.has(name.text)) {
    const symbol = lookUp(scope, name)
    return symbol && valueOfLet(symbol)
  }
  if (scope.incomplete) return undefined
  const near = nearest(name.text, scope.lets.keys())
  if (near !== undefined) lookUp(scope, { ...name, text: near })
  const suggestion = near ?? quote(name.text)
  say(scope, messages.unknownName, name.range, { name: name.text, suggestion }, respell(name.range, suggestion))
  return undefined
}

function wordValue(name: Name, field: Field, node: ComparedValue | Literal, scope: Scope): number | undefined {
  const codes = field.kind === 'intrinsic' && field.name === 'kind' ? kindCodes : statusCodes
  const what = `a ${name.text} of spans`
  const choices = Object.keys(codes)
  const given = node.kind === 'name' ? node.name.text : node.kind === 'text' ? node.value : undefined
  if (given === undefined) {
    const shown = scope.tree.source.text.slice(node.range.start, node.range.end)
    const suggestion = node.kind === 'number' ? choices.find((word) => codes[word] === node.value) : undefined
    say(scope, messages.unknownWord, node.range, { name: shown, what, choices, suggestion }, respell(node.range, suggestion))
    return undefined
  }
  const code = Object.hasOwn(codes, given) ? codes[given] : undefined
  if (code !== undefined) return code
  // As OTLP spells them: SPAN_KIND_SERVER, STATUS_CODE_ERROR.
  const plain = given.replace(/^(?:SPAN_KIND|STATUS_CODE)_/, '').toLowerCase()
  const suggestion = choices.find((word) => word === plain) ?? nearest(given, choices)
  say(scope, messages.unknownWord, node.range, { name: given, what, choices, suggestion }, respell(node.range, suggestion))
  return undefined
}
