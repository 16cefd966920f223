/** Clauses: which may stand where, and what they say. */

import { exact } from '../exact.ts'
import { nearest } from '../syntax/nearest.ts'
import type { Clause } from '../tree.ts'
import { messages } from './messages.ts'
import { type Bounds, combinations, type Limit, modes, type OnMissing } from './program.ts'
import { replaceWith, respell, type Scope, say } from './scope.ts'
import { plain, printDuration } from './units.ts'
import { constantOf, positiveDuration, wholeNumber } from './values.ts'

/** What clauses say; what none says is undefined. */
export interface ClauseValues {
  namespace?: string
  everyNs?: number
  cooldownNs?: number
  atLeastSpans?: number
  onMissing?: OnMissing
  priority?: number
  between?: Bounds
  observe?: true
  up?: Limit[]
  down?: Limit[]
  stableUpNs?: number
  stableDownNs?: number
  settleNs?: number
  mode?: (typeof modes)[number]
  combine?: (typeof combinations)[number]
  /** Where each clause stands, by its key. */
  readonly nodes: Map<string, Clause>
}

export type Place = 'rule' | 'freeze' | 'target' | 'defaults'

const places: Readonly<Record<Clause['kind'], readonly Place[]>> = {
  namespace: ['defaults'],
  every: ['defaults', 'rule', 'freeze'],
  cooldown: ['defaults', 'rule', 'target'],
  atLeastSpans: ['defaults', 'rule', 'freeze'],
  onMissing: ['defaults', 'rule'],
  priority: ['defaults', 'rule'],
  between: ['defaults', 'rule', 'target'],
  observe: ['defaults', 'rule', 'freeze'],
  atMost: ['defaults', 'target'],
  stable: ['defaults', 'target'],
  settle: ['defaults', 'target'],
  mode: ['defaults', 'target'],
  combine: ['defaults', 'target'],
}

/** The keywords with which clauses begin. */
const firstWords: Readonly<Record<Clause['kind'], readonly string[]>> = {
  namespace: ['namespace'],
  every: ['every'],
  cooldown: ['cooldown'],
  atLeastSpans: ['at'],
  onMissing: ['on'],
  priority: ['priority'],
  between: ['between'],
  observe: ['observe'],
  atMost: ['up', 'down'],
  stable: ['stable'],
  settle: ['settle'],
  mode: ['mode'],
  combine: ['combine'],
}

/** The clauses that begin with the keyword and may stand in the place. */
export function clausesBeginningWith(keyword: string, place: Place): readonly Clause['kind'][] {
  return (Object.keys(places) as Clause['kind'][]).filter((kind) => firstWords[kind].includes(keyword) && places[kind].includes(place))
}

const placeNames: Readonly<Record<Place, string>> = { rule: 'a rule', freeze: 'a freeze', target: 'a target', defaults: '`defaults`' }

/** The words that a clause begins with. */
function clauseName(clause: Clause): string {
  switch (clause.kind) {
    case 'atLeastSpans':
      return 'at least … spans'
    case 'onMissing':
      return 'on missing'
    case 'atMost':
      return `${clause.direction} at most`
    case 'stable':
      return `stable … before ${clause.before}`
    case 'settle':
      return 'settle within'
    default:
      return clause.kind
  }
}

function belongsTo(clause: Clause): string {
  const [first] = places[clause.kind].filter((place) => place !== 'defaults')
  if (first === undefined) return 'the `defaults` of the file'
  return first === 'target' ? '`target … { }`, or to `defaults`' : 'a rule, behind its condition, or to `defaults`'
}

export function checkClauses(clauses: readonly Clause[], place: Place, scope: Scope): ClauseValues {
  const values: ClauseValues = { nodes: new Map() }
  for (const clause of clauses) {
    const name = clauseName(clause)
    if (!places[clause.kind].includes(place)) {
      say(scope, messages.clauseMisplaced, clause.range, { clause: name, place: placeNames[place], belongs: belongsTo(clause) })
      continue
    }
    const other = values.nodes.get(name)
    // Several limits of one direction are alternatives: the most permissive decides.
    if (other !== undefined && clause.kind !== 'atMost') {
      const related = [{ file: scope.file, range: other.range, message: 'first given here' }]
      const fix = { title: 'delete the second', edits: [{ range: clause.range, text: '' }] }
      say(scope, messages.clauseTwice, clause.range, { clause: name }, { related, fix })
      continue
    }
    if (other === undefined) values.nodes.set(name, clause)
    readClause(clause, values, scope)
  }
  return values
}

function readClause(clause: Clause, values: ClauseValues, scope: Scope): void {
  switch (clause.kind) {
    case 'namespace':
      values.namespace = clause.name.text
      return
    case 'every':
      assign(values, 'everyNs', checkEvery(clause, scope))
      return
    case 'cooldown':
      assign(values, 'cooldownNs', duration(clause.duration, scope, 'a cooldown'))
      return
    case 'atLeastSpans':
      assign(values, 'atLeastSpans', wholeNumber(clause.count, scope, 'a number of spans', 1))
      return
    case 'onMissing':
      assign(values, 'onMissing', checkOnMissing(clause, scope))
      return
    case 'priority':
      assign(values, 'priority', wholeNumber(clause.value, scope, 'a priority', 0))
      return
    case 'between':
      assign(values, 'between', checkBetween(clause, scope))
      return
    case 'observe':
      values.observe = true
      return
    case 'atMost': {
      const limit = checkLimit(clause, scope)
      if (limit === undefined) return
      values[clause.direction] = exact([...(values[clause.direction] ?? []), limit])
      return
    }
    case 'stable':
      assign(values, clause.before === 'up' ? 'stableUpNs' : 'stableDownNs', duration(clause.duration, scope, 'a stabilization window'))
      return
    case 'settle':
      assign(values, 'settleNs', positiveDuration(clause.within, scope, 'the limit of `settle`'))
      return
    case 'mode':
      assign(values, 'mode', wordOf(clause.mode, modes, 'a mode', scope))
      return
    case 'combine':
      assign(values, 'combine', wordOf(clause.how, combinations, 'a way to combine', scope))
      return
  }
}

function assign<K extends keyof ClauseValues>(values: ClauseValues, key: K, value: ClauseValues[K]): void {
  if (value !== undefined) values[key] = value
}

/** A constant duration of 0s or more. */
function duration(node: Parameters<typeof constantOf>[0], scope: Scope, what: string): number | undefined {
  const ns = constantOf(node, scope, 'duration', what)
  if (ns === undefined || ns >= 0) return ns
  say(scope, messages.notPositive, node.range, { what, given: printDuration(ns) })
  return undefined
}

/** Steps are aligned to multiples of `every` in engine time, which is exact for multiples of 100 ms. */
const stepUnit = 100e6

function checkEvery(clause: Clause & { kind: 'every' }, scope: Scope): number | undefined {
  const ns = constantOf(clause.duration, scope, 'duration', 'the step')
  if (ns === undefined || (ns > 0 && ns % stepUnit === 0)) return ns
  const near = printDuration(Math.max(1, Math.round(ns / stepUnit)) * stepUnit)
  say(scope, messages.every, clause.duration.range, { given: printDuration(ns), near }, replaceWith(clause.duration.range, near))
  return undefined
}

function checkBetween(clause: Clause & { kind: 'between' }, scope: Scope): Bounds | undefined {
  const min = wholeNumber(clause.min, scope, 'the lower bound', 0)
  const max = wholeNumber(clause.max, scope, 'the upper bound', 1)
  if (min === undefined || max === undefined) return undefined
  if (min <= max) return { min, max }
  const edits = [
    { range: clause.min.range, text: plain(max) },
    { range: clause.max.range, text: plain(min) },
  ]
  const fix = min === 0 ? {} : { fix: { title: `write between ${max} and ${min}`, edits } }
  say(scope, messages.boundsInverted, clause.range, { min, max }, fix)
  return undefined
}

function checkOnMissing(clause: Clause & { kind: 'onMissing' }, scope: Scope): OnMissing | undefined {
  if (clause.answer === 'hold') return { kind: 'hold' }
  const replicas = wholeNumber(clause.answer.floor, scope, 'a floor', 0)
  const afterNs = duration(clause.answer.after, scope, 'the time before a floor')
  return replicas === undefined || afterNs === undefined ? undefined : { kind: 'floor', replicas, afterNs }
}

function checkLimit(clause: Clause & { kind: 'atMost' }, scope: Scope): Limit | undefined {
  const perNs = positiveDuration(clause.per, scope, 'the period of a limit')
  const wrong = clause.sign !== undefined && clause.sign !== (clause.direction === 'up' ? 1 : -1)
  if (wrong) {
    const at = scope.tree.source.text.slice(0, clause.amount.range.start).trimEnd().length - 1
    const fix = replaceWith({ start: at, end: at + 1 }, clause.direction === 'up' ? '+' : '-')
    const range = { start: at, end: clause.amount.range.end }
    say(scope, messages.signOfLimit, range, { direction: clause.direction, sign: clause.sign === 1 ? '+' : '-' }, fix)
  }
  const { amount } = clause
  if (amount.kind === 'ratio') {
    if (!(amount.value > 0)) say(scope, messages.outOfRange, amount.range, { what: 'a limit', given: '0%', range: 'a share above 0%' })
    else if (perNs !== undefined && !wrong) return { amount: amount.value, unit: 'ratio', perNs }
    return undefined
  }
  const replicas = wholeNumber(amount, scope, 'a limit', 1)
  return replicas === undefined || perNs === undefined || wrong ? undefined : { amount: replicas, unit: 'replicas', perNs }
}

function wordOf<W extends string>(
  name: { readonly text: string; readonly range: Clause['range'] },
  words: readonly W[],
  what: string,
  scope: Scope,
): W | undefined {
  const word = words.find((w) => w === name.text)
  if (word !== undefined) return word
  const suggestion = nearest(name.text, words)
  say(scope, messages.unknownWord, name.range, { name: name.text, what, choices: words, suggestion }, respell(name.range, suggestion))
  return undefined
}
