/** Rules of every kind, with tests of their own. */
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createCoverage, isCovered, isRuleCovered, runTest } from '../../src/testing/index.ts'
import { benchOf } from './support.ts'

describe.each(globSync('test/testing/fixtures/*.scale').sort())('%s', (path) => {
  const bench = benchOf(readFileSync(path, 'utf8'), path)
  const coverage = createCoverage(bench)

  it.each(bench.program.tests.map((test) => ({ name: test.name, test })))('$name', async ({ test }) => {
    const { failures, problem } = await runTest(bench, test, (step) => coverage.add(step))
    expect(problem).toBeUndefined()
    expect(failures.map(({ message }) => message)).toEqual([])
  })

  it('is covered', () => {
    expect(coverage.rules.filter((rule) => !isRuleCovered(rule)).map(({ rule }) => rule)).toEqual([])
    expect(coverage.rules.flatMap(({ rule, conditions }) => conditions.filter((one) => one.leaf && !isCovered(one)).map(() => rule))).toEqual([])
  })
})
