import { describe, expect, it } from 'vitest'
import { runTest, timelineOf } from '../../src/testing/index.ts'
import { benchOf, s } from './support.ts'

const rules = `
target deployment/ads { between 1 and 9 }
target deployment/web { between 1 and 9 }
slow: scale deployment/ads +2 when span(ads/Get).p99 > 400ms 5 times in 60s
calm: scale deployment/ads -1 when span(ads/Get).p99 < 100ms for 10m
home: scale deployment/web +1 when span(web/Home).p99 > 1s for 1m every 10s
`

async function timeline(expectation: string) {
  const bench = benchOf(`${rules}
test "t" {
  given deployment/ads at 2
  load span(ads/Get) at 20/s taking 150ms from 0s to 30s
  load span(ads/Get) at 20/s taking 600ms from 30s to 2m
  ${expectation}
}`)
  const [test] = bench.program.tests
  if (test === undefined) throw new Error('no test')
  const [failure] = (await runTest(bench, test)).failures
  if (failure === undefined) throw new Error('it passed')
  const { windows, events, earlier } = await timelineOf(bench, test, failure)
  return {
    steps: windows.map(({ steps }) => steps.map((ns) => ns / s)),
    rules: windows.map((window) => window.rules.map(({ rule, seen }) => [rule, ...seen.map((outcome) => outcome?.truth)])),
    events: events.map(({ ns, kind, message }) => [ns / s, kind, message]),
    earlier,
  }
}

describe('the timeline of a failure', () => {
  it('has the steps around its moment and what was decided up to then', async () => {
    expect(await timeline('expect deployment/ads at 3 by 65s')).toEqual({
      steps: [[45, 50, 55, 60, 65, 70]],
      rules: [
        [
          ['slow', 'false', 'false', 'true', 'false', 'false', 'false'],
          ['calm', 'false', 'false', 'false', 'false', 'false', 'false'],
        ],
      ],
      events: [
        [55, 'rule', 'span(ads/Get).p99 > 400ms in 5 of the last 12 steps'],
        [55, 'decision', 'slow: 2 → 4 replicas'],
      ],
      earlier: 0,
    })
  })

  it('of a rule has this rule', async () => {
    const { rules, steps } = await timeline('expect calm unknown at 20s')
    expect(steps).toEqual([[5, 10, 15, 20, 25]])
    expect(rules).toEqual([[['calm', 'false', 'false', 'false', 'false', 'false']]])
  })

  it('has several moments, those that touch as one', async () => {
    expect((await timeline('expect slow fires 1 times')).steps).toEqual([
      [35, 40, 45, 50, 55, 60],
      [90, 95, 100, 105, 110, 115],
    ])
    expect((await timeline('expect deployment/ads at 4 by 50s')).steps).toEqual([[30, 35, 40, 45, 50, 55, 60]])
  })

  it('goes by the steps of its rules', async () => {
    expect((await timeline('expect home fires')).steps).toEqual([[80, 90, 100, 110, 120]])
  })
})
