/** Whole processes of `scalec`, started and ended, beside `node -e 0`: what somebody waits for at a prompt. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { processes } from './peers/processes.ts'
import { requests } from './peers/requests.ts'
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

/** As the Collector's file exporter writes it. */
function prefixed(request: Uint8Array): Uint8Array[] {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(request.length)
  return [length, request]
}

export default async function measure(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'scalec-bench-'))
  try {
    const one = join(folder, 'one.scale')
    const many = join(folder, 'many.scale')
    writeFileSync(one, 'scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 5 times in 60s\n')
    writeFileSync(many, manyRules(10_000))
    const scalec = resolve('dist/scalec.js')
    const recording = join(folder, 'traces.binpb.gz')
    writeFileSync(recording, gzipSync(Buffer.concat(requests(50, 2000).flatMap(prefixed))))
    const figures = processes(
      {
        'node -e 0': ['-e', '0'],
        'scalec --help': [scalec, '--help'],
        'scalec check, one line': [scalec, 'check', one],
        'scalec check, 10,000 rules': [scalec, 'check', many],
        'scalec fmt --check, one line': [scalec, 'fmt', '--check', one],
        'scalec compile, 10,000 rules': [scalec, 'compile', many, '-o', join(folder, 'many.json')],
        'scalec replay, one rule, 100,000 spans': [scalec, 'replay', recording, '--rules', one],
      },
      rounds,
    )
    const node = median(figures.get('node -e 0')?.ms ?? [])
    return [...figures].map(([what, { ms, memory }]) => {
      const figure = median(ms)
      const note = `${Math.round(figure - node)} ms over node, fastest ${Math.round(Math.min(...ms))} ms of ${rounds}; ${Math.round(memory / 2 ** 20)} MiB at the most`
      return { what, figure, unit: 'ms', ratios: { 'node -e 0': node / figure }, note }
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
