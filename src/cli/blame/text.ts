/** A ranking for people, at most 100 columns wide. */
import {
  type BlamedService,
  type BlameReport,
  type Confidence,
  leastStrength,
  legend,
  type TraceLog,
  verdict,
  type Window,
  waterfall,
} from '../../blame/index.ts'
import { duration, list, significant } from '../../plan/index.ts'
import type { Nanos } from '../../spans/index.ts'
import { printable } from '../render/columns.ts'
import type { Windows } from './times.ts'

const columns = 100

export interface Blamed {
  readonly recordings: readonly string[]
  readonly log: TraceLog
  /** All traces. */
  readonly recorded: Window
  readonly windows: Windows
  readonly report: BlameReport
}

export function text(blamed: Blamed, top: number): string {
  const { log, report } = blamed
  const { services, exemplars } = report
  const said = verdict(report)
  const lines = [...head(blamed), '', ...wrapped(said.sentence)]
  if (said.hint !== undefined) lines.push('', ...wrapped(said.hint))
  if (services.length > 0) lines.push('', ...table(services, top))
  if (report.confidence !== undefined) lines.push(...sureness(report.confidence))
  const [trace] = exemplars
  if (trace !== undefined && said.service !== undefined) {
    lines.push('', `A trace that shows it: ${log.idOf(trace)}, ${clock(log.begin[trace] as number)} UTC`)
    lines.push(...waterfall(log, trace, { columns, service: said.service }), legend)
    if (exemplars.length > 1) lines.push(...wrapped(`Others: ${list(exemplars.slice(1).map((other) => log.idOf(other)))}`))
  }
  return printable(`${lines.join('\n')}\n`)
}

function head({ recordings, log, recorded, windows: { found }, report }: Blamed): string[] {
  const { baseline, window, tracesBefore, tracesAfter, pathBefore, pathAfter } = report
  const line = (word: string, { from, to }: Window, traces: number, path: number): string =>
    `${word.padEnd(9)} ${clock(from)} to ${clock(to)}, ${plural(traces, 'trace')}${traces === 0 ? '' : `, ${duration(path)} on the critical path`}`
  const lines = [
    ...wrapped(
      `${list(recordings)}: ${date(recorded.from)} ${clock(recorded.from)} to ${clock(recorded.to)} UTC, ${plural(log.traces, 'trace')}, ${plural(log.spans, 'span')}`,
    ),
    line('baseline', baseline, tracesBefore, pathBefore),
    line('window', window, tracesAfter, pathAfter),
  ]
  if (found === undefined) return lines
  const why =
    found.strength >= leastStrength
      ? `the window is where ${found.service} took longer than otherwise, by ${significant(found.strength, 2)} standard errors; name another with --at or --from`
      : 'no stretch of this recording stands out: the window is the least unlike one, and what follows may be chance; name another with --at or --from'
  return [...lines, ...wrapped(`(${why})`)]
}

function sureness({ agreement, chance, resamples }: Confidence): string[] {
  const share = (n: number): string => `${significant(n * 100, 2)}%`
  return wrapped(`the first is named by ${share(agreement)} of ${resamples} resamples; traces dealt at random look as bad in ${share(chance)} of cases`)
}

function table(services: readonly BlamedService[], top: number): string[] {
  const shown = services.slice(0, top)
  const nameWidth = Math.min(30, Math.max(7, ...shown.map(({ service }) => service.length)))
  const row = (name: string, cells: readonly string[]): string =>
    `${cut(name, nameWidth).padEnd(nameWidth)} ${cells.map((cell, i) => cell.padStart(widths[i] as number)).join('')}`.trimEnd()
  const rest = services.length - shown.length
  return [
    row('', ['', '', 'what rose, a trace (plain: the p99 of its spans)']).trimEnd(),
    row('service', ['added', 'share', 'plain', 'self', 'gap', 'own', 'critical']),
    ...shown.map(({ service, added, share, plain, self, gap, own, critical }) =>
      row(service, [
        added < 1000 ? '-' : duration(added),
        `${Math.round(share * 100)}%`,
        plain === undefined ? '-' : rise(plain),
        ...[self, gap, own, critical].map(rise),
      ]),
    ),
    ...(rest === 0 ? [] : [`and ${plural(rest, 'other service')} (--top ${services.length})`]),
  ]
}

const widths = [9, 7, 10, 10, 10, 10, 10]

/** Nanoseconds below a microsecond are nothing here. */
function rise(ns: number): string {
  if (Math.abs(ns) < 1000) return '0'
  return `${ns > 0 ? '+' : ''}${duration(ns)}`
}

function wrapped(sentence: string): string[] {
  const lines: string[] = []
  for (const word of sentence.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function cut(name: string, width: number): string {
  return name.length <= width ? name : `${name.slice(0, width - 1)}…`
}

function plural(n: number, word: string): string {
  return `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`
}

function clock(at: Nanos): string {
  return new Date(at / 1e6).toISOString().slice(11, 19)
}

function date(at: Nanos): string {
  return new Date(at / 1e6).toISOString().slice(0, 10)
}
