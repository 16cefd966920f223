/** Which names of the rules a recording does not have: the first thing to know about a rule that never fires. */
import type { ActionIR, Bundle, ConditionIR, RuleIR, SelectorIR, ValueIR } from '../bundle/index.ts'
import { nearest } from '../language/index.ts'
import { canonicalOperation, operationMatcher, serviceMatcher } from '../spans/index.ts'
import type { SeenOperation } from './replay-catalog.ts'

export interface MissingName {
  readonly kind: 'service' | 'operation' | 'kind'
  readonly name: string
  /** Rules that name it. */
  readonly rules: readonly string[]
  readonly suggestion?: string
  /** One sentence without a full stop. */
  readonly message: string
}

/** Service and operation patterns of the bundle's rules that match nothing of what was seen, each once, in the order of the rules. */
export function missingNames(bundle: Bundle, seen: readonly SeenOperation[]): readonly MissingName[] {
  const found = new Map<string, MissingName>()
  for (const rule of bundle.rules) {
    for (const selector of selectorsOf(rule)) {
      const missing = missingOf(selector, seen)
      if (missing === undefined) continue
      const key = `${missing.kind} ${selector.service} ${missing.name}`
      const rules = found.get(key)?.rules ?? []
      found.set(key, { ...missing, rules: rules.includes(rule.name) ? rules : [...rules, rule.name] })
    }
  }
  return [...found.values()]
}

function missingOf(selector: SelectorIR, seen: readonly SeenOperation[]): Omit<MissingName, 'rules'> | undefined {
  const { service, operation, kinds } = selector
  const isService = serviceMatcher(service)
  const ofService = seen.filter((s) => isService(s.service))
  if (ofService.length === 0) return missing('service', service, new Set(seen.map((s) => s.service)), `no span of service ${service}`)
  const ofOperation = operation === undefined ? ofService : ofService.filter(matching(operation))
  if (operation !== undefined && ofOperation.length === 0) {
    const names = new Set(ofService.flatMap((s) => [s.operation, canonicalOperation(s.operation), lastPart(s.operation)]))
    return missing('operation', operation, names, `service ${service} has no operation ${operation}`)
  }
  const wanted = kinds.reduce((bits, kind) => bits | (1 << kind), kinds.includes(1) ? 1 : 0)
  if (ofOperation.some((s) => (s.kinds & wanted) !== 0)) return undefined
  const what = operation === undefined ? service : `${service}/${operation}`
  return { kind: 'kind', name: what, message: `${what} has only ${kindNames(ofOperation)} spans, which the selector leaves out` }
}

function matching(operation: string): (seen: SeenOperation) => boolean {
  const matches = operationMatcher(operation)
  return (seen) => matches(seen.operation)
}

function missing(kind: 'service' | 'operation', name: string, candidates: Iterable<string>, message: string): Omit<MissingName, 'rules'> {
  const suggestion = nearest(name, candidates)
  return {
    kind,
    name,
    message: suggestion === undefined ? message : `${message}; did you mean ${suggestion}?`,
    ...(suggestion === undefined ? {} : { suggestion }),
  }
}

function lastPart(operation: string): string {
  return operation.slice(operation.lastIndexOf('/') + 1)
}

function kindNames(operations: readonly SeenOperation[]): string {
  const bits = operations.reduce((all, s) => all | s.kinds, 0)
  return ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].filter((_, kind) => (bits & (1 << kind)) !== 0).join(' and ')
}

/** Every selector that the rule reads, also inside `under` and `child of`. */
export function selectorsOf(rule: RuleIR): readonly SelectorIR[] {
  return [...ofCondition(rule.condition), ...ofAction(rule.action)].flatMap(withAncestors)
}

function withAncestors(selector: SelectorIR): readonly SelectorIR[] {
  return selector.ancestor === undefined ? [selector] : [selector, ...withAncestors(selector.ancestor.selector)]
}

function ofAction(action: ActionIR): readonly SelectorIR[] {
  return action.kind === 'hold' ? ofValue(action.value) : []
}

function ofCondition(condition: ConditionIR): readonly SelectorIR[] {
  switch (condition.kind) {
    case 'and':
      return condition.all.flatMap(ofCondition)
    case 'or':
      return condition.any.flatMap(ofCondition)
    case 'not':
    case 'times':
    case 'for':
      return ofCondition(condition.of)
    case 'compare':
      return [...ofValue(condition.left), ...ofValue(condition.right)]
    case 'spans':
    case 'absent':
      return [condition.selector]
    case 'during':
    case 'always':
      return []
  }
}

function ofValue(value: ValueIR): readonly SelectorIR[] {
  switch (value.kind) {
    case 'span':
      return [value.selector]
    case 'forecast':
      return ofValue(value.of)
    case 'arithmetic':
      return value.of.flatMap(ofValue)
    case 'constant':
    case 'replicas':
    case 'ready':
    case 'metric':
      return []
  }
}
