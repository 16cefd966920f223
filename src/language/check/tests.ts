/** Test blocks: names and types of their statements, and what they say with every name resolved. */

import { nearest } from '../syntax/nearest.ts'
import type { Expression, Name, NumberLiteral, TestDeclaration, TestStatement, TextRange, WorkloadNode } from '../tree.ts'
import { checkLoad, type Period } from './loads.ts'
import { messages } from './messages.ts'
import { type ActionPeriod, type Bounds, type CheckedStatement, type Test, workloadId } from './program.ts'
import type { RuleNames } from './rules.ts'
import { respell, type Scope, say } from './scope.ts'
import { printDuration } from './units.ts'
import { constantOf, wholeNumber } from './values.ts'
import { type Defaults, type Targets, workloadOf } from './workloads.ts'

/** What a test can name. */
export interface TestNames {
  readonly rules: RuleNames
  readonly targets: Targets
  /** Ids of workloads that only rules name which could not be parsed. */
  readonly unread: ReadonlySet<string>
}

interface Environment {
  readonly scope: Scope
  readonly defaults: Defaults
  readonly names: TestNames
}

/** The file's tests that have no error. */
export function checkTests(scope: Scope, defaults: Defaults, names: TestNames): Test[] {
  const env: Environment = { scope, defaults, names }
  const seen = new Map<string, TextRange>()
  const tests: Test[] = []
  for (const tree of scope.tree.declarations) {
    if (tree.kind !== 'test') continue
    nameTest(tree, seen, scope)
    if (tree.broken) continue
    const statements = tree.statements.map((statement) => checkStatement(statement, env))
    const known = statements.filter((statement) => statement !== undefined)
    if (known.length === statements.length) tests.push({ name: tree.name?.value ?? '', tree, file: scope.tree, statements: known })
  }
  return tests
}

function nameTest(declaration: TestDeclaration, seen: Map<string, TextRange>, scope: Scope): void {
  if (declaration.name === undefined) return
  const { value, range } = declaration.name
  const other = seen.get(value)
  if (other === undefined) seen.set(value, range)
  else say(scope, messages.testTwice, range, { name: value }, { related: [{ file: scope.file, range: other, message: 'the first' }] })
}

function checkStatement(node: TestStatement, env: Environment): CheckedStatement | undefined {
  const { scope } = env
  const { kind, range } = node
  switch (kind) {
    case 'given':
      return whole({ kind, range, target: targetOf(node.workload, env), replicas: replicas(node.replicas, scope) })
    case 'givenReady':
      return whole({ kind, range, afterNs: time(node.after, scope) })
    case 'load': {
      const load = checkLoad(node, period(node.from, node.to, scope), scope)
      return load && { ...load, range }
    }
    case 'replay':
      return { kind, range, path: node.path.value }
    case 'pause': {
      const paused = period(node.from, node.to, scope)
      return paused && { kind, range, ...paused }
    }
    case 'expectReplicas':
      return whole({ kind, range, target: targetOf(node.workload, env), replicas: replicas(node.replicas, scope), byNs: time(node.by, scope) })
    case 'expectBounds': {
      const target = targetOf(node.workload, env)
      const bounds = checkBounds(node.min, node.max, range, scope)
      return bounds && whole({ kind, range, target, ...bounds })
    }
    case 'expectAction': {
      const target = node.workload === undefined ? { any: true as const } : targetOf(node.workload, env)
      const when = periodOf(node.when, scope)
      if (target === undefined || when === undefined) return undefined
      return { kind, range, no: node.no, target: typeof target === 'string' ? target : undefined, when }
    }
    case 'expectFires': {
      const rule = ruleNamed(node.rule, env)
      const times = node.times === undefined ? undefined : wholeNumber(node.times, scope, 'a count of times', 0)
      if (rule === undefined || (node.times !== undefined && times === undefined)) return undefined
      return { kind, range, rule, times, atMost: node.atMost }
    }
    case 'expectUnknown':
      return whole({ kind, range, rule: ruleNamed(node.rule, env), atNs: time(node.at, scope) })
  }
}

/** The parts, unless one is missing because of an error. */
function whole<T extends object>(parts: T): { readonly [K in keyof T]: Exclude<T[K], undefined> } | undefined {
  return Object.values(parts).includes(undefined) ? undefined : (parts as { readonly [K in keyof T]: Exclude<T[K], undefined> })
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

function period(fromNode: Expression, toNode: Expression, scope: Scope): Period | undefined {
  const fromNs = time(fromNode, scope)
  const toNs = time(toNode, scope)
  if (fromNs === undefined || toNs === undefined) return undefined
  if (fromNs < toNs) return { fromNs, toNs }
  const range = { start: fromNode.range.start, end: toNode.range.end }
  say(scope, messages.timesInverted, range, { from: printDuration(fromNs), to: printDuration(toNs) })
  return undefined
}

function periodOf(when: (TestStatement & { kind: 'expectAction' })['when'], scope: Scope): ActionPeriod | undefined {
  if (when === undefined) return { kind: 'always' }
  if (when.kind === 'between') {
    const between = period(when.from, when.to, scope)
    return between && { kind: 'between', ...between }
  }
  const ns = time(when.time, scope)
  return ns === undefined ? undefined : { kind: when.kind, ns }
}

function checkBounds(minNode: NumberLiteral, maxNode: NumberLiteral, range: TextRange, scope: Scope): Bounds | undefined {
  const min = replicas(minNode, scope)
  const max = replicas(maxNode, scope)
  if (min === undefined || max === undefined) return undefined
  if (min <= max) return { min, max }
  say(scope, messages.boundsInverted, range, { min, max })
  return undefined
}

/** The id of a workload that some rule or target names. */
function targetOf(node: WorkloadNode, { scope, defaults, names }: Environment): string | undefined {
  const id = workloadId(workloadOf(node, defaults))
  if (names.targets.has(id)) return id
  if (scope.incomplete || names.unread.has(id)) return undefined
  const suggestion = nearest(id, names.targets.keys())
  say(scope, messages.unknownWorkload, node.range, { name: id, suggestion }, respell(node.range, suggestion))
  return undefined
}

function ruleNamed(name: Name, { scope, names }: Environment): string | undefined {
  if (names.rules.has(name.text)) return name.text
  const suggestion = nearest(name.text, names.rules.keys())
  say(scope, messages.unknownRule, name.range, { name: name.text, suggestion }, respell(name.range, suggestion))
  return undefined
}
