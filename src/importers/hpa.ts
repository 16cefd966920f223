/** HorizontalPodAutoscalers of autoscaling/v1 and v2. */
import { gatherBehavior } from './behavior.ts'
import { type Fields, fieldsAt, isFields, listAt, type Manifest, type Problem, textAt, wholeAt } from './documents.ts'
import { type Draft, type Gathering, labelOf, workloadText } from './draft.ts'
import { holdRule, platformRule, spanRule } from './hold.ts'
import { serviceText } from './names.ts'
import { quantity } from './quantity.ts'

export function importHpa({ fields, at }: Manifest): Draft | Problem {
  const spec = fieldsAt(fields, 'spec')
  const reference = fieldsAt(spec, 'scaleTargetRef')
  const [kind, name] = [textAt(reference, 'kind'), textAt(reference, 'name')]
  if (kind === undefined || name === undefined)
    return { ...at('spec', 'scaleTargetRef'), message: 'spec.scaleTargetRef needs a kind and a name: what would be scaled is not known' }
  const max = wholeAt(spec, 'maxReplicas')
  if (max === undefined || max === 0) return { ...at('spec', 'maxReplicas'), message: 'spec.maxReplicas must be a whole number of at least 1' }
  const min = wholeAt(spec, 'minReplicas') ?? 1
  if (min > max) return { ...at('spec', 'minReplicas'), message: `spec.minReplicas is ${min}, above spec.maxReplicas, ${max}` }
  const namespace = textAt(fieldsAt(fields, 'metadata'), 'namespace')
  const apiVersion = textAt(reference, 'apiVersion')
  const into: Gathering = { clauses: [`between ${min} and ${max}`], rules: [], notes: [] }

  gatherBehavior(fieldsAt(spec, 'behavior'), into)
  const utilization = wholeAt(spec, 'targetCPUUtilizationPercentage')
  if (utilization !== undefined) gatherResource('cpu', { averageUtilization: utilization }, name, namespace, into)
  for (const metric of listAt(spec, 'metrics').filter(isFields)) gatherMetric(metric, name, namespace, into)
  if (into.rules.every(({ dormant }) => dormant)) into.notes.push('None of its metrics is taken over: nothing scales this workload until you write a rule.')
  into.notes.push('Delete the HorizontalPodAutoscaler when scaled takes over: scaled leaves alone what another autoscaler scales.')
  return {
    from: `HorizontalPodAutoscaler ${namespace === undefined ? '' : `${namespace}/`}${textAt(fieldsAt(fields, 'metadata'), 'name') ?? name}`,
    workload: workloadText({ kind, name, ...(apiVersion === undefined ? {} : { apiVersion }) }, namespace),
    ...into,
  }
}

function gatherMetric(metric: Fields, workload: string, namespace: string | undefined, into: Gathering): void {
  const { type } = metric
  if (type === 'Resource' || type === 'ContainerResource') {
    const source = fieldsAt(metric, type === 'Resource' ? 'resource' : 'containerResource')
    gatherResource(textAt(source, 'name') ?? 'a resource', fieldsAt(source, 'target'), workload, namespace, into)
    return
  }
  const source = fieldsAt(metric, type === 'Pods' ? 'pods' : type === 'Object' ? 'object' : type === 'External' ? 'external' : '')
  const name = textAt(fieldsAt(source, 'metric'), 'name')
  const target = fieldsAt(source, 'target')
  const average = quantity(target.averageValue)
  const value = average ?? quantity(target.value)
  if (name === undefined || value === undefined || value <= 0) {
    into.notes.push(`A metric of type ${JSON.stringify(type)} is left out: it names no metric, or no target value.`)
    return
  }
  // A rate by its name: what prometheus-adapter makes of http_requests_total.
  if (/(?:requests?|calls|rps|qps)(?:_per_second|_rate)?$/i.test(name) && (average !== undefined || type !== 'Pods')) {
    const notes = [`${name} is guessed to be the rate of requests to ${workload}, over a minute: compare both before you trust the rule.`]
    const signal = { value: `span(${serviceText(workload)}).rate over 1m`, type: 'rate', unit: 1, notes } as const
    into.rules.push(spanRule(labelOf(workload, name), signal, value, average !== undefined))
    return
  }
  into.rules.push(holdRule({ name, query: name, target: value, perReplica: average !== undefined }, workload))
}

function gatherResource(resource: string, target: Fields, workload: string, namespace: string | undefined, into: Gathering): void {
  const utilization = wholeAt(target, 'averageUtilization')
  const average = quantity(target.averageValue)
  const pods = `${namespace === undefined ? '' : `namespace='${namespace}',`}pod=~'${workload}-.*'`
  const used = resource === 'memory' ? `sum(container_memory_working_set_bytes{${pods}})` : `sum(rate(container_cpu_usage_seconds_total{${pods}}[2m]))`
  if (utilization !== undefined) {
    const query = `${used} / sum(kube_pod_container_resource_requests{${pods},resource='${resource}'})`
    into.rules.push(platformRule({ name: resource, query, target: String(utilization / 100), perReplica: false }, workload))
  } else into.rules.push(platformRule({ name: resource, query: used, target: String(average ?? 1), perReplica: true }, workload))
}
