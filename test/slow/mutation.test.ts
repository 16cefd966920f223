/** The tests of the examples and of the fixtures notice when a rule changes. */
import { describe, expect, it } from 'vitest'
import { shareOf, suites } from '../../bench/mutation.ts'

describe('mutants of rules', () => {
  it.each(suites.map((paths) => ({ paths })))('are killed by the tests of $paths.0', { timeout: 120_000 }, async ({ paths }) => {
    const { killed, of, survivors } = await shareOf(paths)
    expect(of).toBeGreaterThan(0)
    expect(survivors).toEqual([])
    expect(killed).toBe(of)
  })
})
