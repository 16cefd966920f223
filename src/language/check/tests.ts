/** Test blocks: names and types of their statements. */

import { nearest } from '../syntax/nearest.ts'
import type { Expression, Name, NumberLiteral, RatioLiteral, SelectorNode, TestDeclaration, TestStatement, TextRange, WorkloadNode } from '../tree.ts'
import { messages } from './messages.ts'
import { workloadId } from './program.ts'
import { replaceWith, respell, type Scope, say } from './scope.ts'
import { checkSelector } from './selectors.ts'
import { printDuration, printRate, printRatio } from './units.ts'
import { constantOf, positiveDuration, wholeNumber } from './values.ts'
import { type Defaults, type Targets, workloadOf } from './workloads.ts'

/** What a test can name. */
export interface TestNames {
  readonly rules: ReadonlySet<string>
  readonly targets: Targets
}

export function checkTests(scope: Scope, defaults: Defaults, names: TestNames): void {
  const seen = new Map<string, TextRange>()
  for (const declaration of scope.tree.declarations) {
    if (declaration.kind !== 'test') continue
    nameTest(declaration, seen, scope)
    if (!declaration.broken) for (const statement of declaration.statements) checkStatement(statement, scope, defaults, names)
  }
}

function nameTest(declaration: TestDeclaration, seen: Map<string, TextRange>, scope: Scope): void {
  if (declaration.name === undefined) return
  const { value, range } = declaration.name
  const other = seen.get(value)
  if (other === undefined) seen.set(value, range)
  else say(scope, messages.testTwice, range, { name: value }, { related: [{ file: scope.file, range: other, message: 'the first' }] })
}

function checkStatement(statement: TestStatement, scope: Scope, defaults: Defaults, names: TestNames): void {
  switch (statement.kind) {
    case 'given':
      checkWorkload(statement.workload, scope, defaults, names)
      replicas(statement.replicas, scope)
      return
    case 'givenReady':
      time(statement.after, scope)
      return
    case 'load':
      checkLoad(statement, scope)
      return
    case 'replay':
      return
    case 'pause':
      checkPeriod(statement.from, statement.to, scope)
      return
    case 'expectReplicas':
      checkWorkload(statement.workload, scope, defaults, names)
      replicas(statement.replicas, scope)
      time(statement.by, scope)
      return
    case 'expectBounds':
      checkWorkload(statement.workload, scope, defaults, names)
      checkBounds(statement.min, statement.max, statement.range, scope)
      return
    case 'expectAction':
      if (statement.workload !== undefined) checkWorkload(statement.workload, scope, defaults, names)
      if (statement.when === undefined) return
      if (statement.when.kind === 'between') checkPeriod(statement.when.from, statement.when.to, scope)
      else time(statement.when.time, scope)
      return
    case 'expectFires':
      checkRuleName(statement.rule, scope, names)
      if (statement.times !== undefined) wholeNumber(statement.times, scope, 'a count of times', 0)
      return
    case 'expectUnknown':
      checkRuleName(statement.rule, scope, names)
      time(statement.at, scope)
      return
  }
}

function replicas(node: NumberLiteral, scope: Scope): number | undefined {
  return wholeNumber(node, scope, 'a number of replicas', 0)
}

/** A moment of the test, in nanoseconds from its start. */
function time(node: Expression, scope: Scope): number | undefined {
  const ns = constantOf(node, scope, 'duration', 'a time')
  if (ns === undefined || ns >= 0) return ns
  say(scope, messages.outOfRange, node.range, { what: 'a time', given: printDuration(ns), range: 'a time from the start of the test, 0s or later' })
  return undefined
}

function checkPeriod(fromNode: Expression, toNode: Expression, scope: Scope): void {
  const from = time(fromNode, scope)
  const to = time(toNode, scope)
  if (from === undefined || to === undefined || from < to) return
  const range = { start: fromNode.range.start, end: toNode.range.end }
  say(scope, messages.timesInverted, range, { from: printDuration(from), to: printDuration(to) })
}

function checkBounds(minNode: NumberLiteral, maxNode: NumberLiteral, range: TextRange, scope: Scope): void {
  const min = replicas(minNode, scope)
  const max = replicas(maxNode, scope)
  if (min !== undefined && max !== undefined && min > max) say(scope, messages.boundsInverted, range, { min, max })
}

function checkWorkload(node: WorkloadNode, scope: Scope, defaults: Defaults, names: TestNames): void {
  const id = workloadId(workloadOf(node, defaults))
  if (names.targets.has(id) || scope.incomplete) return
  const suggestion = nearest(id, names.targets.keys())
  say(scope, messages.unknownWorkload, node.range, { name: id, suggestion }, respell(node.range, suggestion))
}

function checkRuleName(name: Name, scope: Scope, names: TestNames): void {
  if (names.rules.has(name.text)) return
  const suggestion = nearest(name.text, names.rules)
  say(scope, messages.unknownRule, name.range, { name: name.text, suggestion }, respell(name.range, suggestion))
}

function checkLoad(statement: TestStatement & { kind: 'load' }, scope: Scope): void {
  for (const selector of [statement.selector, statement.under]) if (selector !== undefined) checkLoadSelector(selector, scope)
  const rate = constantOf(statement.rate, scope, 'rate', 'the rate of a load')
  if (rate !== undefined && !(rate > 0))
    say(scope, messages.outOfRange, statement.rate.range, {
      what: 'the rate of a load',
      given: printRate(rate),
      range: 'a rate above 0/s; leave the load out for none',
    })
  positiveDuration(statement.taking, scope, 'the duration of a span', 'latency')
  checkShare(statement.jitter, 'a jitter', scope)
  checkShare(statement.failing, 'a share of failures', scope)
  checkPeriod(statement.from, statement.to, scope)
}

function checkShare(node: RatioLiteral | undefined, what: string, scope: Scope): void {
  if (node !== undefined && node.value > 1)
    say(scope, messages.outOfRange, node.range, { what, given: printRatio(node.value), range: 'a share up to 100%' }, replaceWith(node.range, '100%'))
}

function checkLoadSelector(node: SelectorNode, scope: Scope): void {
  checkSelector(node, scope)
  const pattern = [node.service, node.operation].find((name) => name?.text.includes('*'))
  if (pattern !== undefined) say(scope, messages.wildcardLoad, pattern.range, { pattern: pattern.text })
}
