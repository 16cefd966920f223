/** What a rule does, as a clause in the imperative. */
import type { RuleIR, TargetIR } from '../bundle/index.ts'
import { printQuantity, printRatio } from '../language/index.ts'
import { replicas } from '../plan/index.ts'
import { valueWords } from './values.ts'

interface Bounds {
  readonly min: number
  readonly max: number
}

/** `add 2 replicas to deployment/adservice, up to 10` */
export function actionClause(rule: RuleIR, target: TargetIR): string {
  const { action, everyNs } = rule
  const { id } = target
  const { min, max } = boundsOf(rule, target)
  switch (action.kind) {
    case 'change': {
      const up = action.amount > 0
      const amount = Math.abs(action.amount)
      const what = action.unit === 'ratio' ? `${printRatio(amount)} of its replicas (at least one)` : replicas(amount)
      return up ? `add ${what} to ${id}, up to ${max}` : `take ${what} from ${id}, down to ${min}`
    }
    case 'set':
      return `set ${id} to ${replicas(action.replicas)}`
    case 'floor':
      return `keep ${id} at ${replicas(action.replicas)} or more, as long as this holds`
    case 'ceiling':
      return `keep ${id} at ${replicas(action.replicas)} or fewer, as long as this holds`
    case 'hold': {
      const at = `${printQuantity(action.at, action.value.type)}${action.perReplica ? ' per replica' : ''}`
      return `keep ${valueWords(action.value, everyNs)} at ${at} by changing the replicas of ${id} in proportion, between ${min} and ${max}`
    }
    case 'freeze':
      if (action.up && action.down) return `leave the replicas of ${id} as they are`
      return action.up ? `add no replica to ${id}` : `take no replica from ${id}`
    default:
      return action satisfies never
  }
}

/** The same in a few words about another rule: `adds 2 replicas`. */
export function actionBrief({ action, everyNs }: RuleIR): string {
  switch (action.kind) {
    case 'change': {
      const amount = Math.abs(action.amount)
      const what = action.unit === 'ratio' ? `${printRatio(amount)}` : replicas(amount)
      return action.amount > 0 ? `adds ${what}` : `takes ${what}`
    }
    case 'set':
      return `sets ${replicas(action.replicas)}`
    case 'floor':
      return `keeps at least ${action.replicas}`
    case 'ceiling':
      return `keeps at most ${action.replicas}`
    case 'hold':
      return `holds ${valueWords(action.value, everyNs)} at ${printQuantity(action.at, action.value.type)}${action.perReplica ? ' per replica' : ''}`
    case 'freeze':
      return action.up && action.down ? 'freezes both ways' : `freezes the way ${action.up ? 'up' : 'down'}`
    default:
      return action satisfies never
  }
}

/** The target's bounds, narrowed by the rule's own. */
export function boundsOf({ between }: RuleIR, { min, max }: TargetIR): Bounds {
  return between === undefined ? { min, max } : { min: Math.max(min, between.min), max: Math.min(max, between.max) }
}
