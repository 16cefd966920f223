import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/blame/index.ts'
import { timeOf, windowsOf } from '../../src/cli/blame/times.ts'
import { type Call, requestsOf } from '../blame/calls.ts'
import { scalec } from './scalec.ts'

const folder = mkdtempSync(join(tmpdir(), 'scalec-blame-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** From the sixtieth second on the cart is slow to reach. */
function recording(): string {
  const random = seededRandom(3)
  const vary = (ms: number): number => ms * (0.8 + 0.4 * random())
  const call = (i: number): Call => {
    const cart = (): Call => ({ service: 'cart', operation: 'shop.Cart/Get', self: vary(8), gap: vary(i < 120 ? 2 : 80) })
    return {
      service: 'frontend',
      operation: 'GET /',
      self: vary(5),
      calls: [cart(), { service: 'catalog', operation: 'List', self: vary(20), gap: vary(2) }, cart()],
    }
  }
  const frames = requestsOf([{ from: 0, every: 500, count: 200, call }]).map((request) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(request.length)
    return Buffer.concat([length, request])
  })
  const path = join(folder, 'shop.binpb')
  writeFileSync(path, Buffer.concat(frames))
  return path
}

const shop = recording()

describe('scalec blame', () => {
  it('names the service, says why, and draws a trace', () => {
    const { code, out, err } = scalec(['blame', 'shop.binpb', '--at', '+60s'], { cwd: folder })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('cart is at fault: it added 15')
    expect(out).toContain('Plain p99 would have named frontend')
    expect(out.replaceAll('\n', ' ')).toContain('replicas seldom cure network delay')
    expect(out).toMatch(/^cart +15\dms +100% +\S+ +\S+ +\+15\dms/m)
    expect(out).toMatch(/^\* {2}cart\/Get +·+█+·+ +[\d.]+ms +[\d.]+ms +[\d.]+ms$/m)
    for (const line of out.split('\n')) expect([...line].length).toBeLessThanOrEqual(100)
  })

  it('finds the window by itself, and says so', () => {
    const { code, out } = scalec(['blame', shop])
    expect(code).toBe(0)
    expect(out).toMatch(/window +22:14:(19|20) to/)
    expect(out).toContain('(the window is where cart took longer than otherwise')
  })

  it('prints JSON, the same in every run', () => {
    const args = ['blame', shop, '--from', '22:14:20', '--to', '2023-11-14T22:14:50Z', '--baseline', '+0s', '+1m', '--format', 'json', '--top', '2']
    const { code, out } = scalec(args)
    expect(code).toBe(0)
    const report = JSON.parse(out)
    expect(report).toMatchObject({
      baseline: { from: '2023-11-14T22:13:20.000Z', to: '2023-11-14T22:14:20.000Z', traces: 120 },
      window: { to: '2023-11-14T22:14:50.000Z', traces: 60 },
      found: null,
      verdict: { sureness: 'clear', service: 'cart' },
      confidence: { agreement: 1 },
    })
    expect(report.services).toHaveLength(2)
    expect(report.services[0].added).toBeGreaterThan(140e6)
    expect(report.exemplars).toHaveLength(3)
    expect(scalec(args).out).toBe(out)
  })

  it('says what is wrong with a command line', () => {
    const problem = (...args: string[]): string => {
      const { code, out, err } = scalec(['blame', shop, ...args])
      expect({ code, out }).toEqual({ code: 2, out: '' })
      return err
    }
    expect(problem('--at', 'noon')).toBe('scalec: --at noon: a time is written 2026-05-04T16:31:35Z, 16:31:35 or +1m30s\n')
    expect(problem('--at', '+1m', '--from', '+1m')).toContain('--at, or --from and --to')
    expect(problem('--to', '+1m')).toBe('scalec: --to needs --from\n')
    expect(problem('--at', '+0s')).toContain('nothing was recorded before')
    expect(problem('--from', '+1m', '--to', '+30s')).toContain('before it begins')
    expect(problem('--at', '+1m', '--baseline', '+0s')).toContain('--baseline takes two times')
    expect(problem('--at', '+1m', '--baseline', '+0s', '+70s')).toContain('overlap')
    expect(problem('--top', 'all')).toContain('--top all')
    expect(scalec(['blame', join(folder, 'none')]).code).toBe(2)
  })
})

describe('times', () => {
  const midnight = Date.parse('2026-05-04T23:59:58.700Z') * 1e6

  it('are of the day on which the recording begins, or the next', () => {
    expect(timeOf('--at', '23:59:58', midnight)).toEqual({ value: Date.parse('2026-05-04T23:59:58Z') * 1e6 })
    expect(timeOf('--at', '00:01', midnight)).toEqual({ value: Date.parse('2026-05-05T00:01:00Z') * 1e6 })
    expect(timeOf('--at', '+1m30s', midnight)).toEqual({ value: midnight + 90e9 })
  })

  it('leave the baseline to what came before', () => {
    const recorded = { from: midnight, to: midnight + 300e9 }
    expect(windowsOf({ from: '+2m', to: '+3m' }, recorded, () => undefined)).toEqual({
      value: { baseline: { from: midnight, to: midnight + 120e9 }, window: { from: midnight + 120e9, to: midnight + 180e9 } },
    })
    expect(windowsOf({}, recorded, () => undefined)).toHaveProperty('problem')
  })
})
