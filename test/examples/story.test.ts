import { describe, expect, it } from 'vitest'
import type { Sample } from '../../examples/boutique/demo/load.ts'
import { type Action, describe as describeAction, judge, p99PerSecond, type Story } from '../../examples/boutique/demo/story.ts'

const bounds = { surge: { from: 10, to: 40 }, thresholdMs: 300, initialReplicas: 2 }

/** Twenty requests a second that take `latency(second)`. */
function samples(latency: (second: number) => number): Sample[] {
  return Array.from({ length: 60 * 20 }, (_, i) => ({ due: i / 20, latencyMs: latency(i / 20), ok: true }))
}

const up: Action = { id: 'u', seen: 17, step: 15, from: 2, to: 4, reason: 'ScaleUp', message: 'two more' }
const down: Action = { id: 'd', seen: 52, step: 50, from: 4, to: 3, reason: 'ScaleDown', message: 'one less' }
const good: Story = {
  samples: samples((t) => (t >= 12 && t < 19 ? 700 : 90)),
  actions: [up, down],
  ready: [
    { at: 0, replicas: 2 },
    { at: 18.5, replicas: 4 },
    { at: 52.3, replicas: 3 },
  ],
}
const failed = (story: Story): string[] => judge(story, bounds).checks.flatMap((c) => (c.ok ? [] : [c.what]))

describe('the verdict', () => {
  it('is good when the loop closed, with the figures', () => {
    const verdict = judge(good, bounds)
    expect(failed(good)).toEqual([])
    expect(verdict.p99).toEqual({ before: 90, during: 700, after: 90, end: 90 })
    expect(verdict).toMatchObject({ breach: 13, up, upReady: 18.5, down })
  })

  it.each<[string, Partial<Story>, string]>([
    ['no breach', { samples: samples(() => 90) }, 'the surge pushed p99 over 300 ms'],
    ['no scale-up', { actions: [down] }, 'a rule added replicas'],
    ['a scale-up before the surge', { actions: [{ ...up, seen: 5 }, down] }, 'a rule added replicas'],
    ['replicas that never got ready', { ready: [{ at: 0, replicas: 2 }] }, 'the new replicas got ready'],
    ['no relief', { samples: samples((t) => (t < 12 ? 90 : 700)) }, 'p99 fell below the threshold while the surge went on'],
    [
      'relief that came too late to be seen',
      {
        ready: [
          { at: 37, replicas: 4 },
          { at: 53, replicas: 3 },
        ],
      },
      'p99 fell below the threshold while the surge went on',
    ],
    ['no scale-down', { actions: [up] }, 'one replica went back after the surge'],
    ['a scale-down during the surge', { actions: [up, { ...down, seen: 39 }] }, 'one replica went back after the surge'],
    [
      'a scale-down that was not done',
      {
        ready: [
          { at: 0, replicas: 2 },
          { at: 18.5, replicas: 4 },
        ],
      },
      'one replica went back after the surge',
    ],
  ])('names what is missing: %s', (_, change, what) => {
    expect(failed({ ...good, ...change })).toContain(what)
  })

  it('bears a stall now and then, but not more', () => {
    const stalls = (every: number) => samples((t) => ((t >= 12 && t < 19) || (t > 19 && Math.floor(t) % every === 0) ? 700 : 90))
    expect(failed({ ...good, samples: stalls(10) })).toEqual([])
    expect(failed({ ...good, samples: stalls(2) })).toEqual(['p99 fell below the threshold while the surge went on'])
  })

  it('puts the change of a decision first, and once', () => {
    const message = 'ads-slow: span(ads/GetAds).p99 > 400ms in 3 of the last 5 steps; 2 → 4 replicas'
    expect(describeAction({ ...up, message })).toBe('ScaleUp 2 → 4: ads-slow: span(ads/GetAds).p99 > 400ms in 3 of the last 5 steps')
    expect(describeAction(up)).toBe('ScaleUp 2 → 4: two more')
  })

  it('places a request in the second in which its answer came', () => {
    const sample = (due: number, latencyMs: number) => ({ due, latencyMs, ok: true })
    expect(p99PerSecond([sample(0.1, 100), sample(0.2, 1900), sample(2.5, 80), sample(3.5, 80)], 3.2)).toEqual([100, undefined, 1900])
    const late = samples((t) => (t >= 12 && t < 13 ? 1500 : 90))
    expect(judge({ ...good, samples: late }, bounds).breach).toBe(14)
  })
})
