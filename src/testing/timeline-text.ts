/**
 * What led to a missed expectation, for people: a table with a column for every step and a row for every rule, comparison and count, then what was
 * decided. A value has a tick where its comparison is true; where there is none, the reason stands in its place.
 */
import type { Because } from '../evaluate/index.ts'
import { printDuration } from '../language/index.ts'
import { value } from '../plan/index.ts'
import type { SeenRule, StepWindow, Timeline, TimelineEvent } from './timeline.ts'

export function timelineText({ windows, events, earlier }: Timeline): string[] {
  const tables = windows.map(table)
  const parts = events.length === 0 ? tables : [...tables, eventLines(events, earlier)]
  return parts.flatMap((part, i) => (i === 0 ? part : ['', ...part]))
}

interface Row {
  readonly text: string
  readonly cells: readonly string[]
}

/** Columns that the texts of rows get. */
const widest = 60

function table({ steps, rules, others }: StepWindow): string[] {
  const rows = rules.flatMap(({ rule, seen }): Row[] => {
    const reasons = seen.map((outcome) => outcome?.because)
    const sample = reasons.find((because) => because !== undefined)
    const parts = [...(sample === undefined ? [] : rowsOf(sample, (because) => because, reasons)), ...heldRow(seen)]
    return [{ text: rule, cells: seen.map((outcome) => outcome?.truth ?? '') }, ...parts.map(({ text, cells }) => ({ text: `  ${text}`, cells }))]
  })
  const all: Row[] = [{ text: '', cells: steps.map((ns) => printDuration(ns)) }, ...rows]
  const width = Math.min(widest, Math.max(...all.map(({ text }) => text.length)))
  const columns = steps.map((_, i) => Math.max(...all.map(({ cells }) => cells[i]?.length ?? 0)))
  const lines = all.map(({ text, cells }) => {
    const shown = text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 2)} …`
    return `${shown}${cells.map((cell, i) => `  ${cell.padStart(columns[i] ?? 0)}`).join('')}`
  })
  return others === 0 ? lines : [...lines, `and ${others} more ${others === 1 ? 'rule' : 'rules'}`]
}

/** Of a `to hold`: the value that it holds. */
function heldRow(seen: SeenRule['seen']): Row[] {
  const text = seen.find((outcome) => outcome?.hold !== undefined)?.hold?.text
  return text === undefined ? [] : [{ text, cells: seen.map((outcome) => (outcome?.hold === undefined ? '' : (outcome.hold.unknown ?? value(outcome.hold)))) }]
}

/** A row for each node with numbers, parts before what counts them; `at` finds the node in a rule's answer, which has the same shape at every step. */
function rowsOf(sample: Because, at: (because: Because) => Because | undefined, seen: readonly (Because | undefined)[]): Row[] {
  const inner = (sample.of ?? []).flatMap((part, i) => rowsOf(part, (because) => at(because)?.of?.[i], seen))
  const text = textOf(sample)
  if (text === undefined) return inner
  const cells = seen.map((because) => {
    const node = because === undefined ? undefined : at(because)
    return node === undefined ? '' : cellOf(node)
  })
  return [...inner, { text, cells }]
}

function textOf({ kind, text, of = [] }: Because): string | undefined {
  switch (kind) {
    case 'compare':
    case 'spans':
    case 'absent':
    case 'during':
      return text
    case 'times':
    case 'for': {
      const [part] = of
      return part === undefined ? text : text.replace(`(${part.text})`, '…').replace(part.text, '…')
    }
    default:
      return undefined
  }
}

function cellOf(because: Because): string {
  const { kind, truth, unknown, counted, held, left, right } = because
  const mark = truth === 'true' ? '✓' : ''
  switch (kind) {
    case 'compare': {
      if (unknown !== undefined) return unknown
      const sides = [left, right].filter((side) => side !== undefined && side.spans !== undefined)
      const shown = sides.length > 0 ? sides : [left]
      return `${mark}${shown.map((side) => (side === undefined ? '' : value(side))).join(' : ')}`
    }
    case 'times':
    case 'spans':
      return counted === undefined ? truth : `${mark}${counted.have} of ${counted.need}`
    case 'for':
    case 'absent':
      return held === undefined ? truth : `${mark}${printDuration(held.haveNs)}`
    default:
      return truth
  }
}

function eventLines(events: readonly TimelineEvent[], earlier: number): string[] {
  const width = Math.max(0, ...events.map(({ ns }) => printDuration(ns).length))
  const lines = events.map((event) => `${printDuration(event.ns).padStart(width)}  ${eventText(event)}`)
  return earlier === 0 ? lines : [`… ${earlier} earlier`, ...lines]
}

function eventText(event: TimelineEvent): string {
  if (event.kind === 'rule') return `true   ${event.rule}: ${event.message}`
  return `${event.outcome.padEnd(5)}  ${event.target} [${event.reason}] ${event.message}`
}
