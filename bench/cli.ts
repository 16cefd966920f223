/** Whole processes of `scalec`, started and ended, beside `node -e 0`: what somebody waits for at a prompt. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Row } from './report.ts'
import { median } from './report.ts'

const rounds = 15

/** Rules as a generator would write them: each of its own service and operation, two for a workload with declared bounds. */
function manyRules(count: number): string {
  const targets = Array.from({ length: count / 2 }, (_, i) => `target deployment/svc-${i} { between 1 and 10  down at most 10% per 60s }`)
  const rules = Array.from({ length: count }, (_, i) => {
    const service = i >> 1
    return i % 2 === 0
      ? `svc-${service}-slow: scale deployment/svc-${service} +2 when span(svc-${service}/Op${i}).p99 > ${200 + (i % 700)}ms 5 times in 60s`
      : `svc-${service}-calm: scale deployment/svc-${service} -1 when span(svc-${service}/Op${i}).p99 < 40ms for 10m`
  })
  return [...targets, ...rules].join('\n')
}

export default async function measure(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'scalec-bench-'))
  try {
    const one = join(folder, 'one.scale')
    const many = join(folder, 'many.scale')
    writeFileSync(one, 'scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 5 times in 60s\n')
    writeFileSync(many, manyRules(10_000))
    const scalec = resolve('dist/scalec.js')
    const commands = {
      'node -e 0': ['-e', '0'],
      'scalec --help': [scalec, '--help'],
      'scalec check, one line': [scalec, 'check', one],
      'scalec check, 10,000 rules': [scalec, 'check', many],
    } as const
    const times = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]))
    // In turns, so that all see the same machine; the first round fills the compile cache and does not count.
    for (let round = 0; round <= rounds; round++)
      for (const [name, args] of Object.entries(commands)) {
        const started = performance.now()
        const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
        const took = performance.now() - started
        if (status !== 0) throw new Error(`${name}: ${stderr}`)
        if (round > 0) times.get(name)?.push(took)
      }
    const node = median(times.get('node -e 0') ?? [])
    return [...times].map(([what, samples]) => {
      const figure = median(samples)
      return {
        what,
        figure,
        unit: 'ms',
        ratios: { 'node -e 0': node / figure },
        note: `${Math.round(figure - node)} ms over node, fastest ${Math.round(Math.min(...samples))} ms of ${rounds}`,
      }
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
