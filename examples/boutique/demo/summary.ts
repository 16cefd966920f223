/** The end of a run, for people. */
import { thresholdMs } from '../scenario.ts'
import { type Check, describe, ms, type Story, seconds, type Verdict } from './story.ts'

export function summary(story: Story, verdict: Verdict, checks: readonly Check[]): string {
  const { samples, actions } = story
  const { breach, up, upReady, caughtUp, p99 } = verdict
  const between = (from: number | undefined, to: number | undefined): string => (from === undefined || to === undefined ? '–' : seconds(Math.max(0, to - from)))
  const failed = samples.filter((s) => !s.ok).length
  const rows: [string, string][] = [
    ['from breach to action', between(breach, up?.seen)],
    ['from action to replicas that are ready', between(up?.seen, upReady)],
    ['from then to p99 below the threshold', between(upReady, caughtUp)],
    ['p99 before the surge', ms(p99.before)],
    ['p99 in the surge until then', ms(p99.during)],
    ['p99 in the rest of the surge', `${ms(p99.after)} (threshold ${thresholdMs} ms)`],
    ['p99 after the surge', ms(p99.end)],
    ['requests', `${samples.length}, ${failed} failed`],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    'Summary',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    'Decisions',
    ...(actions.length === 0 ? ['  none'] : actions.map((a) => `  ${seconds(a.seen).padStart(6)}  ${describe(a)}`)),
    '',
    'Checks',
    ...checks.map(({ what, ok, detail }) => `  ${ok ? 'ok     ' : 'MISSING'}  ${what}: ${detail}`),
    '',
  ].join('\n')
}
