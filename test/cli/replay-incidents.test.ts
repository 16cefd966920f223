/** Recorded incidents with ground truth, where they are beside the checkout. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/replay.ts'

const data = '../shared/data'
const present = existsSync(data)
if (!present) console.log('skipped: no recorded incidents in ../shared/data')
const folder = mkdtempSync(join(tmpdir(), 'scalec-incidents-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Decision {
  readonly time: string
  readonly outcome: string
  readonly from: number
  readonly to: number
}

/** The decisions of the one-line rule, the operation spelled as given, with 2 to 10 replicas. */
async function decisions(recording: string, operation = 'GetAds'): Promise<Decision[]> {
  const rules = join(folder, 'rules.scale')
  const rule = `scale deployment/adservice +2 when span(adservice/${operation}).p99 > 400ms 5 times in 60s`
  writeFileSync(rules, `target deployment/adservice { between 1 and 10 }\n${rule}\n`)
  const out: string[] = []
  const terminal = { out: (text: string) => void out.push(text), err: () => {}, outColour: false, errColour: false }
  const code = await run([join(data, recording, 'traces.binpb.gz')], { rules: [rules], replicas: ['deployment/adservice=2'], format: 'json' }, terminal)
  expect(code).toBe(0)
  const { events, missing } = JSON.parse(out.join('')) as { events: { kind: string; decision: Decision }[]; missing: unknown[] }
  expect(missing).toEqual([])
  return events.filter((e) => e.kind === 'decision').map((e) => e.decision)
}

const actions = (all: readonly Decision[]): Decision[] => all.filter((d) => d.outcome === 'scale')
const steps = (all: readonly Decision[]) => all.map(({ time, outcome, from, to }) => ({ time, outcome, from, to }))

describe.runIf(present)('CPU contention in adservice', () => {
  const incident = 'incidents/ob-adservice-cpu-spliced'

  it('is answered after it starts, and nothing is done in the fault-free part', async () => {
    const truth = JSON.parse(readFileSync(join(data, incident, 'truth.json'), 'utf8')) as { faults: [{ start: string }]; splicedFaultEnd: string }
    const found = actions(await decisions(incident))
    const start = Date.parse(truth.faults[0].start)
    expect(found[0]).toMatchObject({ from: 2, to: 4 })
    for (const { time } of found) {
      expect(Date.parse(time)).toBeGreaterThan(start)
      // The last step that can still count faulty spans ends a minute after the fault.
      expect(Date.parse(time)).toBeLessThan(Date.parse(truth.splicedFaultEnd) + 60_000)
    }
    expect(Date.parse(found[0]?.time ?? '') - start).toBeLessThan(60_000)
  })

  it.each(['hipstershop.AdService/GetAds', '"/hipstershop.AdService/GetAds"', 'grpc.hipstershop.AdService/GetAds', 'AdService/GetAds'])(
    'decides the same spelled %s',
    async (spelling) => expect(steps(await decisions(incident, spelling))).toEqual(steps(await decisions(incident))),
  )
})

describe.runIf(present)('fault-free recordings', () => {
  it.each(['faultfree/ob-faultfree-0823-spliced', 'faultfree/ob-faultfree-1min'])('%s gives no action', async (recording) => {
    expect(actions(await decisions(recording))).toEqual([])
  })
})
