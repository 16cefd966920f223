/** `during mon-fri 08:00-18:00 in "Europe/Paris"` */
import type { CstNode, IToken } from 'chevrotain'
import type { Condition, TimeOfDayLiteral } from '../../tree.ts'
import { noSuchDay, noSuchTime } from '../messages.ts'
import { nearest } from '../nearest.ts'
import type { Build } from './context.ts'
import { complain, maybeToken, meaning, range, token, tokens } from './context.ts'
import { textOf } from './literals.ts'

export const dayNames: readonly string[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

export function calendarOf(b: Build, cst: CstNode): Condition {
  const start = token(cst, 'during')
  const from = maybeToken(cst, 'from')
  const to = maybeToken(cst, 'to')
  const zone = maybeToken(cst, 'Text')
  const days = tokens(cst, 'day')
  return {
    kind: 'during',
    days: daysOf(b, days),
    from: from === undefined ? undefined : timeOf(b, from),
    to: to === undefined ? undefined : timeOf(b, to),
    zone: zone === undefined ? undefined : textOf(zone),
    range: range(start, zone ?? to ?? days.at(-1) ?? start),
  }
}

/** `mon-fri` without spaces is one word of the lexer; with spaces it is three. */
function daysOf(b: Build, written: readonly IToken[]): number[] {
  const days = new Set<number>()
  let open: number | undefined
  let ranging = false
  for (const word of written) {
    const sign = meaning(word)
    if (sign === ',' || sign === '-') {
      ranging = sign === '-'
      continue
    }
    const ends = word.image.split('-').map((name) => dayOf(b, word, name))
    const first = ends[0]
    const last = ends.at(-1)
    if (first === undefined || last === undefined) continue
    for (const day of cycle(ranging ? (open ?? first) : first, last)) days.add(day)
    open = last
    ranging = false
  }
  return [...days].sort((a, b) => a - b)
}

function dayOf(b: Build, word: IToken, name: string): number | undefined {
  const day = dayNames.indexOf(name)
  if (day >= 0) return day
  const long = dayNames.find((known) => name.toLowerCase().startsWith(known))
  const start = word.startOffset + word.image.indexOf(name)
  const at = { start, end: start + name.length }
  const near = long ?? nearest(name, dayNames)
  return complain(b, noSuchDay, at, { name }, near === undefined ? {} : { fix: { title: `write ${near}`, edits: [{ range: at, text: near }] } })
}

/** From one day to another, past the end of the week if need be. */
function cycle(from: number, to: number): number[] {
  return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, i) => (from + i) % 7)
}

function timeOf(b: Build, word: IToken): TimeOfDayLiteral {
  const text = meaning(word)
  const [hours, minutes] = text.split(':').map(Number) as [number, number]
  if (minutes > 59 || hours * 60 + minutes > 24 * 60) complain(b, noSuchTime, range(word), { text })
  return { kind: 'timeOfDay', value: hours * 60 + minutes, range: range(word) }
}
