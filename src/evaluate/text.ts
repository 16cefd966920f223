/** Conditions in the language's own words, for people. */
import { type ConditionIR, printDuration } from '../bundle/index.ts'

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
      return condition.text
    case 'absent':
      return `${condition.text} for ${printDuration(condition.ns)}`
    case 'times':
      return `${inParentheses(condition.of)} ${condition.count} times in ${printDuration(condition.withinNs)}`
    case 'for':
      return `${inParentheses(condition.of)} for ${printDuration(condition.ns)}`
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
