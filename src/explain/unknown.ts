/** When a rule cannot be judged, and what happens then. */
import { isTraced, needsTraces, type RuleIR, type SpanValueIR, type TargetIR } from '../bundle/index.ts'
import { printDuration } from '../language/index.ts'
import { replicas } from '../plan/index.ts'
import { nodesOf, selectorsOf, valuesOf } from './conditions.ts'
import type { EngineSettings } from './settings.ts'
import { measuredIn } from './values.ts'

/** Sentences, the commonest reason first. */
export function unknownSentences(rule: RuleIR, target: TargetIR, settings: EngineSettings): readonly string[] {
  const values = valuesOf(rule).flatMap(measuredIn)
  const spans = values.filter((value): value is SpanValueIR => value.kind === 'span')
  const nodes = nodesOf(rule.condition)
  const watches = spans.length > 0 || nodes.some((node) => node.kind === 'spans' || node.kind === 'absent')
  const sentences: string[] = []
  if (spans.some((value) => !countsSpans(value)))
    sentences.push('Empty: no such span ended in the window while others arrived. The value is then unknown, never 0.')
  if (spans.some(countsSpans)) sentences.push('A count or a rate of no spans is a true 0 as long as spans of any kind arrive.')
  if (rule.atLeastSpans > 0 && spans.some((value) => !countsSpans(value))) sentences.push(`Few: fewer than ${rule.atLeastSpans} spans in the window.`)
  if (isSampled(rule))
    sentences.push('Sparse: where a sampler keeps only some traces, too few of them to tell; then luck would decide. Where all are kept it never is.')
  if (spans.some(({ stat }) => stat.kind === 'anomalies')) sentences.push('Unscored: no sampler tells anomalous traces from ordinary ones.')
  if (watches) {
    sentences.push(`Stale: no span of any kind for ${printDuration(settings.staleNs)}. Nothing that spans say is believed then.`)
    sentences.push(`Settling: the last action's replicas are not ready, so there is no evidence of them yet.`)
  }
  if (values.some(({ kind }) => kind === 'replicas' || kind === 'ready')) sentences.push('World: the number of replicas could not be read.')
  if (values.some(({ kind }) => kind === 'metric')) sentences.push('World: the metric could not be read.')
  if (valuesOf(rule).some((value) => value.kind === 'arithmetic' && value.operator === '/')) sentences.push('Arithmetic: the divisor is 0.')
  if (sentences.length === 0) return ['Never: it needs no telemetry.']
  sentences.push(...consequences(rule, target, nodes, watches))
  return sentences
}

function consequences(rule: RuleIR, target: TargetIR, nodes: ReturnType<typeof nodesOf>, watches: boolean): string[] {
  const sentences = [rule.action.kind === 'freeze' ? 'While it is unknown it freezes nothing.' : 'While it is unknown the rule does not fire.']
  if (nodes.some(({ kind }) => kind === 'times')) sentences.push('Unknown steps are not counted by "times in", but may leave the count open.')
  if (nodes.some(({ kind }) => kind === 'for'))
    sentences.push(`"for" passes over empty steps, which neither break a run nor complete it; a stale${isSampled(rule) ? ' or a sparse' : ''} step breaks it.`)
  if (!watches) return sentences
  if (!rule.observe) sentences.push(`While it is stale, no rule takes replicas from ${target.id}.`)
  const { onMissing } = rule
  if (onMissing.kind === 'floor')
    sentences.push(`Stale for ${printDuration(onMissing.afterNs)}, it keeps ${target.id} at ${replicas(onMissing.replicas)} or more (on missing floor).`)
  return sentences
}

/** Whether it looks at traces, of which a sampler may keep only some. */
function isSampled(rule: RuleIR): boolean {
  const spans = valuesOf(rule)
    .flatMap(measuredIn)
    .filter((value) => value.kind === 'span')
  return spans.some(isTraced) || selectorsOf(rule).some(needsTraces)
}

function countsSpans({ stat }: SpanValueIR): boolean {
  return stat.kind === 'count' || stat.kind === 'rate' || stat.kind === 'errors' || stat.kind === 'anomalies'
}
