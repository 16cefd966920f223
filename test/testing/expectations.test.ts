/** Every form of `expect`, when it holds and when it does not. */
import { describe, expect, it } from 'vitest'
import { benchOf, runOne, s } from './support.ts'

/** The p99 is over 400 ms from 30.6 s on: five slow steps have ended at 55 s. Ready at 85 s, they begin to count again; the second fifth ends at 110 s, and the rest at 115 s. */
const program = `
target deployment/ads { between 1 and 9  cooldown 60s }
target deployment/web { between 1 and 9 }
slow: scale deployment/ads +2 when span(ads/Get).p99 > 400ms 5 times in 60s
calm: scale deployment/ads -1 when span(ads/Get).p99 < 100ms for 10m
gone: freeze deployment/web when absent(span(web/Home)) for 20s
watched: scale deployment/web +1 when span(ads/Get).p99 > 500ms observe
test "t" {
  given deployment/ads at 2
  load span(ads/Get) at 20/s taking 150ms from 0s to 30s
  load span(ads/Get) at 20/s taking 600ms from 30s to 2m
  load span(web/Home) at 2/s taking 10ms from 0s to 10s
  EXPECT
}`

interface Case {
  readonly expectation: string
  /** Undefined: it holds. */
  readonly but?: string
  /** Seconds. */
  readonly moments?: readonly number[]
}

const cases: readonly Case[] = [
  { expectation: 'expect deployment/ads at 4 by 65s' },
  { expectation: 'expect deployment/ads at 4 by 55s' },
  { expectation: 'expect deployment/ads at 2 by 54.9s' },
  { expectation: 'expect deployment/ads at 4 by 50s', but: 'it had 2 replicas at 50s; 4 came at 55s', moments: [50, 55] },
  { expectation: 'expect deployment/ads at 4 by 2m', but: 'it had 6 replicas at 2m; it had 4 from 55s until 1m55s', moments: [120] },
  { expectation: 'expect deployment/ads at 9 by 2m', but: 'it had 6 replicas at 2m', moments: [120] },
  { expectation: 'expect deployment/ads between 2 and 6 throughout' },
  { expectation: 'expect deployment/ads between 2 and 5 throughout', but: 'it had 6 replicas from 1m55s on', moments: [115] },
  { expectation: 'expect deployment/ads between 3 and 9 throughout', but: 'it had 2 replicas from 0s on', moments: [0] },
  { expectation: 'expect no action before 55s' },
  { expectation: 'expect no action before 56s', but: 'slow scaled deployment/ads 2 → 4 at 55s', moments: [55] },
  { expectation: 'expect no action after 1m55s' },
  { expectation: 'expect no action', but: 'slow scaled deployment/ads 2 → 4 at 55s, the first of 2 actions', moments: [55] },
  { expectation: 'expect no action on deployment/web' },
  { expectation: 'expect no action between 56s and 114s' },
  { expectation: 'expect no action between 56s and 115s', but: 'slow scaled deployment/ads 4 → 6 at 1m55s', moments: [115] },
  { expectation: 'expect action' },
  { expectation: 'expect action on deployment/ads between 55s and 56s' },
  {
    expectation: 'expect action before 55s',
    but: 'nothing was scaled then; slow scaled deployment/ads 2 → 4 at 55s and slow scaled deployment/ads 4 → 6 at 1m55s',
    moments: [55],
  },
  { expectation: 'expect action after 55s' },
  { expectation: 'expect action on deployment/web', but: 'nothing was scaled', moments: [125] },
  { expectation: 'expect slow fires' },
  { expectation: 'expect slow fires 2 times' },
  { expectation: 'expect slow fires at most 2 times' },
  { expectation: 'expect slow fires 1 times', but: 'it fired 2 times: at 55s and 1m50s', moments: [55, 110] },
  { expectation: 'expect slow fires at most 1 times', but: 'it fired 2 times: at 55s and 1m50s', moments: [55, 110] },
  { expectation: 'expect calm fires 0 times' },
  { expectation: 'expect calm fires', but: 'it never fired', moments: [125] },
  { expectation: 'expect gone fires 1 times' },
  { expectation: 'expect watched fires 1 times' },
  { expectation: 'expect slow unknown at 1m20s' },
  { expectation: 'expect slow unknown at 1m', but: 'it was false at 1m', moments: [60] },
  { expectation: 'expect slow unknown at 55s', but: 'it was true at 55s', moments: [55] },
  { expectation: 'expect slow unknown at 4s', but: 'its first step had not ended at 4s', moments: [4] },
]

describe('expectations', () => {
  for (const { expectation, but, moments } of cases)
    it(`${expectation}${but === undefined ? '' : ` does not hold: ${but}`}`, async () => {
      const text = program.replace('EXPECT', expectation)
      const { failures, problem } = await runOne(benchOf(text))
      expect(problem).toBeUndefined()
      expect(failures.map(({ message }) => message)).toEqual(but === undefined ? [] : [but])
      for (const { range, moments: when } of failures) {
        expect(text.slice(range.start, range.end)).toBe(expectation)
        expect(when.map((ns) => ns / s)).toEqual(moments)
      }
    })
})
