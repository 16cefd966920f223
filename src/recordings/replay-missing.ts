/** Which names of the rules a recording does not have: the first thing to know about a rule that never fires. */
import { type ActionIR, type Bundle, type ConditionIR, type RuleIR, type SelectorIR, selectsPeers, type ValueIR } from '../bundle/index.ts'
import { type Catalog, type CatalogMatch, nearest, operationSpellings, operationsMatching, servicesMatching } from '../language/index.ts'
import { catalogKinds } from './replay-catalog.ts'

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
export function missingNames(bundle: Bundle, seen: Catalog): readonly MissingName[] {
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

function missingOf(selector: SelectorIR, seen: Catalog): Omit<MissingName, 'rules'> | undefined {
  const { service, operation, kinds } = selector
  // Whom unanswered calls went to is not among the names that are noted in passing.
  if (selectsPeers(selector)) return undefined
  const services = servicesMatching(seen, service)
  if (services.length === 0) {
    const names = seen.services.map(({ name }) => name)
    return missing('service', service, names, `no span of service ${service}`)
  }
  const ofOperation = operationsMatching(seen, service, operation)
  if (operation !== undefined && ofOperation.length === 0) {
    const names = new Set(services.flatMap(({ operations }) => operations.flatMap(({ name }) => operationSpellings(name))))
    return missing('operation', operation, names, `service ${service} has no operation ${operation}`)
  }
  const wanted = kinds.map((kind) => catalogKinds[kind])
  if (ofOperation.some(({ operation: { kind } }) => wanted.includes(kind))) return undefined
  const what = operation === undefined ? service : `${service}/${operation}`
  return { kind: 'kind', name: what, message: `${what} has only ${kindNames(ofOperation)} spans, which the selector leaves out` }
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

function kindNames(matches: readonly CatalogMatch[]): string {
  const kinds = new Set(matches.map(({ operation }) => operation.kind))
  return [...new Set(catalogKinds)]
    .filter((kind) => kinds.has(kind))
    .map((kind) => kind.toUpperCase())
    .join(' and ')
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
