/** HPA's `behavior`: policies become limits of pace, stabilization windows `stable`. */
import { type Fields, fieldsAt, isFields, listAt, textAt, wholeAt } from './documents.ts'
import { type Gathering, gatherMode, seconds } from './draft.ts'

type Direction = 'up' | 'down'

/** What HPA does without a `behavior` (autoscaling/v2). */
const defaults: Readonly<Record<Direction, readonly Fields[]>> = {
  up: [
    { type: 'Percent', value: 100, periodSeconds: 15 },
    { type: 'Pods', value: 4, periodSeconds: 15 },
  ],
  down: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
}

/** Adds clauses of the target, and notes on what differs. */
export function gatherBehavior(behavior: Fields, into: Gathering): void {
  gatherDirection('up', fieldsAt(behavior, 'scaleUp'), into)
  gatherDirection('down', fieldsAt(behavior, 'scaleDown'), into)
}

function gatherDirection(direction: Direction, rules: Fields, into: Gathering): void {
  const { clauses, notes } = into
  const select = textAt(rules, 'selectPolicy') ?? 'Max'
  if (select === 'Disabled') {
    if (direction === 'down') gatherMode('out-only', into)
    else {
      gatherMode('observe', into)
      notes.push('HPA never scales it up (selectPolicy: Disabled). There is no mode that only takes replicas away, so these rules only observe.')
    }
    return
  }
  const given = listAt(rules, 'policies').filter(isFields)
  const limits = (given.length > 0 ? given : defaults[direction]).flatMap((policy) => limitOf(direction, policy))
  if (select === 'Min' && limits.length > 1) {
    // The most permissive of several limits decides here.
    const strictest = [...limits].sort((a, b) => a.perSecond - b.perSecond)[0]
    notes.push(`HPA applies the strictest of its policies to scale ${direction} (selectPolicy: Min); one is kept here: ${strictest?.text}.`)
    if (strictest !== undefined) clauses.push(strictest.text)
  } else clauses.push(...limits.map(({ text }) => text))
  const window = wholeAt(rules, 'stabilizationWindowSeconds') ?? (direction === 'down' ? 300 : 0)
  if (window > 0 || direction === 'down') clauses.push(`stable ${seconds(window)} before ${direction}`)
  const tolerance = textAt(rules, 'tolerance')
  if (tolerance !== undefined) notes.push(`HPA tolerates ${tolerance} before it scales ${direction}; a rule that holds a value has its own tolerance.`)
}

function limitOf(direction: Direction, policy: Fields): { readonly text: string; readonly perSecond: number }[] {
  const value = wholeAt(policy, 'value')
  const period = wholeAt(policy, 'periodSeconds')
  // Kubernetes refuses zeros.
  if (value === undefined || value === 0 || period === undefined || period === 0) return []
  const percent = policy.type === 'Percent'
  const amount = `${direction === 'up' ? '+' : ''}${value}${percent ? '%' : ''}`
  // Of ten replicas, to have something to compare.
  return [{ text: `${direction} at most ${amount} per ${seconds(period)}`, perSecond: (percent ? value / 10 : value) / period }]
}
