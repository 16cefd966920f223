/** `scalec check --cost`: bounds on what rules cost, the dearest first. */
import type { AssemblyCost, Cost } from '../bundle/index.ts'
import { bundleOf, costOf, printBytes, printWork } from '../bundle/index.ts'
import type { CostOptions } from '../explain/index.ts'
import { costTogether, costWords, ratesFrom } from '../explain/index.ts'
import { type Program, printRate } from '../language/index.ts'
import { counted } from './rules.ts'
import { version } from './version.ts'

export interface CostReport {
  readonly json: object
  /** Of the dearest rules, or of all. */
  readonly text: (all: boolean) => string
}

/** Rules that are printed unless all are asked for. */
const few = 20

/** Of a program without errors. */
export function costReport(program: Program, options: CostOptions): CostReport {
  const rates = ratesFrom(options)
  const { rules } = bundleOf(program, version)
  const costs = rules.map((rule) => ({ rule: rule.name, ...costOf(rule, rates) }))
  const together = costTogether(rules, rates)
  return {
    json: {
      ...together,
      rules: costs.map(({ rule, work, memory, selectors, assembly }) => ({
        rule,
        work,
        memory,
        known: selectors.every(({ rate }) => rate !== undefined),
        ...(assembly === undefined ? {} : { assembly: { work: assembly.work, memory: assembly.memory, known: assembly.rate !== undefined } }),
      })),
    },
    text: (all) => text(costs, together, all),
  }
}

function text(costs: readonly (Cost & { readonly rule: string })[], together: Pick<Cost, 'work' | 'memory'>, all: boolean): string {
  if (costs.length === 0) return ''
  const sorted = costs.toSorted((a, b) => b.work - a.work || b.memory - a.memory)
  const shown = all ? sorted : sorted.slice(0, few)
  const width = Math.max(...shown.map(({ rule }) => rule.length))
  const lines = shown.map(({ rule, ...cost }) => `  ${rule.padEnd(width)}  ${costWords(cost)}`)
  if (shown.length < sorted.length) lines.push(`  and ${counted(sorted.length - shown.length, 'more rule')} (--all prints them)`)
  const unknown = costs.filter(({ selectors }) => selectors.some(({ rate }) => rate === undefined)).length
  const missing =
    unknown === 0 ? '' : `; of ${counted(unknown, 'rule')} nobody says how many spans there are (--rate 10000/s, a catalog, or rates in scale.json)`
  return `${lines.join('\n')}\n${assemblyLine(costs)}together at most ${printWork(together.work)} of a processor and ${printBytes(together.memory)}${missing}\n`
}

/** Traces are put together once, for all rules that need them. */
function assemblyLine(costs: readonly Cost[]): string {
  const found = costs.flatMap(({ assembly }) => assembly ?? [])
  const dearest = found.reduce<AssemblyCost | undefined>((most, one) => (most === undefined || one.memory > most.memory ? one : most), undefined)
  if (dearest === undefined) return ''
  const whom = counted(found.length, 'rule')
  const cost =
    dearest.rate === undefined
      ? 'nobody says how many spans there are in all'
      : `of ${printRate(Number(dearest.rate.toPrecision(3)))} in all at most ${printWork(dearest.work)} of a processor and ${printBytes(dearest.memory)}`
  return `traces, which ${whom} ${found.length === 1 ? 'needs' : 'need'}: ${cost}\n`
}
