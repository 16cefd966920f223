/** Reads a bundle's file, trusting nothing in it. */
import { digestOf } from './canonical.ts'
import { type Bundle, bundleFormat } from './ir.ts'
import { boolean, isObject, lazy, list, newer, number, numberFrom, record, type Shape, scalar, text, union, whole, word } from './shape.ts'

const valueType = word('number', 'duration', 'ratio', 'rate', 'size')
const operator = word('==', '!=', '<', '<=', '>', '>=')
const nanos = whole(0)
const someNanos = whole(1)

const attribute = record({ scope: word('span', 'resource'), name: text })
const workload = record({ name: text }, { orchestrator: text, kind: text, namespace: text })

const field = union({
  intrinsic: [{ name: word('duration', 'self', 'seen', 'gap', 'own', 'status', 'kind', 'name', 'service', 'depth') }],
  attribute: [{ attribute }],
})

const predicate: Shape = union({
  and: [
    {
      all: list(
        lazy(() => predicate),
        1,
      ),
    },
  ],
  or: [
    {
      any: list(
        lazy(() => predicate),
        1,
      ),
    },
  ],
  not: [{ of: lazy(() => predicate) }],
  compare: [{ field, operator, value: scalar }],
  matches: [{ field, pattern: text }],
  in: [{ field, values: list(scalar) }],
  has: [{ field }],
})

const selector: Shape = record(
  { service: text, kinds: list(whole(0)) },
  {
    operation: text,
    where: predicate,
    ancestor: record({ relation: word('under', 'child of'), selector: lazy(() => selector) }),
  },
)

const stat = union({
  ...Object.fromEntries(['count', 'rate', 'errors', 'errorRate', 'mean', 'min', 'max', 'blame', 'anomalies'].map((kind) => [kind, [{}] as const])),
  quantile: [{ q: numberFrom(0, 1) }],
  apdex: [{ thresholdNs: someNanos }],
})

const value: Shape = union({
  constant: [{ value: number, type: valueType }],
  span: [{ selector, field: word('duration', 'self', 'seen', 'gap', 'own', 'critical'), stat, windowNs: someNanos, type: valueType }],
  replicas: [{ target: text, workload, type: word('number') }],
  ready: [{ target: text, workload, type: word('number') }],
  metric: [{ query: text, unit: number, type: valueType }],
  forecast: [{ of: lazy(() => value), aheadNs: someNanos, type: valueType }],
  arithmetic: [
    {
      operator: word('+', '-', '*', '/', 'min', 'max'),
      of: list(
        lazy(() => value),
        2,
      ),
      type: valueType,
    },
  ],
})

const condition: Shape = union({
  and: [
    {
      all: list(
        lazy(() => condition),
        1,
      ),
    },
  ],
  or: [
    {
      any: list(
        lazy(() => condition),
        1,
      ),
    },
  ],
  not: [{ of: lazy(() => condition) }],
  compare: [{ operator, left: value, right: value, type: valueType, text }],
  times: [{ of: lazy(() => condition), count: whole(1), withinNs: someNanos }],
  for: [{ of: lazy(() => condition), ns: someNanos }],
  spans: [{ selector, count: whole(1), withinNs: someNanos, text }],
  absent: [{ selector, ns: someNanos, text }],
  during: [{ days: list(whole(0), 1), fromMinute: whole(0), toMinute: whole(0), zone: text }],
  always: [{}],
})

const action = union({
  change: [{ amount: number, unit: word('replicas', 'ratio') }],
  set: [{ replicas: whole(0) }],
  floor: [{ replicas: whole(0) }],
  ceiling: [{ replicas: whole(0) }],
  hold: [{ value, at: number, perReplica: boolean }],
  freeze: [{ up: boolean, down: boolean }],
})

const bounds = { min: whole(0), max: whole(0) }
const pace = record({ stableNs: nanos, limits: list(record({ amount: numberFrom(0), unit: word('replicas', 'ratio'), perNs: someNanos })) })

const target = record({
  ...{ id: text, workload, ...bounds, boundsImplied: boolean, up: pace, down: pace },
  ...{ cooldownNs: nanos, settleNs: nanos, mode: word('act', 'out-only', 'observe', 'off'), combine: word('largest', 'sum') },
})

const rule = record(
  {
    ...{ name: text, target: text, action, condition, everyNs: someNanos, cooldownNs: nanos, atLeastSpans: whole(0) },
    ...{ onMissing: union({ hold: [{}], floor: [{ replicas: whole(0), afterNs: nanos }] }), priority: number, observe: boolean },
    source: record({ file: text, start: whole(0), end: whole(0), line: whole(1) }),
  },
  { doc: text, between: record(bounds) },
)

const signature = record({ algorithm: word('ed25519'), key: text, value: text })

const bundle = record(
  {
    ...{ format: number, language: number, compiler: text, digest: text, projection: list(attribute) },
    ...{ sources: list(record({ name: text, text })), targets: list(target), rules: list(rule) },
  },
  { signatures: list(signature, 1), peers: list(text, 1) },
)

/** Deeper than any program nests, shallow enough for the stack. */
const deepest = 500

/** A bundle, or one sentence that says what is wrong and where. */
export function readBundle(json: string): { readonly bundle: Bundle } | { readonly error: string } {
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch (error) {
    return { error: `the bundle is not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
  const error = headError(parsed) ?? depthError(parsed) ?? bundle(parsed, '$')
  if (error !== undefined) return { error: error.replace(newer, newerThan(parsed)) }
  const read = parsed as Bundle
  const wrong = digestError(read) ?? referenceError(read)
  return wrong === undefined ? { bundle: read } : { error: wrong }
}

/** Told first: of a newer format nothing else can be said. */
function headError(parsed: unknown): string | undefined {
  if (!isObject(parsed) || typeof parsed.format !== 'number') return '$.format: expected a number: this is not a bundle'
  if (parsed.format > bundleFormat) return `$.format: ${parsed.format} is newer than ${bundleFormat}: ${newer}`
  if (parsed.format !== bundleFormat) return `$.format: there is no format ${parsed.format}`
  if (parsed.language !== 1) return `$.language: ${JSON.stringify(parsed.language)} is not 1: ${newer}`
  return undefined
}

/** With the version that would do: the one that compiled it. */
function newerThan(parsed: unknown): string {
  const compiler = isObject(parsed) ? parsed.compiler : undefined
  return typeof compiler === 'string' && /^\d+\.\d+\.\d+[\w.+-]*$/.test(compiler) ? `${newer}: ${compiler}, which compiled it, or a later one` : newer
}

function depthError(parsed: unknown): string | undefined {
  let level: unknown[] = [parsed]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return `$: nested deeper than ${deepest} levels`
    const next: unknown[] = []
    for (const item of level)
      if (typeof item === 'object' && item !== null) for (const member of Object.values(item)) if (typeof member === 'object') next.push(member)
    level = next
  }
  return undefined
}

function digestError({ digest, signatures: _, ...content }: Bundle): string | undefined {
  const actual = digestOf(content)
  return digest === actual ? undefined : `$.digest: ${digest} is not the digest of this content, ${actual}: the bundle was changed after it was compiled`
}

/** What shapes cannot see: names that must exist or be unique, and windows in whole steps. */
function referenceError(read: Bundle): string | undefined {
  const targets = new Set<string>()
  for (const [i, { id, min, max }] of read.targets.entries()) {
    if (targets.has(id)) return `$.targets[${i}].id: ${JSON.stringify(id)} is there twice`
    if (min > max) return `$.targets[${i}]: min ${min} is above max ${max}`
    targets.add(id)
  }
  const rules = new Set<string>()
  for (const [i, rule] of read.rules.entries()) {
    const path = `$.rules[${i}]`
    if (rules.has(rule.name)) return `${path}.name: ${JSON.stringify(rule.name)} is there twice`
    if (!targets.has(rule.target)) return `${path}.target: there is no target ${JSON.stringify(rule.target)}`
    rules.add(rule.name)
    const error =
      stepError(rule.condition, rule.everyNs, `${path}.condition`) ??
      (rule.action.kind === 'hold' ? stepError(rule.action.value, rule.everyNs, `${path}.action.value`) : undefined)
    if (error !== undefined) return error
  }
  return undefined
}

const periods: ReadonlySet<string> = new Set(['windowNs', 'withinNs', 'ns'])

/** Windows and periods anywhere below are whole steps of the rule. */
function stepError(part: unknown, everyNs: number, path: string): string | undefined {
  if (typeof part !== 'object' || part === null) return undefined
  for (const [key, member] of Object.entries(part)) {
    const here = Array.isArray(part) ? `${path}[${key}]` : `${path}.${key}`
    if (periods.has(key) && (member as number) % everyNs !== 0) return `${here}: ${member} is not a multiple of everyNs, ${everyNs}`
    const error = stepError(member, everyNs, here)
    if (error !== undefined) return error
  }
  return undefined
}
