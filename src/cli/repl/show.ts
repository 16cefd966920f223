/** A measured probe for people: a line of blocks over the whole recording, its extremes, and where it changed. */
import type { Because, Observed } from '../../evaluate/index.ts'
import { describe, duration, value } from '../../plan/index.ts'
import type { Nanos } from '../../spans/index.ts'
import { counted } from '../rules.ts'
import type { Series, Step } from './measure.ts'
import type { Probe } from './probe.ts'

const widest = 72
const mostRows = 16
const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const unknown = '·'

/** `all`: a row for every step instead of the telling ones. */
export function seriesText(kind: Probe['kind'], series: Series, all = false): string {
  const { steps, everyNs, matched } = series
  const [first] = steps
  if (first === undefined) return 'The recording has no step in it.\n'
  const lines = [...(kind === 'value' ? valueLines(steps) : conditionLines(steps))]
  lines.push(
    `${counted(steps.length, 'step')} of ${duration(everyNs)} from ${clock(first.at)} to ${clock((steps.at(-1) as Step).at)} UTC, ${counted(matched, 'span')} counted`,
  )
  const rows = all ? steps : kind === 'value' ? evenly(steps.some(isKnown) ? steps : []) : changes(steps)
  const row = kind === 'value' ? valueRow : conditionRow
  lines.push(...rows.slice(0, all ? rows.length : mostRows).map((step) => `${clock(step.at)}  ${row(step)}`))
  if (!all && rows.length > mostRows) lines.push(`and ${counted(rows.length - mostRows, 'more change')} (:steps shows every step)`)
  return lines.map((line) => `  ${line}\n`).join('')
}

function valueLines(steps: readonly Step[]): readonly string[] {
  const observed = steps.map(({ outcome }) => measuredOf(outcome.because))
  const known = observed.filter((o): o is Observed & { value: number } => o?.value !== undefined)
  const missing = steps.length - known.length
  const reasons = [...new Set(steps.flatMap(({ outcome: { unknown: reason } }) => (reason === undefined ? [] : [reason])))]
  const gaps = missing === 0 ? '' : `, unknown in ${missing} of ${counted(steps.length, 'step')}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`
  const [least] = known
  if (least === undefined)
    return [`${unknown.repeat(Math.min(widest, steps.length))}  unknown throughout${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`]
  const ordered = [...known].sort((a, b) => a.value - b.value)
  const [low, high] = [ordered[0] as Observed, ordered.at(-1) as Observed & { value: number }]
  return [
    bars(
      observed.map((o) => o?.value),
      high.value,
    ),
    `from ${value(low)} to ${value(high)}, last ${value(known.at(-1) as Observed)}${gaps}`,
  ]
}

function conditionLines(steps: readonly Step[]): readonly string[] {
  const count = (truth: string): number => steps.filter(({ outcome }) => outcome.truth === truth).length
  const [yes, no, none] = [count('true'), count('false'), count('unknown')]
  const strip = bars(
    steps.map(({ outcome: { truth } }) => (truth === 'unknown' ? undefined : Number(truth === 'true'))),
    1,
  )
  return [strip, `true in ${counted(yes, 'step')}, false in ${no}, unknown in ${none}`]
}

/** The greatest value of each column; one column a step as long as there is room. */
function bars(values: readonly (number | undefined)[], most: number): string {
  const width = Math.min(widest, values.length)
  return Array.from({ length: width }, (_, column): string => {
    const part = values.slice(Math.floor((column * values.length) / width), Math.floor(((column + 1) * values.length) / width))
    const known = part.filter((v) => v !== undefined)
    if (known.length === 0) return unknown
    const share = most <= 0 ? 0 : Math.max(...known) / most
    return blocks[Math.min(blocks.length - 1, Math.max(0, Math.floor(share * blocks.length)))] as string
  }).join('')
}

function valueRow({ outcome }: Step): string {
  const observed = measuredOf(outcome.because)
  if (observed?.value === undefined) return `unknown${outcome.unknown === undefined ? '' : `: ${outcome.unknown}`}`
  const spans = observed.spans === undefined || observed.spans === observed.value ? '' : `  ${counted(observed.spans, 'span')}`
  return `${value(observed)}${spans}`
}

function conditionRow({ outcome: { truth, because, unknown: reason } }: Step): string {
  return `${truth.padEnd(7)}  ${describe(because)}${reason === undefined ? '' : ` (${reason})`}`
}

function isKnown({ outcome }: Step): boolean {
  return measuredOf(outcome.because)?.value !== undefined
}

/** Of a probed value the comparison's left side. */
function measuredOf({ left }: Because): Observed | undefined {
  return left
}

function evenly(steps: readonly Step[]): readonly Step[] {
  if (steps.length <= mostRows) return steps
  return Array.from({ length: mostRows }, (_, i) => steps[Math.round((i * (steps.length - 1)) / (mostRows - 1))] as Step)
}

function changes(steps: readonly Step[]): readonly Step[] {
  return steps.filter(({ outcome }, i) => i === 0 || outcome.truth !== steps[i - 1]?.outcome.truth)
}

function clock(at: Nanos): string {
  return new Date(at / 1e6).toISOString().slice(11, 19)
}
