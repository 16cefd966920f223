/** `scalec test` of 500 tests as a whole process, beside `node -e 0`: two minutes of virtual time and 2,400 spans each. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { processes } from './peers/processes.ts'
import type { Row } from './report.ts'
import { median } from './report.ts'

const rounds = 5

const rules = `defaults { every 5s }
target deployment/adservice { between 1 and 10  up at most +4 per 60s  down at most 10% per 60s  stable 5m before down  cooldown 60s }
ads-slow: scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 5 times in 60s
ads-calm: scale deployment/adservice -1 when span(adservice/GetAds).p99 < 120ms for 10m
`

/** Each with a latency of its own, so that no two are the same. */
function tests(count: number): string {
  const one = (i: number): string => `test "a latency step, ${i}" {
  given deployment/adservice at 2
  load span(adservice/GetAds) at 20/s taking ${130 + (i % 100)}ms ± 10% from 0s to 30s
  load span(adservice/GetAds) at 20/s taking ${500 + i}ms ± 10% from 30s to 2m
  expect no action before 50s
  expect deployment/adservice at 4 by 65s
}
`
  return Array.from({ length: count }, (_, i) => one(i)).join('')
}

export default async function measure(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'scalec-bench-'))
  try {
    const scalec = resolve('dist/scalec.js')
    const commands: Record<string, readonly string[]> = { 'node -e 0': ['-e', '0'] }
    for (const count of [1, 500]) {
      const file = join(folder, `${count}.scale`)
      writeFileSync(file, rules + tests(count))
      commands[`scalec test, ${count} ${count === 1 ? 'test' : 'tests'}`] = [scalec, 'test', file]
      if (count > 1) commands[`scalec test --coverage, ${count} tests`] = [scalec, 'test', '--coverage', file]
    }
    const figures = processes(commands, rounds)
    const node = median(figures.get('node -e 0')?.ms ?? [])
    return [...figures].map(([what, { ms }]) => {
      const figure = median(ms)
      return { what, figure, unit: 'ms', ratios: { 'node -e 0': node / figure }, note: `fastest ${Math.round(Math.min(...ms))} ms of ${rounds}` }
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
