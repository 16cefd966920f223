/** Recorded incidents, where they lie beside the checkout. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { blame, seededRandom, verdict } from '../../src/blame/index.ts'
import { readTraces } from '../../src/cli/blame/read.ts'
import { isRecording, openRecording } from '../../src/recordings/index.ts'

const folder = '../shared/data/incidents'

async function judged(name: string) {
  const { faults } = JSON.parse(readFileSync(`${folder}/${name}/truth.json`, 'utf8'))
  const recording = await openRecording(`${folder}/${name}/traces.binpb.gz`)
  if (!isRecording(recording)) throw new Error(recording.message)
  const { log } = await readTraces(recording)
  const start = Number(faults[0].startUnixNano)
  const windows = [
    { from: 0, to: start },
    { from: start, to: Number.POSITIVE_INFINITY },
  ] as const
  return { report: blame(log, ...windows, { random: seededRandom(1), resamples: 40 }), service: faults[0].service }
}

describe.skipIf(!existsSync(folder))('recorded incidents', () => {
  it.each(['ob-cart-cpu', 'ob-shipping-cpu', 'ob-shipping-netdelay', 'tt-security-netdelay'])('%s: the service that was tampered with', async (name) => {
    const { report, service } = await judged(name)
    expect(verdict(report)).toMatchObject({ sureness: 'clear', service })
  })

  it('warns that replicas seldom cure network delay where there is one, and only there', async () => {
    expect(verdict((await judged('ob-shipping-netdelay')).report).hint).toContain('network')
    expect(verdict((await judged('ob-cart-cpu')).report).hint).toBeUndefined()
  })

  it('names a starved caller with forty traces before, and says that it is not sure', async () => {
    const { report, service } = await judged('tt-food-cpu')
    expect(verdict(report)).toMatchObject({ sureness: 'unclear', service })
    expect(report.services.reduce((a, b) => (b.critical > a.critical ? b : a)).service).not.toBe(service)
  })
})
