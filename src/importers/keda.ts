/** KEDA's ScaledObjects. */
import { gatherBehavior } from './behavior.ts'
import { cronCondition } from './cron.ts'
import { type Fields, fieldsAt, isFields, listAt, type Manifest, type Problem, textAt, wholeAt } from './documents.ts'
import { type Draft, type Gathering, gatherMode, labelOf, seconds, workloadText } from './draft.ts'
import { holdRule, platformRule } from './hold.ts'
import { quantity } from './quantity.ts'

export function importScaledObject({ fields, at }: Manifest): Draft | Problem {
  const spec = fieldsAt(fields, 'spec')
  const metadata = fieldsAt(fields, 'metadata')
  const reference = fieldsAt(spec, 'scaleTargetRef')
  const name = textAt(reference, 'name')
  if (name === undefined) return { ...at('spec', 'scaleTargetRef'), message: 'spec.scaleTargetRef needs a name: what would be scaled is not known' }
  const max = wholeAt(spec, 'maxReplicaCount') ?? 100
  const min = wholeAt(spec, 'minReplicaCount') ?? 0
  if (max === 0) return { ...at('spec', 'maxReplicaCount'), message: 'spec.maxReplicaCount must be a whole number of at least 1' }
  if (min > max) return { ...at('spec', 'minReplicaCount'), message: `spec.minReplicaCount is ${min}, above spec.maxReplicaCount, ${max}` }
  const namespace = textAt(metadata, 'namespace')
  const apiVersion = textAt(reference, 'apiVersion')
  const bounds = { min: Math.max(1, min), max }
  const into: Gathering = { clauses: [`between ${bounds.min} and ${max}`], rules: [], notes: [] }

  gatherSettings(spec, min, into)
  gatherBehavior(fieldsAt(spec, 'advanced', 'horizontalPodAutoscalerConfig', 'behavior'), into)
  gatherPauses(fieldsAt(metadata, 'annotations'), into)
  const missing = fallbackOf(spec, bounds, into)
  const triggers = listAt(spec, 'triggers').filter(isFields)
  for (const trigger of triggers) gatherTrigger(trigger, { name, missing, bounds, only: triggers.length === 1 }, into)
  if (into.rules.every(({ dormant }) => dormant)) into.notes.push('None of its triggers is taken over: nothing scales this workload until you write a rule.')
  into.notes.push('Delete the ScaledObject when scaled takes over: scaled leaves alone what another autoscaler scales.')
  return {
    from: `ScaledObject ${namespace === undefined ? '' : `${namespace}/`}${textAt(metadata, 'name') ?? name}`,
    workload: workloadText({ kind: textAt(reference, 'kind') ?? 'Deployment', name, ...(apiVersion === undefined ? {} : { apiVersion }) }, namespace),
    ...into,
  }
}

function gatherSettings(spec: Fields, min: number, { notes }: Gathering): void {
  if (min === 0) notes.push('KEDA scales it to 0. What runs nowhere sends no spans, so nothing would start it again: one replica is kept here.')
  if (spec.cooldownPeriod !== undefined && min > 0) notes.push('cooldownPeriod is about the last step to 0 only, and is left out.')
  if (spec.idleReplicaCount !== undefined) notes.push('idleReplicaCount is left out.')
  if (fieldsAt(spec, 'advanced', 'scalingModifiers').formula !== undefined)
    notes.push('advanced.scalingModifiers is left out: each trigger is a rule of its own here, and the one that asks for most replicas decides.')
}

/** Annotations that hold it. */
function gatherPauses(annotations: Fields, into: Gathering): void {
  const { notes } = into
  const of = (name: string): unknown => annotations[`autoscaling.keda.sh/${name}`]
  const is = (name: string): boolean => of(name) !== undefined && String(of(name)) !== 'false'
  if (is('paused')) gatherMode('off', into)
  if (is('paused-scale-in')) gatherMode('out-only', into)
  if (is('paused-scale-out')) gatherMode('observe', into)
  if (is('paused-scale-out')) notes.push('It is paused for scaling out. There is no mode that only takes replicas away, so these rules only observe.')
  if (of('paused-replicas') !== undefined) notes.push(`It is paused at ${String(of('paused-replicas'))} replicas, which is not taken over.`)
}

/** A clause for every rule, with a space before it. */
function fallbackOf(spec: Fields, bounds: Bounds, { notes }: Gathering): string {
  const fallback = fieldsAt(spec, 'fallback')
  const [failures, wanted] = [wholeAt(fallback, 'failureThreshold'), wholeAt(fallback, 'replicas')]
  if (failures === undefined || wanted === undefined) return ''
  const replicas = within(wanted, bounds)
  const after = Math.max(1, failures) * (wholeAt(spec, 'pollingInterval') || 30)
  notes.push(
    `Where KEDA falls back to ${replicas} replicas after ${failures} failures, telemetry that is missing for ${seconds(after)} keeps at least so many here.`,
  )
  return ` on missing floor ${replicas} after ${seconds(after)}`
}

interface Bounds {
  readonly min: number
  readonly max: number
}

/** As the HPA that KEDA makes cuts it. */
function within(replicas: number, { min, max }: Bounds): number {
  return Math.min(max, Math.max(min, replicas))
}

interface TriggerContext {
  /** Of the workload. */
  readonly name: string
  readonly missing: string
  readonly bounds: Bounds
  /** No other trigger takes replicas away. */
  readonly only: boolean
}

function gatherTrigger(trigger: Fields, context: TriggerContext, into: Gathering): void {
  const type = textAt(trigger, 'type') ?? 'unnamed'
  const metadata = fieldsAt(trigger, 'metadata')
  const name = textAt(trigger, 'name') ?? textAt(metadata, 'metricName') ?? type
  switch (type) {
    case 'prometheus':
      gatherPrometheus(trigger, metadata, name, context, into)
      return
    case 'cron':
      gatherCron(metadata, name, context, into)
      return
    case 'cpu':
    case 'memory': {
      const query =
        type === 'cpu'
          ? `sum(rate(container_cpu_usage_seconds_total{pod=~'${context.name}-.*'}[2m]))`
          : `sum(container_memory_working_set_bytes{pod=~'${context.name}-.*'})`
      const value = quantity(metadata.value) ?? 1
      const share = (textAt(trigger, 'metricType') ?? textAt(metadata, 'type') ?? 'Utilization') === 'Utilization'
      const of = share ? `${query} / sum(kube_pod_container_resource_requests{pod=~'${context.name}-.*',resource='${type}'})` : query
      into.rules.push(platformRule({ name: type, query: of, target: String(share ? value / 100 : value), perReplica: !share }, context.name))
      return
    }
    default:
      into.notes.push(`The trigger ${type} is left out: what it reads is not in spans. A queue shows as the rate and the gap of its CONSUMER spans.`)
  }
}

function gatherPrometheus(trigger: Fields, metadata: Fields, name: string, { name: workload, missing }: TriggerContext, into: Gathering): void {
  const query = textAt(metadata, 'query')
  const threshold = quantity(metadata.threshold)
  if (query === undefined || threshold === undefined) {
    into.notes.push('A prometheus trigger is left out: it has no query or no threshold.')
    return
  }
  const perReplica = (textAt(trigger, 'metricType') ?? 'AverageValue') === 'AverageValue'
  const rule = holdRule({ name: name === 'prometheus' ? 'prometheus' : name, query, target: threshold, perReplica }, workload, missing)
  const notes = [...rule.notes]
  if (String(metadata.ignoreNullValues ?? 'true') !== 'false' && !rule.dormant)
    notes.push('KEDA reads no data as 0, and scales in; here it is unknown, and changes nothing.')
  if (metadata.activationThreshold !== undefined) notes.push('activationThreshold is about the first step from 0 only, and is left out.')
  into.rules.push({ ...rule, notes })
}

function gatherCron(metadata: Fields, name: string, { name: workload, bounds, only }: TriggerContext, into: Gathering): void {
  const [start, end, zone, replicas] = [textAt(metadata, 'start'), textAt(metadata, 'end'), textAt(metadata, 'timezone'), wholeAt(metadata, 'desiredReplicas')]
  if (start === undefined || end === undefined || zone === undefined || replicas === undefined) {
    into.notes.push('A cron trigger is left out: it needs timezone, start, end and desiredReplicas.')
    return
  }
  const condition = cronCondition(start, end, zone)
  if (typeof condition !== 'string') {
    into.notes.push(`The cron trigger from ${JSON.stringify(start)} to ${JSON.stringify(end)} is left out: ${condition.why}.`)
    return
  }
  into.rules.push({ name: labelOf(workload, name), text: `to at least ${within(replicas, bounds)} when ${condition}`, notes: [] })
  // KEDA goes back by itself; a floor that is gone takes nothing away.
  if (only)
    into.rules.push({
      name: labelOf(workload, name, 'over'),
      text: `to at most ${bounds.min} when not (${condition})`,
      notes: ['Outside of these hours it goes back to the least.'],
    })
}
