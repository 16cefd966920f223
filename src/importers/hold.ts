/** Metrics that a target is kept at: a rule that holds a value where spans show it, a comment where they do not. */
import { printDuration, printQuantity } from '../language/index.ts'
import { type DraftRule, labelOf } from './draft.ts'
import { quoted } from './names.ts'
import { recognise, type Signal } from './promql/recognise.ts'

export interface Metric {
  /** For the rule's name: `latency`, `cpu`. */
  readonly name: string
  /** PromQL. */
  readonly query: string
  readonly target: number
  /** The target is of each replica: the query's value is divided by their number. */
  readonly perReplica: boolean
}

/** `workload`: its plain name. */
export function holdRule({ name, query, target, perReplica }: Metric, workload: string, clauses = ''): DraftRule {
  const signal = recognise(query, workload)
  if (signal === undefined || target <= 0) return platformRule({ name, query, target: String(target), perReplica }, workload, clauses)
  return spanRule(labelOf(workload, name), signal, target, perReplica, clauses)
}

export function spanRule(name: string, signal: Signal, target: number, perReplica: boolean, clauses = ''): DraftRule {
  const additive = signal.type === 'rate' || signal.type === 'number'
  const notes = [...signal.notes]
  if (perReplica && !additive)
    notes.push(
      'The metric was divided by the number of replicas (AverageValue), which makes no sense of a latency or a share: here the value itself is held at the target.',
    )
  if (!additive)
    notes.push(
      'A latency does not fall in proportion to replicas: a step such as "+2 when … 5 times in 60s", with a slower way back, is steadier than holding a value.',
    )
  return { name, text: `to hold ${signal.value} at ${quantityText(signal, target)}${perReplica && additive ? ' per replica' : ''}${clauses}`, notes }
}

function quantityText({ type, unit }: Signal, target: number): string {
  switch (type) {
    case 'duration':
      return printDuration(Math.round(target * unit * 1e9))
    case 'rate':
      return printQuantity(target * unit, 'rate')
    case 'ratio':
      return printQuantity(Math.min(1, target * unit), 'ratio')
    case 'number':
      return printQuantity(target * unit, 'number')
  }
}

/** What no span shows: the rule is written down, and stays a comment until scaled can load it. */
export function platformRule(
  metric: { readonly name: string; readonly query: string; readonly target: string; readonly perReplica: boolean },
  workload: string,
  clauses = '',
): DraftRule {
  const { name, query, target, perReplica } = metric
  const text = `to hold metric(${quoted(query.replaceAll(/\s+/g, ' '))}) at ${target}${perReplica ? ' per replica' : ''}${clauses}`
  const notes = [`Spans do not show ${name}. metric(…) would, and scaled cannot load it yet, so this rule is a comment:`]
  return { name: labelOf(workload, name), text, notes, dormant: true }
}
