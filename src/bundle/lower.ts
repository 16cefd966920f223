/** A checked program as the intermediate representation. Selectors and predicates have the same shape in both, and most values. */
import {
  type CheckedCondition,
  type CheckedPredicate,
  type FileTree,
  type Pace,
  type Program,
  printComparison,
  printSelector,
  type Rule,
  type Selector,
  type Target,
  unitFactor,
  type Value,
} from '../language/index.ts'
import type { AttributeRef, ConditionIR, PaceIR, RuleIR, SourceRef, TargetIR, ValueIR } from './ir.ts'
import { peerAttributes } from './peers.ts'
import { selectsPeers } from './traced.ts'

export interface Lowered {
  readonly targets: readonly TargetIR[]
  readonly rules: readonly RuleIR[]
  readonly projection: readonly AttributeRef[]
}

export function lower(program: Program): Lowered {
  const lineOf = lineFinder()
  const rules = program.rules.map((rule) => lowerRule(rule, lineOf))
  return { targets: program.targets.map(lowerTarget), rules, projection: projectionOf(program.rules) }
}

function lowerTarget(target: Target): TargetIR {
  const { bounds, up, down, ...rest } = target
  return { ...rest, min: bounds.min, max: bounds.max, up: lowerPace(up), down: lowerPace(down) }
}

function lowerPace(pace: Pace): PaceIR {
  return { stableNs: pace.stableNs, limits: pace.limits }
}

function lowerRule(rule: Rule, lineOf: (file: FileTree, offset: number) => number): RuleIR {
  const { name, tree, file } = rule
  const source: SourceRef = { file: file.source.name, start: tree.range.start, end: tree.range.end, line: lineOf(file, tree.range.start) }
  return {
    name,
    ...(tree.doc === undefined ? {} : { doc: tree.doc }),
    target: rule.target,
    action: rule.action.kind === 'hold' ? { ...rule.action, value: lowerValue(rule.action.value) } : rule.action,
    condition: lowerCondition(rule.condition, rule.everyNs),
    everyNs: rule.everyNs,
    cooldownNs: rule.cooldownNs,
    atLeastSpans: rule.atLeastSpans,
    onMissing: rule.onMissing,
    priority: rule.priority,
    ...(rule.between === undefined ? {} : { between: rule.between }),
    observe: rule.observe,
    source,
  }
}

function lowerCondition(condition: CheckedCondition, everyNs: number): ConditionIR {
  switch (condition.kind) {
    case 'and':
      return { kind: 'and', all: condition.of.map((part) => lowerCondition(part, everyNs)) }
    case 'or':
      return { kind: 'or', any: condition.of.map((part) => lowerCondition(part, everyNs)) }
    case 'not':
      return { kind: 'not', of: lowerCondition(condition.of, everyNs) }
    case 'compare': {
      const { operator, left, right, type } = condition
      return { kind: 'compare', operator, left: lowerValue(left), right: lowerValue(right), type, text: printComparison(condition, everyNs) }
    }
    case 'times':
      return { kind: 'times', of: lowerCondition(condition.of, everyNs), count: condition.count, withinNs: condition.withinNs }
    case 'for':
      return { kind: 'for', of: lowerCondition(condition.of, everyNs), ns: condition.ns }
    case 'spans': {
      const { range: _, ...spans } = condition
      return spans
    }
    case 'absent':
      return { kind: 'absent', selector: condition.selector, ns: condition.ns, text: `absent(${printSelector(condition.selector)})` }
    case 'during': {
      const { range: _, ...during } = condition
      return during
    }
    case 'always':
      return { kind: 'always' }
  }
}

const oneSecond = { kind: 'constant', value: 1e9, type: 'duration' } as const

/**
 * Whoever evaluates computes with plain numbers: where the units of an operation differ (rates are per second, durations nanoseconds) the
 * conversion is written out.
 */
function lowerValue(value: Value): ValueIR {
  if (value.kind === 'forecast') return { ...value, of: lowerValue(value.of) }
  if (value.kind !== 'arithmetic') return value
  const { operator, type } = value
  const of = value.of.map(lowerValue)
  const types = value.of.map((operand) => operand.type)
  if (unitFactor(operator, types) === 1) return { kind: 'arithmetic', operator, of, type }
  if (types.includes('duration')) return { kind: 'arithmetic', operator, of: of.map(inSeconds), type }
  return { kind: 'arithmetic', operator: '*', of: [{ kind: 'arithmetic', operator, of, type: 'number' }, oneSecond], type }
}

function inSeconds(value: ValueIR): ValueIR {
  return value.type === 'duration' ? { kind: 'arithmetic', operator: '/', of: [value, oneSecond], type: 'number' } : value
}

/** One-based lines; the starts of a file's lines are found once. */
function lineFinder(): (file: FileTree, offset: number) => number {
  const starts = new Map<FileTree, number[]>()
  return (file, offset) => {
    let lines = starts.get(file)
    if (lines === undefined) {
      lines = [0]
      for (let at = file.source.text.indexOf('\n'); at >= 0; at = file.source.text.indexOf('\n', at + 1)) lines.push(at + 1)
      starts.set(file, lines)
    }
    let low = 0
    let high = lines.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if ((lines[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}

/** The attributes that `where` tests name anywhere, and those that name peers where these are asked for; each once, by scope and name. */
function projectionOf(rules: readonly Rule[]): readonly AttributeRef[] {
  const found = new Map<string, AttributeRef>()
  const add = (attribute: AttributeRef): void => {
    found.set(`${attribute.scope} ${attribute.name}`, attribute)
  }
  const ofPredicate = (predicate: CheckedPredicate): void => {
    if (predicate.kind === 'and') predicate.all.forEach(ofPredicate)
    else if (predicate.kind === 'or') predicate.any.forEach(ofPredicate)
    else if (predicate.kind === 'not') ofPredicate(predicate.of)
    else if (predicate.field.kind === 'attribute') add(predicate.field.attribute)
  }
  const ofSelector = (selector: Selector): void => {
    if (selectsPeers(selector)) peerAttributes.forEach(add)
    if (selector.where !== undefined) ofPredicate(selector.where)
    if (selector.ancestor !== undefined) ofSelector(selector.ancestor.selector)
  }
  const ofValue = (value: Value): void => {
    if (value.kind === 'span') ofSelector(value.selector)
    else if (value.kind === 'forecast') ofValue(value.of)
    else if (value.kind === 'arithmetic') value.of.forEach(ofValue)
  }
  const ofCondition = (condition: CheckedCondition): void => {
    switch (condition.kind) {
      case 'and':
      case 'or':
        condition.of.forEach(ofCondition)
        return
      case 'not':
      case 'times':
      case 'for':
        ofCondition(condition.of)
        return
      case 'compare':
        ofValue(condition.left)
        ofValue(condition.right)
        return
      case 'spans':
      case 'absent':
        ofSelector(condition.selector)
        return
      case 'during':
      case 'always':
        return
    }
  }
  for (const rule of rules) {
    ofCondition(rule.condition)
    if (rule.action.kind === 'hold') ofValue(rule.action.value)
  }
  return [...found.keys()].sort().map((key) => found.get(key) as AttributeRef)
}
