import { describe, expect, it } from 'vitest'
import { analyse } from '../../src/bundle/index.ts'

/** Codes, and whether each brings a fix. */
function fixes(condition: string): string[] {
  const text = `target deployment/x { between 1 and 3 }\nscale deployment/x +1 when ${condition}`
  return analyse({ roots: [{ name: 'x.scale', text }] }).diagnostics.map(({ code, fix }) => `${code} ${fix?.title ?? 'no fix'}`)
}

describe('fixes of several phases', () => {
  it('stay where they do not meet', () => {
    expect(fixes('span(a/b).p99 > 400 && span(a/b).rate > 5')).toEqual(['SC2101 write 400ms', 'SC1010 write and', 'SC2101 write 5/s'])
  })

  it('stay where one word stands for another', () => {
    expect(fixes('span(a/b).p99 > .4')).toEqual(['SC1042 write 0.4', 'SC2101 write 400ms'])
  })

  it('wait where the text is not yet what they are made for', () => {
    expect(fixes('rate(x[5m]) > 5/s')).toEqual(['SC1046 write metric("rate(x[5m])")', 'SC2101 no fix'])
    expect(fixes('span(a/b) | p97 > 1s')).toEqual(['SC1033 write .p97', 'SC2008 no fix'])
  })
})
