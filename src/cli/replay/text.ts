/** A replay's report for people. */
import { struckCaps } from '../../engine/index.ts'
import type { TracesReport } from '../../evaluate/index.ts'
import type { Decision } from '../../plan/index.ts'
import { duration, list, replicas, significant } from '../../plan/index.ts'
import type { MissingName } from '../../recordings/index.ts'
import type { Nanos } from '../../spans/index.ts'
import type { RuleEvent, TimelineEvent } from './timeline.ts'

export interface Report {
  readonly recordings: readonly string[]
  readonly rules: readonly string[]
  readonly start: Nanos
  readonly end: Nanos
  readonly spans: number
  readonly matched: number
  readonly duplicate: number
  readonly late: number
  readonly implausible: number
  readonly steps: number
  readonly traces?: TracesReport
  readonly readyAfterNs: number
  /** Desired counts before and after, by target. */
  readonly before: ReadonlyMap<string, number>
  readonly after: ReadonlyMap<string, number>
  readonly missing: readonly MissingName[]
  readonly events: readonly TimelineEvent[]
}

export function text(report: Report): string {
  const lines = [...head(report), '', ...timeline(report), '', ...summary(report)]
  return `${lines.join('\n')}\n`
}

function head({ recordings, spans, start, end, rules, before, readyAfterNs, missing }: Report): string[] {
  const seconds = Math.max(1, (end - start) / 1e9)
  const rate = significant(spans / seconds, 2)
  const span =
    spans === 0 ? 'no spans' : `${clock(start)} to ${clock(end).slice(11)} UTC (${duration(end - start)}), ${spans.toLocaleString('en')} spans (${rate}/s)`
  const starts = few([...before].map(([id, n]) => `${id} starts with ${replicas(n)}`))
  return [
    `${list(recordings)}: ${span}`,
    `${plural(rules.length, 'rule')}: ${few(rules)}`,
    `${starts}; new replicas are ready after ${duration(readyAfterNs)}`,
    ...missing.map(({ message, rules: naming }) => `warning: ${message} (${list(naming)})`),
  ]
}

function timeline({ events, start }: Report): string[] {
  if (events.length === 0) return ['nothing happened: no rule became true and nothing was held']
  const first = Math.floor(start / 1e9) * 1e9
  const width = Math.max(...events.map((e) => offset(e.at - first).length))
  const lines: string[] = []
  let said = new Map<string, string>()
  let last: Nanos | undefined
  /** By target: what was printed of it last. */
  const reasons = new Map<string, string>()
  /** By rule: what is known of it to who has read so far. */
  const truths = new Map<string, string>()
  for (const event of events) {
    if (event.at !== last) said = new Map()
    last = event.at
    const when = `${clock(event.at).slice(11)}  ${offset(event.at - first).padStart(width)}`
    if (event.kind === 'rule') {
      if (!isToldOf(event, truths)) continue
      said.set(event.rule, event.why)
      lines.push(`${when}  ${ruleLine(event)}`)
      if (event.truth === 'true' && event.traceIds.length > 0) lines.push(`${' '.repeat(when.length + 11)}seen in ${list(event.traceIds.slice(0, 2))}`)
    } else if (isNews(event.decision, reasons)) lines.push(`${when}  ${decisionLine(event.decision, said)}`)
  }
  return lines
}

/**
 * What follows from an action by itself is not told: that what its rules had counted is used up, that they wait for new replicas, and that they
 * are then what they were before.
 */
function isToldOf({ rule, truth, unknown, usedUp }: RuleEvent, truths: Map<string, string>): boolean {
  if (unknown === 'settling') return false
  const word = unknown === undefined ? truth : unknown
  const before = truths.get(rule) ?? 'false'
  truths.set(rule, word)
  return usedUp !== true && word !== before
}

/** People are told of a hold once until something else happens to its target; the decision log has every change of what was wanted. */
function isNews({ target, outcome, reason }: Decision, reasons: Map<string, string>): boolean {
  if (outcome === 'steady') return false
  const same = outcome === 'hold' && reasons.get(target) === reason
  reasons.set(target, reason)
  return !same
}

function ruleLine({ rule, truth, unknown, why, measured }: RuleEvent): string {
  const now = measured === undefined ? '' : ` (now ${measured})`
  return `${truth.padEnd(7)}  ${rule}${unknown === undefined ? '' : ` (${unknown})`}: ${why}${now}`
}

function decisionLine(decision: Decision, said: ReadonlyMap<string, string>): string {
  return `${decision.outcome.padEnd(7)}  ${decision.target} [${decision.reason}] ${shortened(decision, said)}`
}

/** Without the reason that stands one line above. */
function shortened({ message }: Decision, said: ReadonlyMap<string, string>): string {
  for (const [rule, why] of said) {
    const prefix = `${rule}: ${why}; `
    if (message.startsWith(prefix)) return `${rule}: ${message.slice(prefix.length)}`
  }
  return message
}

function summary({ events, before, after, late, implausible, duplicate, matched, spans, steps, traces }: Report): string[] {
  const decisions = events.flatMap((e) => (e.kind === 'decision' ? [e.decision] : []))
  const actions = decisions.filter((d) => d.outcome === 'scale').length
  const held = decisions.filter((d) => d.outcome === 'hold').map((d) => d.reason)
  const reasons = [...new Set(held)].map((reason) => `${held.filter((r) => r === reason).length} × ${reason}`)
  const moved = [...after].filter(([id, n]) => before.get(id) !== n)
  const ends = few(
    (moved.length > 0 ? moved : [...after]).map(([id, n]) =>
      before.get(id) === n ? `${id} stays at ${n}` : `${id} went from ${before.get(id)} to ${replicas(n)}`,
    ),
  )
  const share =
    spans === 0
      ? ''
      : `, ${matched.toLocaleString('en')} of ${spans.toLocaleString('en')} spans matched a rule${traces === undefined ? '' : `, ${traces.matched.toLocaleString('en')} in ${plural(traces.decidedTraces, 'trace')}`}`
  const lines = [
    `${actions === 0 ? 'no action' : plural(actions, 'action')}, ${held.length === 0 ? 'no hold' : `${plural(held.length, 'hold')} (${reasons.join(', ')})`}`,
    ends,
    `${plural(steps, 'step')}${share}`,
  ]
  if (late > 0)
    lines.push(
      `warning: ${plural(late, 'span')} came too late for ${late === 1 ? 'its' : 'their'} step and did not count; the recording is out of order by more than the lateness`,
    )
  if (implausible > 0) lines.push(`warning: ${plural(implausible, 'span')} left out: they ended before 2000, or more than a year after all others`)
  if (traces !== undefined) lines.push(...struckCaps(traces).map(({ message }) => `warning: ${message}`))
  if (duplicate > 0) lines.push(`${plural(duplicate, 'duplicate span')} counted once`)
  return lines
}

/** The first few, and how many more there are. */
function few(texts: readonly string[]): string {
  return texts.length <= 6 ? list(texts) : `${texts.slice(0, 5).join(', ')} and ${texts.length - 5} more`
}

function plural(n: number, word: string): string {
  return `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`
}

/** `2022-08-23 16:21:51`. */
function clock(at: Nanos): string {
  return new Date(at / 1e6).toISOString().slice(0, 19).replace('T', ' ')
}

/** `+9m45s`, `+1h02m05s`. */
function offset(ns: number): string {
  const s = Math.floor(ns / 1e9)
  const two = (n: number): string => String(n).padStart(2, '0')
  const hours = Math.floor(s / 3600)
  return `+${hours > 0 ? `${hours}h${two(Math.floor(s / 60) % 60)}` : Math.floor(s / 60)}m${two(s % 60)}s`
}
