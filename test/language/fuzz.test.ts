/** The short form of test/slow/fuzz.test.ts. */
import { expect, it } from 'vitest'
import { fuzz, idleFixes } from '../support/fuzz.ts'

it('2,000 mutated programs: no crash, no hang, every place inside the text', () => {
  const { failures, programs } = fuzz(1_000_000, 2000, 100)
  expect(failures).toEqual([])
  expect(programs).toBe(2000)
})

it('a fix takes its error away, in whatever program', () => {
  const { tried, idle } = idleFixes(2_000_000, 1000)
  expect(idle).toEqual([])
  expect(tried).toBeGreaterThan(200)
})
