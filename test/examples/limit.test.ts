import { describe, expect, it } from 'vitest'
import { limit } from '../../examples/boutique/services/limit.ts'

describe('the queue of the ad service', () => {
  it('runs two at once, first come first served, and goes on after one that fails', async () => {
    const slot = limit(2)
    const log: string[] = []
    const ends = new Map<string, PromiseWithResolvers<void>>()
    const task = (name: string): Promise<void> =>
      slot(() => {
        log.push(name)
        const end = Promise.withResolvers<void>()
        ends.set(name, end)
        return end.promise
      })
    const all = ['a', 'b', 'c', 'd'].map((name) => task(name).catch((error: Error) => log.push(error.message)))
    expect(log).toEqual(['a', 'b'])
    ends.get('b')?.reject(new Error('b failed'))
    await expect.poll(() => log.toSorted()).toEqual(['a', 'b', 'b failed', 'c'])
    ends.get('a')?.resolve()
    await expect.poll(() => log.includes('d')).toBe(true)
    ends.get('c')?.resolve()
    ends.get('d')?.resolve()
    await Promise.all(all)
  })
})
