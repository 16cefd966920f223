/** The table of what users of autoscalers suffered from: each test that it names exists. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const rows = readFileSync('deploy/THREADS.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| theme') && !line.startsWith('| ---'))
  .map((line) => {
    const [theme = '', threads = '', answer = '', tests = ''] = line.replace(/^\| | \|$/g, '').split(' | ')
    return { theme, threads, answer, tests: [...tests.matchAll(/`([^`]+\.test\.ts)`: “([^”]+)”/g)].map(([, file = '', name = '']) => ({ file, name })) }
  })

/** Whether the file has a test of the name, however it is written: `it('…'`, `it.each(…)('…'`. */
function has(file: string, name: string): boolean {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return ["'", '"', '`'].some((quote) => text.includes(`(${quote}${name}${quote},`) || text.includes(`\n    ${quote}${name}${quote},`))
}

describe('each thread', () => {
  it.each(rows.map((row) => [row.theme, row] as const))('%s has an answer, and tests that exist', (_, { threads, answer, tests }) => {
    expect(threads).toMatch(/#\d+/)
    expect(answer).not.toBe('')
    expect(tests.length).toBeGreaterThan(0)
    expect(tests.filter(({ file, name }) => !has(file, name))).toEqual([])
  })

  it('is in the table once', () => {
    expect(rows.length).toBeGreaterThanOrEqual(18)
    expect(new Set(rows.map(({ theme }) => theme)).size).toBe(rows.length)
  })

  it('would be missed: a name that is no test is not found', () => {
    expect(has('test/deploy/threads.test.ts', 'is in the table once')).toBe(true)
    expect(has('test/deploy/threads.test.ts', 'is in the table')).toBe(false)
    expect(has('test/deploy/none.test.ts', 'is in the table once')).toBe(false)
  })
})
