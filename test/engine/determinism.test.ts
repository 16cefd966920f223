/** The same spans give the same bytes of decision log, however they arrive. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bundle } from '../../src/bundle/index.ts'
import { compile } from '../../src/bundle/index.ts'
import type { EngineState } from '../../src/engine/index.ts'
import { createEngine } from '../../src/engine/index.ts'
import { createDecisionFilter, decisionLine, simulatedWorld, step } from '../../src/recordings/index.ts'
import type { SpanTable } from '../../src/spans/index.ts'

const latenessNs = 5e9
const begin = 1_700_000_000e9

const rules = `
target deployment/ads { between 1 and 9  up at most +3 per 30s  stable 15s before down  cooldown 40s  settle within 20s }
slow: scale deployment/ads +2 when span(ads/Get).p90 > 100ms 2 times in 20s
calm: scale deployment/ads -1 when span(ads/Get).p90 < 100ms for 10s
busy: scale deployment/cart to hold span(cart/*).rate at 2/s per replica when span(cart).count > 0
errors: scale deployment/cart +1 when span(cart/*).error_rate > 20% and span(ads).mean over 10s > 50ms every 10s
many: scale deployment/cart +1 when span(cart/Add).duration > 150ms 5 times in 20s
gone: scale deployment/cart to at most 3 when absent(span(cart)) for 15s
own: scale deployment/ads +1 when span(ads where depth > 0).own.p90 > 150ms and span(cart/* under ads).count > 0
blame: scale deployment/cart +1 when span(cart).blame over 10s > 60% 2 times in 20s
`

function bundleOf(text: string): Bundle {
  const { bundle, diagnostics } = compile({ roots: [{ name: 'rules.scale', text }] }, { compiler: 'test' })
  if (bundle === undefined) throw new Error(JSON.stringify(diagnostics))
  return bundle
}

interface PlainSpan {
  readonly service: string
  readonly operation: string
  /** Milliseconds after the beginning. */
  readonly endMs: number
  readonly durationMs: number
  readonly failed: boolean
  readonly id: number
  readonly trace?: number
  readonly parent?: number
}

const spans = fc
  .array(
    fc.record({
      service: fc.constantFrom('ads', 'cart'),
      operation: fc.constantFrom('Get', 'Add'),
      endMs: fc.oneof(fc.integer({ min: 0, max: 120_000 }), fc.integer({ min: 20_000, max: 40_000 })),
      durationMs: fc.integer({ min: 1, max: 300 }),
      failed: fc.boolean(),
      // Of how many spans before it its parent is, if it has one.
      below: fc.constantFrom(0, 1, 1, 2),
    }),
    { minLength: 120, maxLength: 250 },
  )
  .map((all) =>
    all
      .sort((a, b) => a.endMs - b.endMs)
      // Slow first, fast later, so that both directions are asked for.
      .map((span, i): PlainSpan => ({ ...span, durationMs: span.endMs > 60_000 ? Math.ceil(span.durationMs / 4) : span.durationMs, id: i + 1 }))
      .map((span, i, made): PlainSpan => {
        // A trace is three spans.
        const first = i - (i % 3)
        const parent = made[i - (all[i]?.below ?? 0)]?.id
        return { ...span, trace: first + 1, ...(parent === undefined || parent <= first || parent === span.id ? {} : { parent }) }
      }),
  )

function fill(table: SpanTable, batch: readonly PlainSpan[]): void {
  table.clear()
  table.reserve(batch.length)
  batch.forEach(({ service, operation, endMs, durationMs, failed, id, trace = id, parent = 0 }, row) => {
    table.service[row] = table.dictionary.code(service)
    table.operation[row] = table.dictionary.code(operation)
    table.kind[row] = 2
    table.status[row] = failed ? 2 : 0
    const end = BigInt(begin) + BigInt(endMs) * 1_000_000n
    table.duration[row] = durationMs * 1e6
    put(table.endTime, row, end)
    put(table.startTime, row, end - BigInt(durationMs) * 1_000_000n)
    table.traceId.fill(0, row * 16, row * 16 + 16)
    new DataView(table.traceId.buffer).setUint32(row * 16, trace)
    table.spanId.fill(0, row * 8, row * 8 + 8)
    new DataView(table.spanId.buffer).setUint32(row * 8, id)
    table.parentSpanId.fill(0, row * 8, row * 8 + 8)
    new DataView(table.parentSpanId.buffer).setUint32(row * 8, parent)
    table.length++
  })
}

function put(words: Uint32Array, row: number, time: bigint): void {
  words[row * 2] = Number(time & 0xffffffffn)
  words[row * 2 + 1] = Number(time >> 32n)
}

/** The decision log of the spans in the given order, in batches of the given sizes, taken by turns. */
function log(
  bundle: Bundle,
  arriving: readonly PlainSpan[],
  sizes: readonly number[],
): { readonly lines: string; readonly late: number; readonly state: EngineState } {
  const engine = createEngine({ bundle, latenessNs })
  const world = simulatedWorld(
    bundle.targets.map(({ id }) => ({ id, replicas: 2 })),
    7e9,
  )
  const { changed } = createDecisionFilter()
  const table = engine.table()
  const lines: string[] = []
  let late = 0
  const steps = (drain: boolean): void => {
    for (let at = engine.due(undefined, drain); at !== undefined; at = engine.due(undefined, drain))
      for (const decision of step(engine, world, at).decisions) if (changed(decision)) lines.push(decisionLine(decision))
  }
  for (let from = 0, turn = 0; from < arriving.length; turn++) {
    const size = sizes[turn % sizes.length] as number
    fill(table, arriving.slice(from, from + size))
    late += engine.ingest(table).late
    steps(false)
    from += size
  }
  steps(true)
  return { lines: lines.join('\n'), late, state: engine.state() }
}

describe('a decision log', () => {
  const bundle = bundleOf(rules)

  it('is the same bytes for batches of any size and any order within the lateness', () => {
    /** Reasons, and names of rules. */
    const seen = new Set<string>()
    fc.assert(
      fc.property(
        spans,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 0, max: latenessNs / 1e6 - 1 }), { minLength: 250, maxLength: 250 }),
        (all, sizes, delays) => {
          const expected = log(bundle, all, [1])
          const arriving = all
            .map((span, i) => [span.endMs + (delays[i] as number), span] as const)
            .sort(([a], [b]) => a - b)
            .map(([, span]) => span)
          const shuffled = log(bundle, arriving, sizes)
          expect(shuffled.late).toBe(0)
          expect(shuffled.lines).toBe(expected.lines)
          expect(shuffled.state).toEqual(expected.state)
          for (const line of expected.lines.split('\n'))
            if (line !== '') {
              const { reason, message } = JSON.parse(line)
              seen.add(reason)
              seen.add(message.split(':')[0])
            }
        },
      ),
      { numRuns: 60 },
    )
    // The law would hold emptily for a log without actions.
    for (const reason of ['ScaleUp', 'ScaleDown', 'Cooldown', 'Settling', 'own', 'blame']) expect(seen).toContain(reason)
  })
})

describe('an engine', () => {
  it('refuses what it cannot measure', () => {
    const polled = bundleOf('target deployment/ads { between 1 and 9 }\nodd: scale deployment/ads +2 when metric("up") > 1')
    expect(() => createEngine({ bundle: polled })).toThrow(new RangeError('rule odd uses metric, which this engine cannot measure'))
  })

  it('takes over from the one before a reload', () => {
    const before = bundleOf('target deployment/ads { between 1 and 9 }\nslow: scale deployment/ads +2 when span(ads/Get).p90 > 100ms 2 times in 20s')
    const after = bundleOf('target deployment/ads { between 1 and 5 }\nslow: scale deployment/ads +2 when span(ads/Get).p90 > 100ms 2 times in 20s')
    const first = createEngine({ bundle: before })
    const table = first.table()
    const span = (id: number, endMs: number): PlainSpan => ({ service: 'ads', operation: 'Get', endMs, durationMs: 200, failed: false, id })
    fill(table, [span(1, 2000), span(2, 11_000)])
    first.ingest(table)
    const world = simulatedWorld([{ id: 'deployment/ads', replicas: 4 }], 0)
    expect(step(first, world, first.due() as number).decisions[0]?.reason).toBe('Steady')
    const second = createEngine({ bundle: after, previous: first })
    fill(table, [span(3, 12_000), span(4, 30_000)])
    second.ingest(table)
    const reasons: string[] = []
    for (let at = second.due(); at !== undefined; at = second.due()) reasons.push(...step(second, world, at).decisions.map((d) => `${d.reason} ${d.to}`))
    // The first slow step was counted by the first engine, the second by the new one, within the new bounds.
    expect(reasons).toContain('ScaleUp 5')
  })
})
