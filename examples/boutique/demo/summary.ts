/** The end of a run, for people. */
import { thresholdMs } from '../scenario.ts'
import { type Check, ms, type Story, seconds, type Verdict } from './story.ts'

export function summary(story: Story, verdict: Verdict, checks: readonly Check[]): string {
  const { samples, actions } = story
  const { breach, up, upReady, p99 } = verdict
  const failed = samples.filter((s) => !s.ok).length
  const rows: [string, string][] = [
    ['from breach to action', breach === undefined || up === undefined ? '–' : seconds(up.seen - breach)],
    ['from action to ready', up === undefined || upReady === undefined ? '–' : seconds(upReady - up.seen)],
    ['p99 before the surge', ms(p99.before)],
    ['p99 until the new replicas had caught up', ms(p99.during)],
    ['p99 for the rest of the surge', `${ms(p99.after)} (threshold ${thresholdMs} ms)`],
    ['p99 after the surge', ms(p99.end)],
    ['requests', `${samples.length}, ${failed} failed`],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    'Summary',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    'Decisions',
    ...(actions.length === 0 ? ['  none'] : actions.map((a) => `  ${seconds(a.seen).padStart(6)}  ${a.reason}  ${a.message}`)),
    '',
    'Checks',
    ...checks.map(({ what, ok, detail }) => `  ${ok ? 'ok     ' : 'MISSING'}  ${what}: ${detail}`),
    '',
  ].join('\n')
}
