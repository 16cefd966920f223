import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run, type TestOptions } from '../../src/cli/test.ts'
import { watched } from '../../src/cli/watch.ts'
import { scalec } from './scalec.ts'

const home = process.cwd()
const folder = mkdtempSync(join(tmpdir(), 'scalec-test-'))
beforeAll(() => process.chdir(folder))
afterAll(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true })
})

function file(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

async function tested(paths: readonly string[], options: Partial<TestOptions> = {}) {
  const out: string[] = []
  const err: string[] = []
  const terminal = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text), outColour: false, errColour: false }
  const code = await run(paths, { format: 'text', ...options }, terminal)
  const timeless = (texts: readonly string[]) => texts.join('').replaceAll(/\(\d+(\.\d+)? m?s\)/g, '(TIME)')
  return { code, out: timeless(out), err: timeless(err) }
}

const rules = `target deployment/ads { between 1 and 9 }
ads-slow: scale deployment/ads +2
  when span(ads/Get).p99 > 400ms 5 times in 60s
`
const load = `  given deployment/ads at 2
  load span(ads/Get) at 20/s taking 600ms from 0s to 60s
`
const good = `test "slow ads are scaled" {
${load}  expect deployment/ads at 4 by 25s
}
`
const bad = `test "slow ads are scaled at once" {
${load}  expect deployment/ads at 4 by 20s
}
`

describe('scalec test', () => {
  it('says how many passed', async () => {
    const path = file('good.scale', rules + good)
    expect(await tested([path])).toEqual({ code: 0, out: '1 passed, 0 failed (TIME)\n', err: '' })
    expect((await tested([path], { verbose: true })).out).toBe('ok    good.scale: slow ads are scaled (TIME)\n1 passed, 0 failed (TIME)\n')
  })

  it('shows what a test that fails has seen', async () => {
    const path = file('bad.scale', rules + good + bad)
    expect(await tested([path])).toEqual({
      code: 1,
      out: `FAIL  bad.scale: slow ads are scaled at once
  bad.scale:12:3
    12 |   expect deployment/ads at 4 by 20s
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ it had 2 replicas at 20s; 4 came at 25s
                                         5s     10s     15s     20s      25s       30s
        ads-slow                      false   false   false   false     true     false
          span(ads/Get).p99 > 400ms  ✓600ms  ✓600ms  ✓600ms  ✓600ms   ✓600ms  settling
          … 5 times in 1m            1 of 5  2 of 5  3 of 5  4 of 5  ✓5 of 5    0 of 5

        25s  true   ads-slow: span(ads/Get).p99 > 400ms in 5 of the last 12 steps
        25s  scale  deployment/ads [ScaleUp] ads-slow: 2 → 4 replicas
1 passed, 1 failed (TIME)
`,
      err: '',
    })
  })

  it('runs the tests whose names match', async () => {
    const path = file('bad.scale', rules + good + bad)
    expect(await tested([path], { run: 'scaled$' })).toMatchObject({ code: 0, out: '1 passed, 0 failed, 1 not run (TIME)\n' })
    expect(await tested([path], { run: '(' })).toMatchObject({ code: 2, err: expect.stringContaining('--run (: Invalid regular expression') })
  })

  it('has nothing to say of rules without tests, unless it is asked to fail', async () => {
    const path = file('none.scale', rules)
    expect(await tested([path])).toMatchObject({ code: 0, out: 'no tests\n' })
    expect(await tested([path], { failOnEmpty: true })).toMatchObject({ code: 1, err: 'scalec: no test was run\n' })
  })

  it('does not run what has errors, and runs the rest', async () => {
    file('mixed/good/rules.scale', rules + good)
    file('mixed/wrong/rules.scale', `${rules}test "t" { expect ads-fast fires }`)
    const { code, out, err } = await tested(['mixed'])
    expect({ code, out }).toEqual({ code: 1, out: '1 passed, 0 failed (TIME)\n' })
    expect(err).toContain('mixed/wrong/rules.scale:4:19: error: no rule is named `ads-fast`')
  })

  it('tests the files that are named together, and each folder by itself', async () => {
    const one = file('apart/one/rules.scale', rules + good)
    const two = file('apart/two/rules.scale', rules + good)
    const other = file('apart/one/more.scale', 'test "of the other file" { expect ads-slow fires 0 times }')
    expect(await tested(['apart'])).toMatchObject({ code: 0, out: '3 passed, 0 failed (TIME)\n' })
    expect(await tested([one, other])).toMatchObject({ code: 0, out: '2 passed, 0 failed (TIME)\n' })
    const { code, err } = await tested([one, two])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('two rules are named `ads-slow`') })
  })

  it('tests the rules of a project together', async () => {
    file('project/rules/one.scale', rules)
    file('project/tests/two.scale', good)
    file('project/scale.json', '{ "rules": ["rules", "tests"] }')
    expect(await tested([], { project: 'project/scale.json' })).toMatchObject({ code: 0, out: '1 passed, 0 failed (TIME)\n' })
    expect(await tested([])).toMatchObject({ code: 2, err: expect.stringContaining('scale.json') })
  })

  it('reads recordings beside the rules', async () => {
    const path = file('replay/rules.scale', `${rules}test "t" { replay "traces.jsonl" }`)
    expect(await tested([path])).toMatchObject({
      code: 1,
      out: expect.stringContaining('^^^^^^^^^^^^^^^^^^^^^ replay/traces.jsonl: no such file or directory'),
    })
    const span = {
      traceId: '1'.padStart(32, '0'),
      spanId: '1'.padStart(16, '0'),
      name: 'Get',
      kind: 2,
      startTimeUnixNano: '1700000000000000000',
      endTimeUnixNano: '1700000000600000000',
    }
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'ads' } }] }
    file('replay/traces.jsonl', `${JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] })}\n`)
    expect(await tested([path])).toMatchObject({ code: 0 })
  })

  it('does not know how many traces a sampler would find odd', async () => {
    const odd = 'target deployment/ads { between 1 and 9 }\nodd: scale deployment/ads +1 when span(ads).anomalies > 1 for 10s\n'
    const load = 'load span(ads/Get) at 10/s taking 100ms from 0s to 60s'
    const path = file('odd.scale', `${odd}test "t" { given deployment/ads at 2 ${load} expect odd unknown at 40s expect no action }`)
    expect(await tested([path])).toMatchObject({ code: 0, err: '' })
  })

  it('says which rules it cannot measure', async () => {
    const path = file('polled.scale', 'scale deployment/ads +1 when metric("up") > 1 for 1m\ntest "t" { expect no action }')
    expect(await tested([path])).toMatchObject({ code: 1, err: expect.stringContaining('uses metric, which this version cannot measure yet') })
  })

  it('names changes of the rules that no test notices', async () => {
    const path = file('good.scale', rules + good)
    const { code, out } = await tested([path], { mutants: true })
    expect({ code, out }).toEqual({
      code: 0,
      out: `1 passed, 0 failed (TIME)
good.scale:3: ads-slow: no test notices 440ms in place of 400ms
good.scale:3: ads-slow: no test notices 360ms in place of 400ms
good.scale:3: ads-slow: no test notices 4 in place of 5
4 of 7 changes of rules are noticed
`,
    })
    expect(JSON.parse((await tested([path], { mutants: true, format: 'json' })).out).mutants).toMatchObject({ killed: 4, of: 7 })
    // What is red already says nothing.
    expect((await tested([file('bad.scale', rules + bad)], { mutants: true })).out).not.toContain('changes of rules')
  })

  it('reports to programs', async () => {
    const path = file('bad.scale', rules + good + bad)
    const { code, out } = await tested([path], { format: 'json' })
    const report = JSON.parse(out)
    expect({ code, ...report }).toMatchObject({
      code: 1,
      passed: 1,
      failed: 1,
      tests: [
        { file: 'bad.scale', name: 'slow ads are scaled', line: 4, passed: true, steps: 13, spans: 1200, failures: [] },
        { name: 'slow ads are scaled at once', failures: [{ message: 'it had 2 replicas at 20s; 4 came at 25s', range: { from: { line: 12, column: 3 } } }] },
      ],
    })
    expect(report.tests[1].failures[0].timeline.windows[0].steps).toEqual([5e9, 10e9, 15e9, 20e9, 25e9, 30e9])
  })

  it('reports to build servers', async () => {
    const { out } = await tested([file('bad.scale', rules + good + bad)], { format: 'junit' })
    expect(out).toContain('<testsuite name="bad.scale" tests="2" failures="1" errors="0" skipped="0"')
    expect(out).toContain('<testcase name="slow ads are scaled" classname="bad.scale" line="4"')
    expect(out).toMatch(/<failure message="it had 2 replicas at 20s; 4 came at 25s" type="expectation">bad.scale:12:3\n/)
  })

  it('runs again when a rule changes', async () => {
    const path = file('watched/rules.scale', rules + good)
    const out: string[] = []
    const closing = new AbortController()
    const terminal = { out: (text: string) => void out.push(text), err: () => {}, outColour: false, errColour: false }
    const seen = watched([path], { clear: false, signal: closing.signal }, terminal, async () => {
      const code = await run([path], { format: 'text' }, terminal)
      if (out.length === 1) file('watched/rules.scale', rules + bad)
      else closing.abort()
      return code
    })
    expect(await seen).toBe(1)
    expect(out.map((text) => /(\d passed, \d failed)/.exec(text)?.[1])).toEqual(['1 passed, 0 failed', '0 passed, 1 failed'])
  })

  it('is a command', () => {
    const path = file('good.scale', rules + good)
    expect(scalec(['test', path, '--fail-on-empty', '--threshold', '0%'], { cwd: folder })).toMatchObject({ code: 0, err: '' })
    expect(scalec(['test', '--run', 'ads', '--threshold', '100%', path], { cwd: folder })).toMatchObject({ code: 1 })
  }, 60_000)
})

describe('coverage', () => {
  it('is a table of what was true, false and unknown', async () => {
    const path = file('good.scale', rules + good)
    const { code, out } = await tested([path], { coverage: true })
    expect(code).toBe(0)
    expect(out).toBe(`1 passed, 0 failed (TIME)

steps that were                    true   false unknown
good.scale
  2 ads-slow                          1      11       1
    3 span(ads/Get).p99 > 400ms       7       0       6  never false
  clauses that never took effect
    1 deployment/ads: between 1 and 9

covered: rules 1 of 1 (100%), comparisons 0 of 1 (0%), clauses 0 of 1 (0%)
`)
  })

  it('can be too little', async () => {
    const path = file('good.scale', rules + good)
    expect(await tested([path], { threshold: '90%' })).toMatchObject({ code: 1, err: 'scalec: 0% of comparisons are covered, less than 90%\n' })
    expect(await tested([path], { threshold: '0' })).toMatchObject({ code: 0 })
    expect(await tested([path], { threshold: '120%' })).toMatchObject({ code: 2, err: 'scalec: --threshold 120%: write a share such as 90%\n' })
  })

  it('is lcov for editors: a rule is a function, a comparison a branch', async () => {
    const path = file('good.scale', rules + good)
    const { out, err } = await tested([path], { coverageFormat: 'lcov' })
    expect(err).toBe('1 passed, 0 failed (TIME)\n')
    expect(out).toBe(`TN:
SF:good.scale
FN:2,ads-slow
FNDA:1,ads-slow
FNF:1
FNH:1
BRDA:3,0,0,7
BRDA:3,0,1,0
BRF:2
BRH:1
DA:2,1
DA:3,7
LF:2
LH:2
end_of_record
`)
  })

  it('goes to a file, or into the JSON', async () => {
    const path = file('good.scale', rules + good)
    expect(await tested([path], { coverageFormat: 'json', coverageOutput: 'coverage.json' })).toMatchObject({ code: 0, out: '1 passed, 0 failed (TIME)\n' })
    const written = JSON.parse(readFileSync('coverage.json', 'utf8'))
    expect(written.shares).toMatchObject({ rules: { covered: 1, of: 1, ratio: 1 }, comparisons: { covered: 0, of: 1 } })
    expect(written.rules[0]).toMatchObject({ rule: 'ads-slow', line: 2, covered: true, steps: { true: 1, false: 11, unknown: 1 } })
    expect(JSON.parse((await tested([path], { format: 'json', coverage: true })).out).coverage).toEqual(written)
    expect(await tested([path], { coverageOutput: 'no/such/folder.txt', coverage: true })).toMatchObject({ code: 2 })
  })
})
