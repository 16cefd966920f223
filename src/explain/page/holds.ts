/** Why a target may hold, for whoever is on call: only what can happen to it, with its own numbers. */
import type { RuleIR, TargetIR } from '../../bundle/index.ts'
import { printDuration } from '../../language/index.ts'
import type { Reason } from '../../plan/index.ts'
import { list } from '../../plan/index.ts'
import { mayGo } from '../direction.ts'

export interface Hold {
  readonly reason: Reason
  readonly meaning: string
}

/** `own` are the target's rules. */
export function holdsOf(target: TargetIR, own: readonly RuleIR[]): readonly Hold[] {
  const found: Hold[] = []
  const say = (when: boolean, reason: Reason, meaning: string): void => {
    if (when) found.push({ reason, meaning })
  }
  const { min, max, cooldownNs, settleNs, up, down, mode } = target
  const ups = own.some(({ action }) => mayGo(action).up)
  const downs = own.some(({ action }) => mayGo(action).down)
  const named = (kind: RuleIR['action']['kind']): readonly string[] => own.filter(({ action }) => action.kind === kind).map(({ name }) => name)
  const resting = own.filter((rule) => rule.cooldownNs > 0).map((rule) => `${rule.name} for ${printDuration(rule.cooldownNs)}`)
  say(mode === 'off', 'ModeOff', 'Its mode is off: nothing is planned for it.')
  say(mode === 'out-only' && downs, 'ModeOutOnly', 'A rule wanted to take replicas; the mode is out-only.')
  say(mode === 'observe' || own.some(({ observe }) => observe), 'Observed', 'A rule would have acted, but the target or the rule only observes.')
  say(
    cooldownNs > 0 || resting.length > 0,
    'Cooldown',
    [
      cooldownNs > 0 ? `It changed less than ${printDuration(cooldownNs)} ago.` : '',
      resting.length > 0 ? `After acting these rules rest: ${list(resting)}.` : '',
    ]
      .filter((text) => text !== '')
      .join(' '),
  )
  say(ups, 'Settling', `The replicas of the last action are not ready; it waits for them, at most ${printDuration(settleNs)}.`)
  say(
    downs && down.stableNs > 0,
    'ScaleDownStabilized',
    `Fewer replicas must be wanted for ${printDuration(down.stableNs)} without a break before they are taken.`,
  )
  say(ups && up.stableNs > 0, 'ScaleUpStabilized', `More replicas must be wanted for ${printDuration(up.stableNs)} without a break before they are added.`)
  say(ups && up.limits.length > 0, 'ScaleUpLimit', 'It has risen as fast as its pace allows.')
  say(downs && down.limits.length > 0, 'ScaleDownLimit', 'It has fallen as fast as its pace allows.')
  say(ups, 'TooManyReplicas', `More than ${max} are wanted, its upper bound. If that lasts, raise the bound or look for the cause.`)
  say(downs, 'TooFewReplicas', `Fewer than ${min} are wanted, its lower bound. Nothing to do.`)
  say(named('freeze').length > 0, 'Frozen', `${list(named('freeze'), 'or')} is true and freezes it.`)
  const bounding = [...named('floor'), ...named('ceiling')]
  say(
    bounding.length > 0 || (ups && downs),
    'RuleConflict',
    bounding.length > 0
      ? `Rules disagree; ${list(bounding)} ${bounding.length === 1 ? 'sets a bound' : 'set bounds'} that the others cannot pass.`
      : 'Rules disagree; the larger capacity wins.',
  )
  say(named('hold').length > 0, 'WithinTolerance', 'The value that is held is within 10% of its goal.')
  say(downs, 'StaleEvidence', 'Telemetry is stale or the workload cannot be read, so no replicas are taken. Look at the collector and at the services.')
  return found
}

/** What may happen to any target. */
export const commonHolds: readonly Hold[] = [
  { reason: 'TargetUnreadable', meaning: 'The workload could not be read: it is gone, or scaled may not read it. The message says which.' },
  { reason: 'OwnedByAnother', meaning: 'Another controller, such as an HPA, scales the workload. Remove one of the two.' },
  { reason: 'ScalingDisabled', meaning: 'Somebody set the workload to 0 replicas. It stays so until somebody sets 1 or more.' },
  {
    reason: 'ContendedTarget',
    meaning:
      'Three of its changes were undone by somebody else within ten minutes, such as a GitOps tool. It is left alone for half an hour: let that tool ignore spec.replicas.',
  },
  { reason: 'Paused', meaning: 'A person paused it on the workload itself, for good or until a time. The message says where and how long.' },
  { reason: 'Blocked', meaning: 'A rollout is in progress, or pods are pending. It goes on by itself when that is over.' },
  { reason: 'TooFewReady', meaning: 'Too few of its replicas are ready for a change (minAvailable of the configuration of scaled).' },
  { reason: 'BudgetExhausted', meaning: 'All targets together have changed as much as the budget of scaled allows for now.' },
  { reason: 'Standby', meaning: 'Another scaled holds the lease and acts; this one only follows.' },
  { reason: 'FailedUpdateScale', meaning: 'The orchestrator refused the change. The next step plans anew.' },
]
