/** Rules of a bundle in words, close to how they are written. */
import { printDuration, printQuantity, printSelector, printValue } from '../language/index.ts'
import type { ActionIR, ConditionIR, RuleIR, TargetIR } from './ir.ts'

/** `scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 5 times in 1m, every 5s` */
export function ruleWords(rule: RuleIR): string {
  const { action, condition, target } = rule
  const what = action.kind === 'freeze' ? `freeze ${target}${frozen(action)}` : `scale ${target} ${changeWords(action, rule.everyNs)}`
  const when = condition.kind === 'always' ? '' : ` when ${conditionWords(condition, rule.everyNs)}`
  return [`${what}${when}`, ...clauses(rule)].join(', ')
}

function frozen({ up, down }: { readonly up: boolean; readonly down: boolean }): string {
  if (up && down) return ''
  return up ? ' up' : ' down'
}

/** `+2`, `to at least 6`, `freeze down` */
export function actionWords(action: ActionIR, everyNs: number): string {
  return action.kind === 'freeze' ? `freeze${frozen(action)}` : changeWords(action, everyNs)
}

function changeWords(action: Exclude<ActionIR, { kind: 'freeze' }>, everyNs: number): string {
  switch (action.kind) {
    case 'change':
      return `${action.amount < 0 ? '-' : '+'}${printQuantity(Math.abs(action.amount), action.unit === 'ratio' ? 'ratio' : 'number')}`
    case 'set':
      return `to ${action.replicas}`
    case 'floor':
      return `to at least ${action.replicas}`
    case 'ceiling':
      return `to at most ${action.replicas}`
    case 'hold': {
      const at = printQuantity(action.at, action.value.type)
      return `to hold ${printValue(action.value, everyNs)} at ${at}${action.perReplica ? ' per replica' : ''}`
    }
  }
}

export function conditionWords(condition: ConditionIR, everyNs: number): string {
  const inner = (of: ConditionIR): string => (of.kind === 'and' || of.kind === 'or' ? `(${conditionWords(of, everyNs)})` : conditionWords(of, everyNs))
  switch (condition.kind) {
    case 'and':
      return condition.all.map(inner).join(' and ')
    case 'or':
      return condition.any.map(inner).join(' or ')
    case 'not':
      return `not ${inner(condition.of)}`
    case 'compare':
      return condition.text
    case 'times':
      return `${inner(condition.of)} ${condition.count} times in ${printDuration(condition.withinNs)}`
    case 'for':
      return `${inner(condition.of)} for ${printDuration(condition.ns)}`
    case 'spans':
      return `${condition.text} ${condition.count} times in ${printDuration(condition.withinNs)}`
    case 'absent':
      return `absent(${printSelector(condition.selector)}) for ${printDuration(condition.ns)}`
    case 'during':
      return `during ${dayWords(condition.days)}${time(condition.fromMinute)}-${time(condition.toMinute)} in "${condition.zone}"`
    case 'always':
      return 'always'
  }
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** `mon-fri ` where the days follow each other, with a space behind; nothing where all are meant. */
function dayWords(days: readonly number[]): string {
  if (days.length === 0 || days.length === 7) return ''
  const names = days.map((day) => dayNames[day])
  const consecutive = days.length > 2 && days.every((day, i) => i === 0 || day === ((days[i - 1] ?? 0) + 1) % 7)
  return `${consecutive ? `${names[0]}-${names.at(-1)}` : names.join(',')} `
}

function time(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

function clauses(rule: RuleIR): string[] {
  const { everyNs, cooldownNs, atLeastSpans, onMissing, priority, between, observe } = rule
  return [
    `every ${printDuration(everyNs)}`,
    cooldownNs > 0 ? `cooldown ${printDuration(cooldownNs)}` : '',
    atLeastSpans > 0 ? `at least ${atLeastSpans} spans` : '',
    onMissing.kind === 'floor' ? `on missing floor ${onMissing.replicas} after ${printDuration(onMissing.afterNs)}` : '',
    priority === 0 ? '' : `priority ${priority}`,
    between === undefined ? '' : `between ${between.min} and ${between.max}`,
    observe ? 'observe' : '',
  ].filter((clause) => clause !== '')
}

/** `between 1 and 10, up at most +4 per 1m, down stable 5m and at most 10% per 1m, cooldown 1m, settle within 2m, mode act` */
export function targetWords(target: TargetIR): string {
  const { min, max, boundsImplied, cooldownNs, settleNs, mode, combine } = target
  return [
    `between ${min} and ${max}${boundsImplied ? ' (implied)' : ''}`,
    paceWords('up', target),
    paceWords('down', target),
    cooldownNs > 0 ? `cooldown ${printDuration(cooldownNs)}` : '',
    `settle within ${printDuration(settleNs)}`,
    `mode ${mode}`,
    combine === 'sum' ? 'combine sum' : '',
  ]
    .filter((part) => part !== '')
    .join(', ')
}

function paceWords(direction: 'up' | 'down', target: TargetIR): string {
  const { stableNs, limits } = target[direction]
  const parts = [
    ...(stableNs > 0 ? [`stable ${printDuration(stableNs)}`] : []),
    ...limits.map(({ amount, unit, perNs }) => `at most ${printQuantity(amount, unit === 'ratio' ? 'ratio' : 'number')} per ${printDuration(perNs)}`),
  ]
  return parts.length === 0 ? '' : `${direction} ${parts.join(' and ')}`
}
