/** A replay's report for programs. Times are RFC 3339; durations and offsets nanoseconds. */
import { decisionRecord, timeOf } from '../../recordings/index.ts'
import { printJson } from '../json.ts'
import type { Report } from './text.ts'

export function json(report: Report, digest: string): string {
  const { recordings, rules, start, end, spans, matched, duplicate, late, implausible, steps, readyAfterNs, before, after, missing, events, traces } = report
  const empty = spans === 0
  return printJson({
    recordings,
    ...(empty ? {} : { start: timeOf(start), end: timeOf(end) }),
    spans,
    matched,
    duplicate,
    late,
    implausible,
    steps,
    ...(traces === undefined ? {} : { traces }),
    bundle: digest,
    rules,
    readyAfterNs,
    missing,
    events: events.map((event) => {
      const when = { time: timeOf(event.at), offsetNs: event.at - start }
      if (event.kind === 'decision') return { ...when, kind: event.kind, decision: decisionRecord(event.decision, event.blame) }
      const { kind, rule, truth, unknown, why, measured, traceIds, usedUp } = event
      return { ...when, kind, rule, truth, ...(unknown && { unknown }), why, ...(measured && { measured }), traceIds, ...(usedUp && { usedUp }) }
    }),
    targets: [...after].map(([id, replicas]) => ({ id, before: before.get(id), after: replicas })),
  })
}
