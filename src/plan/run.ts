/** The stages in order, each leaving what it made of the number. */
import type { WorkloadSnapshot } from '../evaluate/index.ts'
import { bounds } from './bounds.ts'
import { budget } from './budget.ts'
import type { PlanInput, Reason, Release, Stage, StageName } from './contract.ts'
import { cooldown, epoch, settling } from './cooldown.ts'
import { freeze } from './freeze.ts'
import { health } from './health.ts'
import type { Merged } from './merge.ts'
import { merge } from './merge.ts'
import { mode } from './mode.ts'
import { rate } from './rate.ts'
import type { Cast, Resolved } from './resolve.ts'
import { distrusted, resolve, wantsOf } from './resolve.ts'
import { stabilize } from './stabilize.ts'
import type { Context, StageOf, StageResult } from './stage.ts'
import { replicas } from './words.ts'

/** In order, between merge and compare. */
const limiting: readonly (readonly [StageName, StageOf])[] = [
  ['freeze', freeze],
  ['mode', mode],
  ['stabilize', stabilize],
  ['cooldown', cooldown],
  ['epoch', epoch],
  ['rate', rate],
  ['bounds', bounds],
  ['health', health],
]

/** One run of the pipeline. */
export interface Run {
  readonly base: number
  readonly resolved: Resolved
  readonly merged: Merged
  readonly to: number
  readonly stages: readonly Stage[]
  /** Of a hold: the last stage that left nothing of what was wanted. */
  readonly held?: { readonly reason: Reason; readonly message: string }
}

export function runPipeline(input: PlanInput, snapshot: WorkloadSnapshot, cast: Cast): Run {
  const base = snapshot.desired
  const resolved = resolve(input, base, cast)
  const context: Context = { input, snapshot, base, resolved }
  const stages: Stage[] = []
  let wanted = base
  let held: Run['held']
  const take = (stage: StageName, result: StageResult): void => {
    const { message, reason, release, replicas: after } = result
    stages.push({ stage, before: wanted, after, ...(message && { message }), ...(reason && { reason }), ...(release && { release }) })
    wanted = result.replicas
    if (result.reason !== undefined) held = { reason: result.reason, message: result.message ?? '' }
  }
  take('resolve', summary(input, base, resolved))
  const merged = merge(context)
  take('merge', merged)
  for (const [name, stage] of limiting) take(name, stage(context, wanted))
  if (input.allowance !== undefined) take('budget', budget(context, wanted))
  take('compare', { replicas: wanted })
  return { base, resolved, merged, to: wanted, stages, ...(held === undefined || wanted !== base ? {} : { held }) }
}

/** What the rules ask for, or why those that might ask for something do not. */
function summary({ state, target, at }: PlanInput, base: number, resolved: Resolved): StageResult {
  const { intents, untrusted, resting, tolerated, narrowed } = resolved
  const asking = intents.filter((i) => wantsOf(i, base) !== base)
  const external =
    state.base !== undefined && state.base !== base ? [`somebody else changed ${target.id} from ${state.base} to ${replicas(base)}; planning from ${base}`] : []
  const say = (messages: readonly string[], reason?: Reason, release?: Release): StageResult => {
    const all = [...external, ...messages]
    return {
      replicas: base,
      ...(all.length === 0 ? {} : { message: all.join('; ') }),
      ...(reason === undefined ? {} : { reason }),
      ...(release === undefined ? {} : { release }),
    }
  }
  if (asking.length > 0) return say([...asking.map((i) => `${i.rule} wants ${wantsOf(i, base)}`), ...narrowed.map((n) => n.message)])
  if (untrusted.length > 0) return say([distrusted(resolved)], 'StaleEvidence')
  if (resolved.settling.length > 0 && state.epoch?.kind === 'pending') {
    const sinceNs = at - state.epoch.since
    return say([settling(sinceNs, target.settleNs)], 'Settling', { afterNs: target.settleNs - sinceNs })
  }
  if (resting.length > 0) return say(resting, 'Cooldown')
  if (narrowed[0] !== undefined) {
    return say(
      narrowed.map((n) => n.message),
      narrowed[0].up ? 'TooManyReplicas' : 'TooFewReplicas',
    )
  }
  if (tolerated.length > 0) return say(tolerated, 'WithinTolerance')
  return say([])
}
