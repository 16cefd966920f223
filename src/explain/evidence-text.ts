/** What the traces of a decision say, as plain text for a terminal. */
import { duration, significant } from '../plan/index.ts'
import type { BlameEvidence, EvidenceService, EvidenceTrace, EvidenceWindow, RankedEvidence } from './record.ts'
import { wrapped } from './wrap.ts'

const indent = '    '
const legend = '█ own work  ░ waits for what it calls  · gap, caller to callee  ▒ off the path  * critical path'

export function evidenceLines(evidence: BlameEvidence): readonly string[] {
  if ('missing' in evidence) return wrapped(`not known: ${evidence.missing}`, indent)
  const { why, note, hint, services, exemplars } = evidence
  return [
    ...wrapped(why, indent),
    ...[note, hint].flatMap((sentence) => (sentence === undefined ? [] : wrapped(sentence, indent))),
    '',
    ...table(services),
    ...wrapped(`(${compared(evidence)})`, indent),
    ...exemplars.flatMap(traceLines),
    ...(exemplars.length === 0 ? [] : ['', `${indent}${legend}`]),
  ]
}

function compared({ window, baseline, confidence }: RankedEvidence): string {
  const share = (n: number): string => `${significant(n * 100, 2)}%`
  const sure =
    confidence === undefined
      ? ''
      : `; ${share(confidence.agreement)} of ${confidence.resamples} resamples name the first, and traces dealt at random look as bad in ${share(confidence.chance)} of cases`
  return `${traces(window)} completed from ${clock(window.from)} to ${clock(window.to)}, against ${baseline.traces} from ${clock(baseline.from)} to ${clock(baseline.to)}${sure}`
}

function traces({ traces: n }: EvidenceWindow): string {
  return n === 1 ? '1 trace' : `${n} traces`
}

function clock(time: string): string {
  return time.slice(11, 19)
}

const widths = [9, 7, 10, 10, 10, 10, 10]

function table(services: readonly EvidenceService[]): readonly string[] {
  const nameWidth = Math.min(30, Math.max(7, ...services.map(({ service }) => service.length)))
  const row = (name: string, cells: readonly string[]): string =>
    `${indent}${(name.length <= nameWidth ? name : `${name.slice(0, nameWidth - 1)}…`).padEnd(nameWidth)}${cells.map((cell, i) => cell.padStart(widths[i] as number)).join('')}`
  return [
    row('', ['', '', '  what rose, a trace (plain: the p99 of its spans)']),
    row('service', ['added', 'share', 'plain', 'self', 'gap', 'own', 'critical']),
    ...services.map(({ service, added, share, plain, self, gap, own, critical }) =>
      row(service, [
        added < 1000 ? '-' : duration(added),
        `${Math.round(share * 100)}%`,
        plain === undefined ? '-' : rise(plain),
        ...[self, gap, own, critical].map(rise),
      ]),
    ),
  ]
}

/** Nanoseconds below a microsecond are nothing here. */
function rise(ns: number): string {
  if (Math.abs(ns) < 1000) return '0'
  return `${ns > 0 ? '+' : ''}${duration(ns)}`
}

function traceLines({ traceId, what, waterfall }: EvidenceTrace): readonly string[] {
  return ['', ...wrapped(`${traceId}, ${what}:`, indent), ...waterfall.map((line) => `${indent}${line}`)]
}
