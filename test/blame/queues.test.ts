/** A wait in a queue is charged to whoever causes it. */
import { describe, expect, it } from 'vitest'
import { addedBy, type Charge, charge } from '../../src/blame/charge.ts'
import type { Cell, Shift } from '../../src/blame/comparison.ts'
import { type BlameReport, blame, seededRandom, verdict } from '../../src/blame/index.ts'
import { readTraces } from '../../src/cli/blame/read.ts'
import { isRecording, openRecording } from '../../src/recordings/index.ts'

const examples = new URL('../../examples/queue-and-workers/', import.meta.url).pathname

/** What came 30 s after the first trace and later, against what came before. */
async function blamed(recording: string): Promise<BlameReport> {
  const opened = await openRecording(`${examples}${recording}`)
  if (!isRecording(opened)) throw new Error(opened.message)
  const { log } = await readTraces(opened)
  const change = (log.begin[0] as number) + 30e9
  return blame(log, { from: 0, to: change }, { from: change, to: Number.POSITIVE_INFINITY }, { random: seededRandom(1), resamples: 40 })
}

const [gateway, workers, database] = [1, 2, 3]

const cells: readonly Cell[] = [
  { kind: 'queue', service: workers, caller: gateway, operation: 9 },
  { kind: 'turn', service: workers, caller: gateway, operation: 9 },
  { kind: 'self', service: workers, caller: workers, operation: 9 },
  { kind: 'self', service: database, caller: database, operation: 10 },
]
const behind = new Map([[workers, new Set([workers, database])]])

/** Milliseconds by which each of the cells rose, in all of very many calls; a turn took 100 before. */
function charged(rises: readonly [queue: number, turn: number, workers: number, database: number]): { readonly [service: number]: Charge | undefined } {
  const shifts = rises.map((rise): Shift => ({ before: 1e7, after: 1e7, calls: 1e7, mean: 100, rise, delta: rise > 0 ? 1 : 0 }))
  return Object.fromEntries(charge({ cells, behind }, shifts, 1e7))
}

describe('a wait in a queue', () => {
  it('is the workers’ while each message occupies them as long as before', () => {
    const charges = charged([4000, 0, 0, 0])
    expect(charges[workers]?.gap).toBeCloseTo(4000, 0)
    expect(addedBy(charges[database] as Charge)).toBe(0)
  })

  it('is that of what is behind them as far as it costs them their turns', () => {
    const charges = charged([4000, 300, 0, 300])
    expect(charges[database]).toMatchObject({ self: expect.closeTo(300, 0), queue: expect.closeTo(3000, 0) })
    expect(charges[workers]?.gap).toBeCloseTo(1000, 0)
  })

  it('is shared like what made a turn longer', () => {
    const charges = charged([4000, 300, 100, 200])
    expect(charges[database]?.queue).toBeCloseTo(2000, 0)
    expect(charges[workers]?.queue).toBeCloseTo(1000, 0)
  })

  it('is nobody else’s if nothing behind them is known to be slower', () => {
    expect(charged([4000, 300, 0, 0])[workers]?.gap).toBeCloseTo(4000, 0)
  })
})

describe('the recordings of examples/queue-and-workers', () => {
  it('a backlog is the workers’: plain p99 would have named another', async () => {
    const report = await blamed('backlog.jsonl.gz')
    const { service, sureness, sentence, hint } = verdict(report)
    expect({ service, sureness }).toEqual({ service: 'workers', sureness: 'clear' })
    expect(sentence).toContain('All of that lies between its callers and it. Plain p99 would have named gateway')
    expect(hint).toContain('If its replicas are busy, it is queueing, and more of them help')
  })

  it('a saturated database is the database’s, with most of the wait before the workers', async () => {
    const report = await blamed('saturation.jsonl.gz')
    const { service, sureness, sentence, hint } = verdict(report)
    expect({ service, sureness }).toEqual({ service: 'database', sureness: 'clear' })
    expect(sentence).toMatch(/Of that, \d+% lies in the queue before those who wait for it and \d+% lies in its own work\./)
    expect(hint).toContain('more of those would only ask it for more at a time')
    const [top, next] = report.services
    expect(next).toMatchObject({ service: 'workers' })
    expect(top?.share).toBeGreaterThan(0.8)
  })
})
