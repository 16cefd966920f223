/** Short words for plan's inputs. Times are seconds after zero. */
import type { ActionIR, PaceIR, RuleIR, TargetIR } from '../../src/bundle/index.ts'
import type { RuleOutcome, Truth, UnknownReason, WorkloadSnapshot } from '../../src/evaluate/index.ts'
import type { Decision, PlanInput, PlanResult, TargetState } from '../../src/plan/index.ts'
import { acted, firstSight, plan } from '../../src/plan/index.ts'

export const s = 1e9
export const m = 60 * s
export const ads = 'deployment/adservice'

export function pace(stableNs = 0, limits: PaceIR['limits'] = []): PaceIR {
  return { stableNs, limits }
}

export function target(more: Partial<TargetIR> = {}): TargetIR {
  return {
    id: ads,
    workload: { kind: 'deployment', name: 'adservice' },
    min: 1,
    max: 10,
    boundsImplied: false,
    up: pace(),
    down: pace(),
    cooldownNs: 0,
    settleNs: 2 * m,
    mode: 'act',
    combine: 'largest',
    ...more,
  }
}

/** `+2`, `-1`, `+50%`, `to 4`, `to at least 4`, `to at most 4`, `hold 50`, `hold 50 per replica`, `freeze up`, `freeze`. */
export function action(text: string): ActionIR {
  const n = Number(/-?\d+/.exec(text.replace('+', ''))?.[0] ?? Number.NaN)
  if (text.startsWith('to at least')) return { kind: 'floor', replicas: n }
  if (text.startsWith('to at most')) return { kind: 'ceiling', replicas: n }
  if (text.startsWith('to ')) return { kind: 'set', replicas: n }
  if (text.startsWith('hold')) return { kind: 'hold', value: { kind: 'constant', value: 0, type: 'number' }, at: n, perReplica: text.endsWith('per replica') }
  if (text.startsWith('freeze')) return { kind: 'freeze', up: !text.endsWith('down'), down: !text.endsWith('up') }
  return { kind: 'change', amount: text.endsWith('%') ? n / 100 : n, unit: text.endsWith('%') ? 'ratio' : 'replicas' }
}

export function rule(name: string, text: string, more: Partial<RuleIR> = {}): RuleIR {
  return {
    name,
    target: ads,
    action: action(text),
    condition: { kind: 'always' },
    everyNs: 5 * s,
    cooldownNs: 0,
    atLeastSpans: 0,
    onMissing: { kind: 'hold' },
    priority: 0,
    observe: false,
    source: { file: 'x.scale', start: 0, end: 0, line: 1 },
    ...more,
  }
}

/** `true`, `false`, or why it is unknown. */
export type Said = Exclude<Truth, 'unknown'> | UnknownReason

export function outcome(name: string, said: Said, more: Partial<RuleOutcome> = {}): RuleOutcome {
  const truth: Truth = said === 'true' || said === 'false' ? said : 'unknown'
  const unknown = truth === 'unknown' ? { unknown: said as UnknownReason } : {}
  return { rule: name, target: ads, truth, ...unknown, because: { kind: 'compare', text: `${name} holds`, truth, ...unknown }, ...more }
}

export function snapshot(desired: number, more: Partial<WorkloadSnapshot> = {}): WorkloadSnapshot {
  return { desired, ready: desired, version: `v${desired}`, readySince: 0, ...more }
}

/** Past with a recommendation, so that `first sight` does not hold the first decision. */
export function settled(at: number, replicas: number, more: Partial<TargetState> = {}): TargetState {
  return { ...firstSight, recommendations: [{ at, replicas }], base: replicas, ...more }
}

export type Line = readonly [rule: RuleIR, said: Said, more?: Partial<RuleOutcome>]

export function input(at: number, replicas: number, lines: readonly Line[], more: Partial<PlanInput> = {}): PlanInput {
  return {
    digest: 'sha256:0',
    at,
    target: target(),
    rules: lines.map(([r, said, extra]) => ({ rule: r, outcome: outcome(r.name, said, extra) })),
    snapshot: snapshot(replicas),
    state: firstSight,
    ...more,
  }
}

export function planned(replicas: number, lines: readonly Line[], more: Partial<PlanInput> = {}): Decision {
  return plan(input(1000 * s, replicas, lines, more)).decision
}

/** Plans and, when it says so, acts. */
export function done(given: PlanInput): PlanResult {
  const { decision, state } = plan(given)
  return { decision, state: acted(state, decision) }
}

/** `ScaleUp 2 → 4`, `Frozen 2`. */
export function say({ outcome: what, reason, from, to, would }: Decision): string {
  return `${reason} ${from === to ? from : `${from} → ${to}`}${would === undefined ? '' : ` would ${would}`}${what === 'scale' ? '' : ` (${what})`}`
}
