/** A trace as text: one line a span, drawn to scale. */
import { duration } from '../plan/index.ts'
import { type Bar, barsOf } from './bars.ts'
import type { TraceLog } from './log.ts'

export interface WaterfallOptions {
  /** Columns of a line. Default 100. */
  readonly columns?: number
  /** Lines of spans; those that matter least are left out. Default 24. */
  readonly rows?: number
  /** The service whose spans are kept before others. */
  readonly service?: string
}

export const legend = '█ own work  ░ waits for what it calls  · gap, caller to callee  ▒ off the path  * critical path'

const figureWidth = 8
const widestName = 40
/** Of the longest span; what is shorter is not worth a line. */
const leastShown = 0.01

/** Lines without a line break at the end of each; the last says what was left out. */
export function waterfall(log: TraceLog, trace: number, { columns = 100, rows = 24, service }: WaterfallOptions = {}): string[] {
  const all = barsOf(log, trace)
  const bars = chosen(all, rows, service)
  const names = bars.map(({ depth, name }) => ' '.repeat(Math.min(depth, 14)) + name)
  const nameWidth = Math.min(widestName, Math.max(...names.map((name) => name.length), 17))
  const room = columns - 2 - nameWidth - 1 - 3 * figureWidth
  const from = all.reduce((least, bar) => Math.min(least, bar.from), Number.POSITIVE_INFINITY)
  const until = all.reduce((most, bar) => Math.max(most, bar.until), Number.NEGATIVE_INFINITY)
  const lines = bars.map((bar, i) => {
    const figures = [bar.duration, bar.self, bar.gap].map((ns) => (ns === 0 ? '' : duration(ns)).padStart(figureWidth)).join('')
    const drawn = draw(bar, all, from, Math.max(1, until - from), room)
    return `${bar.critical > 0 ? '*' : ' '} ${toWidth(names[i] as string, nameWidth)} ${drawn}${figures}`
  })
  const head = `${' '.repeat(2 + nameWidth + 1)}${scale(until - from, room)}${['took', 'self', 'gap'].map((word) => word.padStart(figureWidth)).join('')}`
  const left = all.length - bars.length
  return [head.trimEnd(), ...lines.map((line) => line.trimEnd()), ...(left === 0 ? [] : [`  and ${left} shorter ${left === 1 ? 'span' : 'spans'}`])]
}

function scale(length: number, room: number): string {
  const end = duration(length)
  return `0${end.padStart(room - 1)}`
}

/** With their ancestors the bars that take most of the critical path, the service's first; in the order of the tree. */
function chosen(bars: readonly Bar[], rows: number, service: string | undefined): readonly Bar[] {
  const weight = (bar: Bar): number => bar.critical + bar.gap * 1e-3 + bar.duration * 1e-6 + (bar.service === service && bar.critical > 0 ? 1e12 : 0)
  const longest = bars.reduce((most, bar) => Math.max(most, bar.until - bar.from), 0)
  const counts = (bar: Bar): boolean => bar.until - bar.from >= leastShown * longest || (bar.service === service && bar.critical > 0)
  const kept = new Set<Bar>()
  for (const bar of bars.filter(counts).sort((a, b) => weight(b) - weight(a))) {
    const needed: Bar[] = []
    for (let at: Bar | undefined = bar; at !== undefined && !kept.has(at); at = at.parent) needed.push(at)
    if (kept.size + needed.length > rows) continue
    for (const each of needed) kept.add(each)
  }
  return bars.filter((bar) => kept.has(bar))
}

function draw(bar: Bar, all: readonly Bar[], from: number, length: number, room: number): string {
  const children = all.filter(({ parent }) => parent === bar)
  const at = (column: number): number => from + ((column + 0.5) * length) / room
  // Of a span that waits in no child of its own (an event loop, a sibling that overlaps) the path has little.
  const onPath = bar.critical >= Math.min(bar.self, bar.waited - bar.begin) / 2
  let text = ''
  for (let column = 0; column < room; column++) {
    const time = at(column)
    if (time < bar.from || time >= bar.until) text += ' '
    else if (time < bar.begin || time >= bar.end) text += '·'
    else if (children.some((child) => time >= child.from && time < child.until)) text += '░'
    else text += time < bar.waited && onPath ? '█' : '▒'
  }
  if (text.trim() !== '') return text
  // Shorter than a column.
  const place = Math.min(room - 1, Math.floor(((bar.from - from) / length) * room))
  return `${' '.repeat(place)}▏${' '.repeat(room - place - 1)}`
}

/** Exactly so wide; what is too long loses its middle. */
function toWidth(text: string, width: number): string {
  if (text.length <= width) return text.padEnd(width)
  const tail = Math.floor((width - 1) / 2)
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`
}
