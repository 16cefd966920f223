/** What would be kept, for people. */
import { duration, list, significant } from '../../plan/index.ts'
import type { KeptTrace, Lane } from '../../sampler/index.ts'
import { printable } from '../render/columns.ts'
import type { Decided } from './decide.ts'

export interface SampleReport extends Decided {
  readonly recordings: readonly string[]
  readonly out: string | undefined
}

const oddest = 10
const why: Readonly<Record<Lane, string>> = {
  floor: 'by chance: every trace has a part of it',
  structure: 'its calls are rare',
  latency: 'a call took unusually long',
  novelty: 'the first of its shape',
  all: 'every trace is kept',
}

export function text({ report, kept, spans, implausible, recordings, out }: SampleReport): string {
  const { decided, realised = 0, target, mode, trained, state } = report
  const weight = kept.reduce((sum, trace) => sum + trace.weight, 0)
  const lines = [
    `${list(recordings)}: ${number(spans)} spans, ${number(decided)} traces`,
    `${number(kept.length)} would be kept (${percent(realised)} of the traces, the budget is ${percent(target)}); they stand for ${number(Math.round(weight))}`,
    `mode ${mode}${trained > 0 ? `, learnt from ${number(trained)} traces before` : ''}${state === 'cold' ? '; too few traces to trust the model: kept uniformly' : ''}`,
    ...(implausible > 0 ? [`${number(implausible)} spans with impossible times are left out`] : []),
    '',
    ...lanes(kept, decided),
    ...odd(kept),
    ...(out === undefined ? [] : ['', `written to ${out}`]),
  ]
  return `${lines.join('\n')}\n`
}

function lanes(kept: readonly KeptTrace[], decided: number): string[] {
  const rows = (['floor', 'structure', 'latency', 'novelty', 'all'] as const).flatMap((lane) => {
    const its = kept.filter((trace) => trace.lane === lane)
    if (its.length === 0) return []
    const weight = its.reduce((sum, trace) => sum + trace.weight, 0)
    return [[lane, number(its.length), percent(its.length / Math.max(1, decided)), significant(weight / its.length, 3), why[lane]]]
  })
  return table([['lane', 'kept', 'of all', 'mean weight', 'why'], ...rows], new Set([1, 2, 3]))
}

function odd(kept: readonly KeptTrace[]): string[] {
  const found = kept.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score || (a.traceId < b.traceId ? -1 : 1))
  if (found.length === 0) return []
  const rows = found
    .slice(0, oddest)
    .map(({ score, weight, lane, traceId, spans, root }) => [
      significant(score, 2),
      significant(weight, 3),
      lane,
      traceId,
      number(spans),
      `${printable(root.service)} ${printable(root.operation)}, ${duration(root.duration)}${root.error ? ', failed' : ''}`,
    ])
  return [
    '',
    `the oddest${found.length > oddest ? `, ${oddest} of ${number(found.length)}` : ''}:`,
    ...table([['score', 'weight', 'lane', 'trace', 'spans', 'root'], ...rows], new Set([0, 1, 4])),
  ]
}

/** Columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[], right: ReadonlySet<number>): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, column) => (right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

function number(value: number): string {
  return value.toLocaleString('en')
}

function percent(ratio: number): string {
  return `${significant(100 * ratio, 3)}%`
}
