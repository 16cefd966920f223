import { describe, expect, it } from 'vitest'
import { run } from '../../src/cli/test.ts'

describe('the tests of the examples', () => {
  it('pass, and see every rule and comparison true and false', async () => {
    const out: string[] = []
    const err: string[] = []
    const terminal = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text), outColour: false, errColour: false }
    const code = await run(['examples'], { format: 'json', coverage: true, failOnEmpty: true, threshold: '100%' }, terminal)
    expect(err.join('')).toBe('')
    expect(code).toBe(0)
    const { failed, coverage } = JSON.parse(out.join(''))
    expect(failed).toBe(0)
    expect(coverage.shares).toMatchObject({ rules: { ratio: 1 }, comparisons: { ratio: 1 } })
  })
})
