/** Values and conditions in the language's own words, for people; what the program's text says is kept as it was written. */
import type { ConditionIR, SelectorIR, SpanValueIR, ValueIR, ValueType } from '../bundle/index.ts'

const units: readonly (readonly [suffix: string, ns: number])[] = [
  ['h', 3600e9],
  ['m', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
]

/** `1h30m`, `400ms`, `1.5s`: up to two of h, m, s; below a second one unit with a fraction. */
export function durationText(ns: number): string {
  if (ns === 0) return '0s'
  for (let i = 0; i < units.length; i++) {
    const [suffix, size] = units[i] as readonly [string, number]
    if (Math.abs(ns) < size) continue
    if (i > 1) return `${short(ns / size)}${suffix}`
    const whole = Math.trunc(ns / size)
    const rest = ns - whole * size
    return rest === 0 ? `${whole}${suffix}` : `${whole}${suffix}${durationText(Math.abs(rest))}`
  }
  return `${short(ns / 1e3)}us`
}

export function constantText(value: number, type: ValueType): string {
  switch (type) {
    case 'duration':
      return durationText(value)
    case 'ratio':
      return `${short(value * 100)}%`
    case 'rate':
      return `${short(value)}/s`
    case 'size':
      return value >= 2 ** 20 ? `${short(value / 2 ** 20)}MiB` : `${short(value / 1024)}KiB`
    case 'number':
      return short(value)
    default:
      return type satisfies never
  }
}

export function valueText(value: ValueIR): string {
  switch (value.kind) {
    case 'constant':
      return constantText(value.value, value.type)
    case 'span':
      return `${selectorText(value.selector)}${value.field === 'duration' ? '' : `.${value.field}`}.${statText(value)}`
    case 'replicas':
    case 'ready':
      return `${value.kind}(${value.target})`
    case 'metric':
      return `metric(${JSON.stringify(value.query)})`
    case 'forecast':
      return `forecast(${valueText(value.of)}, in ${durationText(value.aheadNs)})`
    case 'arithmetic': {
      const parts = value.of.map((part) => (part.kind === 'arithmetic' && !isCall(part.operator) ? `(${valueText(part)})` : valueText(part)))
      return isCall(value.operator) ? `${value.operator}(${parts.join(', ')})` : parts.join(` ${value.operator} `)
    }
    default:
      return value satisfies never
  }
}

export function selectorText({ service, operation }: SelectorIR): string {
  const quoted = (name: string): string => (/^[\w.*/-]+$/.test(name) ? name : JSON.stringify(name))
  return `span(${quoted(service)}${operation === undefined ? '' : `/${quoted(operation)}`})`
}

export function conditionText(condition: ConditionIR): string {
  switch (condition.kind) {
    case 'and':
      return condition.all.map(inParentheses).join(' and ')
    case 'or':
      return condition.any.map(inParentheses).join(' or ')
    case 'not':
      return `not ${inParentheses(condition.of)}`
    case 'compare':
    case 'spans':
    case 'absent':
      return condition.text
    case 'times':
      return `${inParentheses(condition.of)} ${condition.count} times in ${durationText(condition.withinNs)}`
    case 'for':
      return `${inParentheses(condition.of)} for ${durationText(condition.ns)}`
    case 'during':
      return `during ${daysText(condition.days)}${timeOfDay(condition.fromMinute)}-${timeOfDay(condition.toMinute)} in "${condition.zone}"`
    case 'always':
      return 'always'
    default:
      return condition satisfies never
  }
}

function inParentheses(condition: ConditionIR): string {
  const text = conditionText(condition)
  return condition.kind === 'and' || condition.kind === 'or' ? `(${text})` : text
}

function statText({ stat }: SpanValueIR): string {
  switch (stat.kind) {
    case 'quantile': {
      const digits = /^0\.(\d{2,3})$/.exec(String(stat.q))?.[1] ?? (stat.q === 0.9 ? '90' : undefined)
      return digits === undefined ? `quantile(${short(stat.q * 100)}%)` : `p${digits}`
    }
    case 'apdex':
      return `apdex(${durationText(stat.thresholdNs)})`
    case 'errorRate':
      return 'error_rate'
    default:
      return stat.kind
  }
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** `mon-fri ` where the days follow each other, with a space behind it; nothing where all are meant. */
function daysText(days: readonly number[]): string {
  if (days.length === 0 || days.length === 7) return ''
  const names = days.map((day) => dayNames[day] as string)
  const consecutive = days.length > 2 && days.every((day, i) => i === 0 || day === ((days[i - 1] as number) + 1) % 7)
  return consecutive ? `${names[0]}-${names.at(-1)} ` : `${names.join(', ')} `
}

function timeOfDay(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

function isCall(operator: string): boolean {
  return operator === 'min' || operator === 'max'
}

/** At most six significant digits. */
function short(value: number): string {
  return String(Number(value.toPrecision(6)))
}
