/** Stage 1: every rule's intent as an absolute number of replicas, all from the same base. */
import type { RuleIR } from '../bundle/index.ts'
import type { RuleOutcome } from '../evaluate/index.ts'
import type { Nanos } from '../spans/index.ts'
import { describe } from './because.ts'
import type { PlanInput, RuleReport } from './contract.ts'
import { duration, list, replicas, value } from './words.ts'

/** HPA's default tolerance: a ratio this near to 1 is no reason to move. */
export const tolerance = 0.1

/** What one true rule asks for. */
export interface Intent {
  readonly rule: string
  readonly priority: number
  /** A step asks once; a floor or a ceiling limits what others ask as long as it is there. */
  readonly kind: 'step' | 'floor' | 'ceiling'
  /** Absolute; of a floor or ceiling its limit. */
  readonly replicas: number
  /** Why, as a clause. */
  readonly because: string
}

/** The rules of a target, read for one step. */
export interface Resolved {
  readonly intents: readonly Intent[]
  readonly reports: readonly RuleReport[]
  /** Rules that freeze a direction now. */
  readonly frozenUp: readonly string[]
  readonly frozenDown: readonly string[]
  /** Rules whose evidence cannot be trusted: no capacity is taken away while there is one. `why` is a clause. */
  readonly untrusted: readonly { readonly rule: string; readonly why: string }[]
  /** Rules that wait for new replicas. */
  readonly settling: readonly string[]
  /** Why rules that would change something keep silent. */
  readonly resting: readonly string[]
  readonly tolerated: readonly string[]
  readonly narrowed: readonly { readonly up: boolean; readonly message: string }[]
}

/** Which rules are asked: those that act, or all as if `observe` were not written. */
export type Cast = 'acting' | 'all'

export function resolve(input: PlanInput, base: number, cast: Cast): Resolved {
  const intents: Intent[] = []
  const reports: RuleReport[] = []
  const frozenUp: string[] = []
  const frozenDown: string[] = []
  const untrusted: { rule: string; why: string }[] = []
  const settling: string[] = []
  const resting: string[] = []
  const tolerated: string[] = []
  const narrowed: { up: boolean; message: string }[] = []
  for (const { rule, outcome } of input.rules) {
    const acting = cast === 'all' || !rule.observe
    const distrust = acting ? distrustOf(outcome) : undefined
    if (distrust !== undefined) untrusted.push({ rule: rule.name, why: distrust })
    if (acting && outcome.unknown === 'settling') settling.push(rule.name)
    const plain = reportOf(rule, outcome)
    if (rule.action.kind === 'freeze') {
      const fired = outcome.truth === 'true'
      reports.push({ ...plain, fired: fired && acting, ...(fired && !acting ? { silent: 'observe' } : {}) })
      if (fired && acting && rule.action.up) frozenUp.push(rule.name)
      if (fired && acting && rule.action.down) frozenDown.push(rule.name)
      continue
    }
    const asked = asks(rule, outcome, base, input.at)
    if (asked === undefined) {
      reports.push({ ...plain, fired: false })
      continue
    }
    if (asked.kind === 'silent') {
      reports.push({ ...plain, fired: false, silent: asked.why })
      continue
    }
    const { intent, note } = narrow(asked.intent, rule, base)
    if (note !== undefined && acting) narrowed.push(note)
    const wants = wantsOf(intent, base)
    const restNs = (input.state.ruleActed[rule.name] ?? Number.NEGATIVE_INFINITY) + rule.cooldownNs - input.at
    if (restNs > 0) {
      const silent = `rests another ${duration(restNs)} after it acted`
      reports.push({ ...plain, fired: false, wants, silent, restNs })
      if (wants !== base && acting) resting.push(`${rule.name} ${silent}`)
    } else if (!acting) reports.push({ ...plain, fired: false, wants, silent: 'observe' })
    else {
      reports.push({ ...plain, fired: true, wants })
      if (asked.tolerated !== undefined) tolerated.push(`${rule.name}: ${asked.tolerated}`)
      intents.push(intent)
    }
  }
  return { intents, reports, frozenUp, frozenDown, untrusted, settling, resting, tolerated, narrowed }
}

/** `slow and calm are unknown: the telemetry is stale`. */
export function distrusted({ untrusted }: Resolved): string {
  const byReason = Map.groupBy(untrusted, ({ why }) => why)
  return [...byReason].map(([why, rules]) => `${list(rules.map((r) => r.rule))} ${rules.length === 1 ? 'is' : 'are'} unknown: ${why}`).join('; ')
}

/** What the intent would make of `base` alone. */
export function wantsOf(intent: Intent, base: number): number {
  switch (intent.kind) {
    case 'step':
      return intent.replicas
    case 'floor':
      return Math.max(base, intent.replicas)
    case 'ceiling':
      return Math.min(base, intent.replicas)
  }
}

/** HPA's rounding: up for more, towards zero for less; a percentage moves at least one replica. */
export function changed(base: number, amount: number, unit: 'replicas' | 'ratio'): number {
  if (unit === 'replicas') return Math.max(0, base + amount)
  return amount > 0 ? Math.max(base + 1, ceil(base * (1 + amount))) : Math.max(0, Math.min(base - 1, floor(base * (1 + amount))))
}

/** HPA's Value and AverageValue formulas; `tolerated` when the ratio is too near to 1 to move. */
export function tracked(base: number, current: number, at: number, perReplica: boolean): { readonly replicas: number; readonly tolerated: boolean } {
  const total = perReplica ? ceil(current / at) : ceil((base === 0 ? 1 : base) * (current / at))
  if (base === 0) return { replicas: total, tolerated: false }
  const ratio = perReplica ? current / (at * base) : current / at
  const within = ratio >= 1 - tolerance && ratio <= 1 + tolerance
  return within ? { replicas: base, tolerated: total !== base } : { replicas: total, tolerated: false }
}

/** Ceiling and floor that forgive the last bits of a product such as 100 × 1.1. */
export function ceil(n: number): number {
  return Math.ceil(n - 1e-9)
}

export function floor(n: number): number {
  return Math.floor(n + 1e-9)
}

type Asked = { readonly kind: 'intent'; readonly intent: Intent; readonly tolerated?: string } | { readonly kind: 'silent'; readonly why: string }

function asks(rule: RuleIR, outcome: RuleOutcome, base: number, at: Nanos): Asked | undefined {
  const from = { rule: rule.name, priority: rule.priority }
  const { onMissing } = rule
  const missingNs = outcome.staleSince === undefined ? Number.NEGATIVE_INFINITY : at - outcome.staleSince
  if (onMissing.kind === 'floor' && missingNs >= onMissing.afterNs) {
    const because = `no evidence that can be trusted for ${duration(missingNs)}`
    return { kind: 'intent', intent: { ...from, kind: 'floor', replicas: onMissing.replicas, because } }
  }
  if (outcome.truth !== 'true') return undefined
  const because = describe(outcome.because)
  const { action } = rule
  switch (action.kind) {
    case 'change':
      return { kind: 'intent', intent: { ...from, kind: 'step', replicas: changed(base, action.amount, action.unit), because } }
    case 'set':
      return { kind: 'intent', intent: { ...from, kind: 'step', replicas: action.replicas, because } }
    case 'floor':
    case 'ceiling':
      return { kind: 'intent', intent: { ...from, kind: action.kind, replicas: action.replicas, because } }
    case 'hold': {
      const observed = outcome.hold
      if (observed?.value === undefined) return { kind: 'silent', why: `the value that it holds is ${observed?.unknown ?? 'unknown'}` }
      const goal = `${value({ ...observed, value: action.at })}${action.perReplica ? ' per replica' : ''}`
      const is = `${observed.text} is ${value(observed)}`
      const { replicas: wants, tolerated } = tracked(base, observed.value, action.at, action.perReplica)
      const intent: Intent = { ...from, kind: 'step', replicas: wants, because: `${is}, to be held at ${goal}` }
      return { kind: 'intent', intent, ...(tolerated ? { tolerated: `${is}, within ${tolerance * 100}% of ${goal}` } : {}) }
    }
    case 'freeze':
      return undefined
  }
}

/** A rule's `between` narrows what the rule asks for; it never turns an up into a down. */
function narrow(intent: Intent, rule: RuleIR, base: number): { intent: Intent; note?: { up: boolean; message: string } } {
  if (rule.between === undefined) return { intent }
  const { min, max } = rule.between
  const wants = wantsOf(intent, base)
  const allowed = wants > base ? Math.min(wants, Math.max(base, max)) : wants < base ? Math.max(wants, Math.min(base, min)) : wants
  if (allowed === wants) return { intent }
  const up = wants > base
  const message = `${rule.name} may only ask for ${up ? `at most ${replicas(max)}` : `at least ${replicas(min)}`}, not ${wants}`
  return { intent: { ...intent, replicas: allowed }, note: { up, message } }
}

/**
 * Why nobody knows, as a clause. `stale` and `world` mean that; `empty`, `few` and `arithmetic` are what an idle service looks like, and must
 * not keep its replicas forever; `settling` passes by itself.
 */
function distrustOf({ truth, unknown, because, hold }: RuleOutcome): string | undefined {
  const reason = truth === 'unknown' ? unknown : hold?.unknown
  // A condition that is always true is never unknown: here it stands for a rule that has not been evaluated yet.
  if (reason === 'stale') return because.kind === 'always' && truth === 'unknown' ? because.text : 'the telemetry is stale'
  return reason === 'world' ? 'replicas or a metric could not be read' : undefined
}

function reportOf({ action }: RuleIR, outcome: RuleOutcome): Pick<RuleReport, 'rule' | 'truth' | 'unknown' | 'because' | 'held'> {
  const { rule, truth, unknown, because, hold } = outcome
  const held = action.kind === 'hold' && hold !== undefined ? { held: { value: hold, at: action.at, perReplica: action.perReplica } } : {}
  return { rule, truth, ...(unknown === undefined ? {} : { unknown }), because, ...held }
}
