import { describe, expect, it } from 'vitest'
import type { Logger } from '../../src/daemon/logger.ts'
import { createMetrics } from '../../src/daemon/metrics.ts'
import { createTracesWatch, tracesDocument } from '../../src/daemon/traces.ts'
import type { TracesReport } from '../../src/evaluate/index.ts'

const quiet: TracesReport = {
  openTraces: 3,
  openSpans: 40,
  decidedTraces: 1200,
  laterParts: 0,
  aged: 0,
  evicted: 0,
  oversized: 0,
  dropped: 0,
  late: 2,
  duplicate: 0,
  orphans: 0,
  severalRoots: 0,
  cycles: 0,
  skewed: 0,
  matched: 5000,
}

describe('the status of traces', () => {
  it('names no cap while none strikes', () => {
    expect(tracesDocument(quiet)).toMatchObject({ openTraces: 3, late: 2, caps: [] })
  })

  it('names each cap that struck, with what it did', () => {
    expect(tracesDocument({ ...quiet, evicted: 1234, dropped: 1, oversized: 1, aged: 7 })).toMatchObject({
      caps: [
        {
          cap: 'max_spans',
          traces: 1234,
          dropped: 1,
          message: 'more spans are open than memory is set aside for: 1,234 traces decided early, the oldest first, and 1 span left out',
        },
        { cap: 'max_spans_of_trace', traces: 1, message: '1 trace cut into parts: more spans than one trace may have' },
        { cap: 'max_age', traces: 7, message: '7 traces decided at the greatest age, before the root had ended' },
      ],
    })
  })
})

describe('the log', () => {
  it('has a line when a cap on memory strikes, and one a minute while it goes on', () => {
    const lines: unknown[] = []
    const watch = createTracesWatch({ warn: (fields: object, message: string) => lines.push([fields, message]) } as unknown as Logger)
    watch(undefined, 0)
    watch({ ...quiet, aged: 9 }, 5e9)
    expect(lines).toEqual([])
    watch({ ...quiet, evicted: 2 }, 10e9)
    watch({ ...quiet, evicted: 5 }, 15e9)
    watch({ ...quiet, evicted: 9 }, 71e9)
    watch({ ...quiet, evicted: 9 }, 200e9)
    expect(lines).toEqual([
      [{ cap: 'max_spans', traces: 2 }, expect.stringContaining('2 traces decided early')],
      [{ cap: 'max_spans', traces: 9 }, expect.stringContaining('9 traces decided early')],
    ])
  })
})

describe('the metrics of traces', () => {
  it('say what the report says, and nothing while no rule needs traces', async () => {
    const metrics = createMetrics('0')
    let report: TracesReport | undefined
    metrics.observeTraces(() => report)
    const shown = async (): Promise<readonly string[]> => (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('scale_traces_'))
    expect(await shown()).toEqual([])
    report = quiet
    const lines = await shown()
    expect(lines).toContain('scale_traces_open 3')
    expect(lines).toContain('scale_traces_decided_total 1200')
    expect(lines).toContain('scale_traces_evicted_total 0')
    report = { ...quiet, decidedTraces: 1300 }
    expect(await shown()).toContain('scale_traces_decided_total 1300')
    expect(lines).toHaveLength(15)
    report = undefined
    expect(await shown()).toEqual([])
  })
})
