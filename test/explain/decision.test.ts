import { describe, expect, it } from 'vitest'
import type { RuleOutcome } from '../../src/evaluate/index.ts'
import type { LoggedDecision } from '../../src/explain/index.ts'
import { decisionText, explainDecision, readRecord } from '../../src/explain/index.ts'
import type { PlanInput } from '../../src/plan/index.ts'
import { decisionLine } from '../../src/recordings/index.ts'
import type { Line } from '../plan/build.ts'
import { m, pace, planned, rule, s, settled, snapshot, target } from '../plan/build.ts'

const slow = rule('slow', '+2')
const calm = rule('calm', '-1')

/** As the log gives it back. */
function logged(replicas: number, lines: readonly Line[], more: Partial<PlanInput> = {}): LoggedDecision {
  const result = readRecord(decisionLine(planned(replicas, lines, more)))
  if ('error' in result) throw new Error(result.error)
  return result.decision
}

const otherwise = (...given: Parameters<typeof logged>): readonly string[] => explainDecision(logged(...given)).otherwise
const p99 = (ms: number, of = 41): object => ({ text: 'span(ads).p99', type: 'duration', value: ms * 1e6, spans: of })
const over400 = { kind: 'compare', text: 'span(ads).p99 > 400ms', operator: '>', right: { text: '400ms', type: 'duration', value: 400e6 } } as const
const counted = (have: number, ms: number): Partial<RuleOutcome> =>
  ({
    because: {
      kind: 'times',
      text: 'span(ads).p99 > 400ms 5 times in 1m',
      truth: have >= 5 ? 'true' : 'false',
      counted: { have, need: 5, steps: 12, unknownSteps: 0 },
      of: [{ ...over400, truth: ms > 400 ? 'true' : 'false', left: p99(ms) }],
    },
  }) as Partial<RuleOutcome>

describe('what would have made it different', () => {
  it('counts the breaches that were missing', () => {
    expect(otherwise(4, [[slow, 'false', counted(3, 380)]])).toEqual([
      'For slow to be true: span(ads).p99 > 400ms 5 times in 1m: true in 3 of the last 12 steps (now 380ms, 41 spans); 2 more were missing (5 needed).',
    ])
  })
  it('says what an action stood on', () => {
    expect(otherwise(4, [[slow, 'true', counted(6, 612)]])).toEqual([
      'For slow to be false: span(ads).p99 > 400ms 5 times in 1m: true in 6 of the last 12 steps (now 612ms, 41 spans); 2 fewer would have been too few (5 needed).',
    ])
  })
  it.each<[string, number, readonly Line[], Partial<PlanInput>, string]>([
    [
      'cooldown',
      4,
      [[slow, 'true']],
      { target: target({ cooldownNs: m }), state: settled(0, 4, { lastAction: { at: 963 * s, from: 2, to: 4, id: 'x' } }) },
      'Held: the cooldown had 23s left.',
    ],
    [
      "a rule's own cooldown",
      4,
      [[rule('slow', '+2', { cooldownNs: m }), 'true']],
      { state: settled(0, 4, { ruleActed: { slow: 950 * s } }) },
      'Held: slow had 10s of its own cooldown left.',
    ],
    [
      'a floor',
      4,
      [
        [calm, 'true'],
        [rule('night-floor', 'to at least 4'), 'true'],
      ],
      {},
      'Held: a floor of 4 by night-floor: night-floor is true.',
    ],
    [
      'a ceiling',
      4,
      [
        [slow, 'true'],
        [rule('guard', 'to at most 5'), 'true'],
      ],
      {},
      'Limited: a ceiling of 5 by guard: guard is true.',
    ],
    ['a bound', 9, [[slow, 'true']], {}, 'Limited: a bound of 11 would have let it through; it is 10.'],
    [
      'a freeze',
      4,
      [
        [calm, 'true'],
        [rule('still', 'freeze down'), 'true'],
      ],
      {},
      'Held: still froze deployment/adservice: still is true.',
    ],
    ['a mode', 4, [[calm, 'true']], { target: target({ mode: 'out-only' }) }, "Held: the target's mode is out-only; mode act would let it through."],
    [
      'stabilization',
      4,
      [[calm, 'true']],
      {
        target: target({ down: pace(5 * m) }),
        state: settled(0, 4, {
          recommendations: [
            { at: 940 * s, replicas: 4 },
            { at: 995 * s, replicas: 3 },
          ],
        }),
      },
      'Held: it had to stay wanted for another 4m (stabilization).',
    ],
    [
      'the pace',
      6,
      [[slow, 'true']],
      { target: target({ up: pace(0, [{ amount: 2, unit: 'replicas', perNs: m }]) }), state: settled(0, 6, { changes: [{ at: 975 * s, from: 4, to: 6 }] }) },
      'Held: the pace allowed 6 replicas of 8 wanted; more in 35s.',
    ],
    [
      'replicas that are not ready',
      4,
      [[slow, 'true']],
      { state: settled(0, 4, { epoch: { kind: 'pending', since: 970 * s } }) },
      "Held: the last action's replicas had to be ready; waiting for them ends in 1m30s at the latest.",
    ],
    ['a rollout', 4, [[slow, 'true']], { snapshot: snapshot(4, { blocked: 'a rollout is in progress' }) }, 'Held: a rollout is in progress.'],
    ['a target that is off', 4, [[slow, 'true']], { target: target({ mode: 'off' }) }, "Held: the target's mode is off; mode act would plan for it."],
    ['a target that cannot be read', 4, [[slow, 'true']], { snapshot: undefined }, 'Held: deployment/adservice has not been read yet.'],
    ['what only observes', 4, [[slow, 'true']], { target: target({ mode: 'observe' }) }, 'Held: slow: slow holds; would go 4 → 6 replicas, but only observes.'],
    ['an owner', 4, [[slow, 'true']], { snapshot: snapshot(4, { owner: 'HPA ads' }) }, 'Held: deployment/adservice is scaled by HPA ads; only one may.'],
  ])('%s', (_, replicas, lines, more, sentence) => expect(otherwise(replicas, lines, more)).toContain(sentence))

  it('names the telemetry that is missing', () => {
    const stale = {
      because: { ...over400, truth: 'unknown', unknown: 'stale', left: { text: 'span(ads).p99', type: 'duration', unknown: 'stale' } },
    } as unknown as Partial<RuleOutcome>
    expect(
      otherwise(4, [
        [slow, 'stale', stale],
        [calm, 'true'],
      ])[0],
    ).toBe('Held: stale evidence of slow: span(ads).p99 > 400ms: telemetry had to arrive, and then: span(ads).p99 had to be above 400ms.')
  })
  it('says which values of a tracked one ask for another number', () => {
    const hold = rule('hold', 'hold 50 per replica')
    const value = { text: 'span(ads).rate', type: 'rate', value: 210, spans: 1050 }
    expect(otherwise(4, [[hold, 'true', { hold: value }]])).toContain(
      'To ask for another number, hold: span(ads).rate had to be below 180/s or above 220/s; it was 210/s.',
    )
  })
})

describe('the text', () => {
  it('leads from spans to a number', () => {
    const more: Partial<PlanInput> = { target: target({ up: pace(0, [{ amount: 1, unit: 'replicas', perNs: m }]) }) }
    expect(
      decisionText(
        explainDecision(
          logged(
            4,
            [
              [slow, 'true', counted(6, 612)],
              [calm, 'false'],
            ],
            more,
          ),
        ),
      ),
    ).toBe(
      [
        'deployment/adservice: scale 4 → 5 [ScaleUp] at 1970-01-01 00:16:40 UTC (ID)',
        '  slow: span(ads).p99 > 400ms in 6 of the last 12 steps; 4 → 5 replicas (6 wanted; up at most 1 per',
        '  1m)',
        '',
        '  From spans to truth',
        '    slow: true, asks for 6 replicas',
        '      true: span(ads).p99 > 400ms 5 times in 1m — true in 6 of the last 12 steps, 5 needed',
        '        true: span(ads).p99 > 400ms — 612ms of 41 spans',
        '    calm: false',
        '      false: calm holds',
        '',
        '  From truth to a number',
        '    resolve  4  slow wants 6',
        '    merge    4 → 6',
        '    rate     6 → 5  up at most 1 per 1m',
        '    compare  5',
        '',
        '  What would have made it different',
        '    - For slow to be false: span(ads).p99 > 400ms 5 times in 1m: true in 6 of the last 12 steps (now',
        '      612ms, 41 spans); 2 fewer would have been too few (5 needed).',
        '    - Limited: the pace allowed 5 replicas of 6 wanted.',
        '',
      ]
        .join('\n')
        .replace(
          'ID',
          logged(
            4,
            [
              [slow, 'true', counted(6, 612)],
              [calm, 'false'],
            ],
            more,
          ).id,
        ),
    )
  })
})

describe('a record', () => {
  const line = decisionLine(planned(4, [[slow, 'true', counted(6, 612)]]))
  const without = (key: string): string => JSON.stringify({ ...JSON.parse(line), [key]: undefined })
  it('is what was logged', () => expect(readRecord(line)).toEqual({ decision: JSON.parse(line) }))
  it.each<[string, string]>([
    ['{"id":', 'it is no JSON'],
    ['[]', 'it is no object'],
    [without('id'), 'id is no text'],
    [without('rules'), 'rules is no list'],
    [line.replace(/"time":"[^"]*"/, '"time":"noon"'), 'time is no time'],
    [line.replace('"outcome":"scale"', '"outcome":"grow"'), 'outcome is none of scale, hold, steady'],
    [
      line.replace('"kind":"compare"', '"kind":"guess"'),
      'rules[0].because.of[0].kind is none of and, or, not, compare, times, for, spans, absent, during, always',
    ],
    [line.replace('"have":6', '"have":"six"'), 'rules[0].because.counted.have is no number'],
    [line.replace('"before":4', '"before":null'), 'stages[0].before is no number'],
  ])('is refused: %s', (text, error) => expect(readRecord(text)).toEqual({ error }))
})
