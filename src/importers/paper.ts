/**
 * Rules as the SCALE paper words them (section 3.2.4), "scale service A if operation B reaches a latency of X, N times within a given window", in
 * YAML. The paper does not print the file; these are its words as keys:
 *
 *     rules:
 *       - service: adservice      # what is scaled, and whose operation it is
 *         operation: GetAds       # or shop/GetAds where it is another service's
 *         latency: 400ms          # or a number of milliseconds
 *         times: 5
 *         window: 60s             # or a number of seconds
 *         action: scale_up        # or +2, {scale_up: 2}, {service: other, by: 2}
 */
import { type Fields, isFields, listAt, type Manifest, type Problem, textAt, wholeAt } from './documents.ts'
import { type Draft, type DraftRule, labelOf, seconds, workloadText } from './draft.ts'
import { operationText, serviceText } from './names.ts'
import { durationSeconds } from './quantity.ts'

export function isPaperRules(fields: Fields): boolean {
  const [first] = listAt(fields, 'rules')
  return isFields(first) && (first.service !== undefined || first.operation !== undefined) && fields.apiVersion === undefined
}

export function importPaperRules({ fields, at }: Manifest): readonly (Draft | Problem)[] {
  /** Rules by workload, in the order in which workloads appear. */
  const drafts = new Map<string, { readonly rules: DraftRule[]; readonly min?: number; readonly max?: number }>()
  const problems: Problem[] = []
  for (const [i, rule] of listAt(fields, 'rules').entries()) {
    const made = isFields(rule) ? importRule(rule, fields) : 'expected a rule with service, operation, latency, times, window and action'
    if (typeof made === 'string') {
      problems.push({ ...at('rules', i), message: made })
      continue
    }
    const known = drafts.get(made.workload)
    drafts.set(made.workload, { ...made.bounds, ...known, rules: [...(known?.rules ?? []), made.rule] })
  }
  return [
    ...problems,
    ...[...drafts].map(([workload, { rules, min, max }]): Draft => {
      const notes: string[] = []
      if (max === undefined) notes.push('The rules name no limits: 1 to 10 replicas are assumed.')
      if (rules.every(({ text }) => text.startsWith('+')))
        notes.push('Nothing gives replicas back. A rule such as "-1 when span(…).p99 < 100ms for 10m" would, once you know what is fast.')
      return { from: 'latency rules', workload, clauses: [`between ${min ?? 1} and ${max ?? 10}`], rules, notes }
    }),
  ]
}

interface Made {
  readonly workload: string
  readonly rule: DraftRule
  readonly bounds: { readonly min?: number; readonly max?: number }
}

/** Or what is wrong with it. */
function importRule(rule: Fields, file: Fields): Made | string {
  const operation = textAt(rule, 'operation')
  const actionFields = isFields(rule.action) ? rule.action : isFields(rule.scale) ? rule.scale : {}
  const scaled = textAt(actionFields, 'service') ?? textAt(actionFields, 'target') ?? textAt(rule, 'service')
  if (scaled === undefined) return '`service` is missing: what shall be scaled?'
  const latency = durationSeconds(first(rule, ['latency', 'threshold', 'latency_threshold', 'latencyThreshold', 'latency_ms', 'threshold_ms']), 'ms')
  if (latency === undefined || latency === 0) return '`latency` must be a duration such as 400ms, or a number of milliseconds'
  const times = wholeAt({ times: first(rule, ['times', 'count', 'occurrences', 'n']) ?? 1 }, 'times')
  if (times === undefined || times === 0) return '`times` must be a whole number of at least 1'
  const window = durationSeconds(first(rule, ['window', 'within', 'window_seconds']), 's')
  if (window === undefined || window === 0) return '`window` must be a duration such as 60s, or a number of seconds'
  const step = stepOf(rule)
  if (typeof step !== 'string') return step.wrong

  const [service, method] = splitOperation(operation, textAt(rule, 'service') ?? scaled)
  const selector = `span(${serviceText(service)}${method === undefined ? '' : `/${operationText(method)}`})`
  const notes: string[] = []
  // Periods are whole steps, of five seconds where nothing else is said.
  const period = Math.max(5, Math.ceil(window / 5) * 5)
  if (period !== window) notes.push(`The window was ${seconds(window)}; it is ${seconds(period)} here, whole steps of 5s.`)
  if (step.startsWith('-')) notes.push('It takes replicas away where the latency is high: is that meant?')
  const namespace = textAt(rule, 'namespace') ?? textAt(file, 'namespace')
  const [min, max] = [wholeAt(rule, 'min'), wholeAt(rule, 'max')]
  return {
    workload: workloadText({ kind: textAt(rule, 'kind') ?? 'deployment', name: scaled }, namespace),
    rule: {
      name: labelOf(textAt(rule, 'name') ?? `${scaled}-${method ?? 'slow'}`),
      text: `${step} when ${selector}.duration >= ${seconds(latency)} ${times} times in ${seconds(period)}`,
      notes,
    },
    bounds: { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) },
  }
}

function first(fields: Fields, keys: readonly string[]): unknown {
  const key = keys.find((name) => fields[name] !== undefined && fields[name] !== null)
  return key === undefined ? undefined : fields[key]
}

/** `+2` of `scale_up`, `+2`, `{scale_up: 2}`, `{type: scale_up, replicas: 2}`, `{service: a, by: -1}`, `{to: 5}`. */
function stepOf(rule: Fields): string | { readonly wrong: string } {
  const wrong = { wrong: '`action` must say how to scale: scale_up, scale_down, +2, -1, or {by: 2}' }
  const { action = rule.scale } = rule
  if (action === undefined || typeof action === 'number') return signed(action ?? 1)
  if (typeof action === 'string') {
    if (/^[+-]?\d+$/.test(action)) return signed(Number(action))
    return signed(direction(action) * (wholeAt(rule, 'replicas') ?? wholeAt(rule, 'by') ?? 1), wrong)
  }
  if (!isFields(action)) return wrong
  const to = wholeAt(action, 'to')
  if (to !== undefined) return `to ${to}`
  const amount = first(action, ['by', 'replicas', 'amount', 'step', 'delta'])
  const word = Object.keys(action).find((key) => direction(key) !== 0)
  if (word !== undefined) return signed(direction(word) * (wholeAt(action, word) ?? 1), wrong)
  const type = textAt(action, 'type') ?? textAt(action, 'direction')
  const sign = type === undefined ? 1 : direction(type)
  return signed(sign * Number(amount ?? 1), wrong)
}

function direction(word: string): number {
  if (/^(?:scale[-_ ]?)?(?:up|out)$|^add$|^increase$/i.test(word)) return 1
  return /^(?:scale[-_ ]?)?(?:down|in)$|^remove$|^decrease$/i.test(word) ? -1 : 0
}

function signed(
  amount: number,
  otherwise: { readonly wrong: string } = { wrong: '`action` must change the number of replicas' },
): string | { readonly wrong: string } {
  if (!Number.isInteger(amount) || amount === 0) return otherwise
  return amount > 0 ? `+${amount}` : String(amount)
}

/** `cart/GetCart` names its service; `hipstershop.AdService/GetAds` is an operation's full name. */
function splitOperation(operation: string | undefined, service: string): readonly [string, string | undefined] {
  if (operation === undefined) return [service, undefined]
  const at = operation.indexOf('/')
  if (at <= 0 || operation.slice(0, at).includes('.') || operation.includes(' ')) return [service, operation]
  return [operation.slice(0, at), operation.slice(at + 1)]
}
