import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Balancer, balance } from '../../examples/boutique/services/balancer.ts'

let dir: string
let file: string
let balancer: Balancer | undefined

function list(...ports: number[]): void {
  const text = JSON.stringify(ports.map((port, slot) => ({ slot, host: '127.0.0.1', port, pid: 1000 + slot })))
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'balancer-'))
  file = join(dir, 'endpoints.json')
})
afterEach(() => {
  balancer?.close()
  rmSync(dir, { recursive: true })
})

describe('the balancer', () => {
  it('takes turns while nothing is in flight', async () => {
    list(1, 2)
    balancer = balance(file)
    const bases = [await balancer.run(async (b) => b), await balancer.run(async (b) => b), await balancer.run(async (b) => b)]
    expect(bases[0]).not.toBe(bases[1])
    expect(bases[2]).toBe(bases[0])
  })

  it('prefers the replica with the fewest requests in flight', async () => {
    list(1, 2)
    balancer = balance(file)
    const never = new Promise<never>(() => {})
    const seen: string[] = []
    const hold = (base: string): Promise<never> => {
      seen.push(base)
      return never
    }
    void balancer.run(hold)
    void balancer.run(hold)
    expect(new Set(seen).size).toBe(2)
    void balancer.run(hold)
    const busy = seen[2]
    const fourth = await balancer.run(async (b) => b)
    expect(fourth).not.toBe(busy)
  })

  it('sees a replica come', async () => {
    list(1)
    balancer = balance(file)
    const { run } = balancer
    list(1, 2)
    await expect.poll(async () => new Set([await run(async (b) => b), await run(async (b) => b)]).size).toBe(2)
  })

  it('keeps what it knows while the file is damaged', async () => {
    list(1)
    balancer = balance(file)
    writeFileSync(file, '[{"slot":')
    expect(await balancer.run(async (b) => b)).toBe('http://127.0.0.1:1')
  })

  it('tries another replica when one has gone, but not when it answered with an error', async () => {
    list(1, 2)
    balancer = balance(file)
    const tried: string[] = []
    const gone = (base: string): Promise<string> => {
      tried.push(base)
      return tried.length === 1 ? Promise.reject(new TypeError('fetch failed')) : Promise.resolve(base)
    }
    await balancer.run(gone)
    expect(new Set(tried).size).toBe(2)
    await expect(balancer.run(() => Promise.reject(new Error('500')))).rejects.toThrow('500')
  })

  it('says that no replica is ready', async () => {
    balancer = balance(file)
    await expect(balancer.run(async (b) => b)).rejects.toThrow('no replica is ready')
  })
})
