/** Memory over ten million traces of which each has an operation of its own: whatever grew with names would show. */
import { createSampler } from '../../src/sampler/index.ts'
import { dawn, Random, TraceBatch } from '../../test/support/trace-stream.ts'
import type { Row } from '../report.ts'

const batchTraces = 10_000

export function flatMemory(total = 10e6): Row[] {
  const sampler = createSampler({ mode: 'budgeted', budget: 0.01 })
  const random = new Random(1)
  const rows: Row[] = []
  let done = 0
  while (done < total) {
    // A dictionary of its own for each batch: what the texts take is not the sampler's.
    const batch = new TraceBatch(batchTraces * 3)
    const service = batch.dictionary.code('shop')
    const root = batch.dictionary.code('GET')
    for (let i = 0; i < batchTraces; i++) {
      const end = dawn + (done + i) * 1e5
      batch.begin(random)
      batch.span(service, root, -1, 5e6 + (random.word() % 1e6), end, false)
      batch.span(service, batch.dictionary.code(`GET /user/${done + i}`), 0, 3e6, end, false)
      batch.span(service, root, 1, 1e6, end, false)
    }
    sampler.decide(batch.found)
    done += batchTraces
    if (done !== total / 10 && done !== total / 2 && done !== total) continue
    globalThis.gc?.()
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
    const { clusters, shapes, paths, realised = 0 } = sampler.report
    rows.push({
      what: `after ${done / 1e6} million traces with unbounded operations: heap and buffers`,
      figure: (heapUsed + arrayBuffers) / 2 ** 20,
      unit: 'MiB',
      note: `resident ${Math.round(rss / 2 ** 20)} MiB; ${clusters} clusters, ${shapes} shapes, ${paths} paths; kept ${(realised * 100).toPrecision(4)} %`,
    })
  }
  return rows
}
