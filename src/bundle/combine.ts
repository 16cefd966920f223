/**
 * Several bundles as one: rules that different people own, each compiled alone, so that a mistake of one is not everybody's. A part may be confined to a
 * namespace: its workloads that name none are in it, and it may name no other.
 */
import { canonical, digestOf } from './canonical.ts'
import { type Bundle, bundleFormat, type ConditionIR, type RuleIR, type TargetIR, type ValueIR, type WorkloadRef, workloadId } from './ir.ts'

export interface Part {
  /** `shop/ads`: stands before the names of its rules and sources. Empty: these stay as they are. */
  readonly name: string
  readonly bundle: Bundle
  /** Undefined: anywhere. */
  readonly namespace?: string
}

export interface Combined {
  /** Absent without any part. */
  readonly bundle?: Bundle
  /** Parts that are left out whole, with the reason: one sentence without a full stop. */
  readonly refused: readonly { readonly part: string; readonly reason: string }[]
}

/** Of two parts that declare or scale one workload the first keeps it: limits must be of one mind. */
export function combine(parts: readonly Part[]): Combined {
  const refused: { part: string; reason: string }[] = []
  const taken = new Map<string, string>()
  const kept: Bundle[] = []
  for (const part of parts) {
    const confined = confine(part)
    if ('reason' in confined) {
      refused.push({ part: part.name, reason: confined.reason })
      continue
    }
    const own = confined.targets.filter((target) => owns(confined, target))
    const clash = own.find(({ id }) => taken.has(id))
    if (clash !== undefined) {
      refused.push({ part: part.name, reason: `${clash.id} is scaled by ${taken.get(clash.id) || 'the rule files'} already` })
      continue
    }
    for (const { id } of own) taken.set(id, part.name)
    kept.push(confined)
  }
  const [first] = kept
  return first === undefined ? { refused } : { bundle: kept.length === 1 ? first : joined(kept), refused }
}

function joined(bundles: readonly Bundle[]): Bundle {
  const unique = <T>(values: readonly T[]): T[] =>
    [...new Map(values.map((value) => [canonical(value), value])).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
  const peers = unique(bundles.flatMap((bundle) => bundle.peers ?? []))
  return sealed({
    compiler: (bundles[0] as Bundle).compiler,
    sources: bundles.flatMap(({ sources }) => sources),
    projection: unique(bundles.flatMap(({ projection }) => projection)),
    targets: targetsOf(bundles),
    rules: bundles.flatMap(({ rules }) => rules),
    ...(peers.length === 0 ? {} : { peers }),
  })
}

/** Whether the part says something of the workload, and does not only look at it. */
function owns({ rules }: Bundle, { id, boundsImplied }: TargetIR): boolean {
  return !boundsImplied || rules.some(({ target }) => target === id)
}

/** Each once, as its owner has it. */
function targetsOf(bundles: readonly Bundle[]): TargetIR[] {
  const found = new Map<string, TargetIR>()
  for (const bundle of bundles) for (const target of bundle.targets) if (!found.has(target.id) || owns(bundle, target)) found.set(target.id, target)
  return [...found.values()]
}

function sealed(content: Omit<Bundle, 'format' | 'language' | 'digest' | 'signatures'>): Bundle {
  const whole = { format: bundleFormat, language: 1, ...content } as const
  return { ...whole, digest: digestOf(whole) }
}

/** A part with its names, in its namespace. */
function confine({ name, bundle, namespace }: Part): Bundle | { readonly reason: string } {
  if (name === '' && namespace === undefined) return bundle
  let outside: string | undefined
  const place = (workload: WorkloadRef): WorkloadRef => {
    if (namespace === undefined) return workload
    const elsewhere =
      (workload.namespace !== undefined && workload.namespace !== namespace) || (workload.orchestrator !== undefined && workload.orchestrator !== 'kubernetes')
    if (elsewhere) outside ??= `${workloadId(workload)} is outside namespace ${namespace}, and these rules may only act there`
    return { ...workload, namespace }
  }
  const moved = new Map<string, TargetIR>()
  for (const target of bundle.targets) {
    const workload = place(target.workload)
    moved.set(target.id, { ...target, id: workloadId(workload), workload })
  }
  const value = (of: ValueIR): ValueIR => {
    switch (of.kind) {
      case 'replicas':
      case 'ready': {
        const workload = place(of.workload)
        return { ...of, workload, target: moved.get(of.target)?.id ?? workloadId(workload) }
      }
      case 'forecast':
        return { ...of, of: value(of.of) }
      case 'arithmetic':
        return { ...of, of: of.of.map(value) }
      default:
        return of
    }
  }
  const condition = (of: ConditionIR): ConditionIR => {
    switch (of.kind) {
      case 'and':
        return { ...of, all: of.all.map(condition) }
      case 'or':
        return { ...of, any: of.any.map(condition) }
      case 'not':
      case 'times':
      case 'for':
        return { ...of, of: condition(of.of) }
      case 'compare':
        return { ...of, left: value(of.left), right: value(of.right) }
      default:
        return of
    }
  }
  const prefixed = (text: string): string => (name === '' ? text : `${name}/${text}`)
  const rules = bundle.rules.map(
    (rule): RuleIR => ({
      ...rule,
      name: prefixed(rule.name),
      target: (moved.get(rule.target) as TargetIR).id,
      action: rule.action.kind === 'hold' ? { ...rule.action, value: value(rule.action.value) } : rule.action,
      condition: condition(rule.condition),
      source: { ...rule.source, file: prefixed(rule.source.file) },
    }),
  )
  if (outside !== undefined) return { reason: outside }
  const sources = bundle.sources.map((source) => ({ ...source, name: prefixed(source.name) }))
  const { compiler, projection, peers } = bundle
  return sealed({ compiler, projection, sources, targets: [...moved.values()], rules, ...(peers === undefined ? {} : { peers }) })
}
