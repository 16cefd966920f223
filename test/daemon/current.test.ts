/** What the configuration says of the engine reaches it, and what it has spent survives a reload and a restart. */
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/bundle/index.ts'
import { loadConfig } from '../../src/daemon/config/index.ts'
import { createCurrent } from '../../src/daemon/current.ts'
import type { EngineState } from '../../src/engine/index.ts'
import type { World } from '../../src/evaluate/index.ts'
import type { SpanTable } from '../../src/spans/index.ts'

const started = 1_800_000_000e9

/** Two workloads that the calendar lifts to three replicas. */
const bundleOf = (more = '', rule = '') => {
  const text = `
    target deployment/a { between 1 and 9 ${more} }
    target deployment/b { between 1 and 9 }
    scale deployment/a to at least 3 when during 00:00-24:00 in "UTC"
    scale deployment/b to at least 3 when during 00:00-24:00 in "UTC"
    ${rule}`
  const { bundle } = compile({ roots: [{ name: 'rules.scale', text }] }, { compiler: 'test' })
  if (bundle === undefined) throw new Error('the rules are wrong')
  return bundle
}

function currentOf(yaml: string, state?: EngineState) {
  const loaded = loadConfig({ file: { name: 'scaled.yaml', text: yaml }, environment: {}, flags: new Map() })
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'))
  const current = createCurrent(bundleOf(), state, loaded.config.engine, { startAt: started })
  // From here on nothing arrives.
  current.engine.due(started)
  return current
}

/** As many spans as rows, each a trace of its own that ends a second after the start. */
function fill(table: SpanTable, rows: number): void {
  table.reserve(rows)
  table.length = rows
  const end = BigInt(started) + 1_000_000_000n
  for (let row = 0; row < rows; row++) {
    for (const times of [table.startTime, table.endTime]) times.set([Number(end & 0xffffffffn), Number(end >> 32n)], row * 2)
    new DataView(table.traceId.buffer).setUint32(row * 16, row + 1)
    new DataView(table.spanId.buffer).setUint32(row * 8, row + 1)
  }
}

/** The step that ends `seconds` after the start, with both workloads at one replica. */
function reasons(current: ReturnType<typeof currentOf>, seconds: number, ready = 1): string[] {
  const snapshot = { desired: 1, ready, version: 'v', readySince: undefined }
  const world: World = new Map(['deployment/a', 'deployment/b'].map((id) => [id, snapshot]))
  const at = current.engine.due(started + (seconds + 6) * 1e9)
  if (at !== started + seconds * 1e9) throw new Error(`the next step is ${at}`)
  const { decisions } = current.engine.step(at, world)
  for (const decision of decisions) if (decision.outcome === 'scale') current.engine.acted(decision)
  return decisions.map(({ reason }) => reason)
}

describe('the rules of the moment', () => {
  it('limit nothing by default', () => {
    expect(reasons(currentOf(''), 5, 0)).toEqual(['ScaleUp', 'ScaleUp'])
  })

  it('have the gate and the budget of the configuration', () => {
    expect(reasons(currentOf('engine: {min_available: 50%}'), 5, 0)).toEqual(['TooFewReady', 'TooFewReady'])
    expect(reasons(currentOf('engine: {budget: {actions: 1}}'), 5)).toEqual(['ScaleUp', 'BudgetExhausted'])
    expect(reasons(currentOf('engine: {budget: {added_replicas: 2}}'), 5)).toEqual(['ScaleUp', 'BudgetExhausted'])
  })

  it('have the limits on traces of the configuration, and keep what is open over a reload', () => {
    const own = 'scale deployment/a +1 when span(*).own.p99 > 1s'
    const current = currentOf('engine: {traces: {max_spans: 1500}}')
    expect(current.engine.traces).toBeUndefined()
    current.swap(bundleOf('', own))
    fill(current.table, 1000)
    current.engine.ingest(current.table, started + 2e9)
    expect(current.engine.traces).toMatchObject({ openSpans: 1000, evicted: 0 })
    current.swap(bundleOf('cooldown 1m', own))
    expect(current.engine.traces).toMatchObject({ openSpans: 1000 })
    fill(current.table, 2000)
    current.engine.ingest(current.table, started + 2e9)
    expect(current.engine.traces?.openSpans).toBeLessThanOrEqual(1500)
    expect(current.engine.traces?.evicted).toBeGreaterThan(0)
  })

  it('remember what is spent over a reload and a restart, for as long as it counts', () => {
    const yaml = 'engine: {budget: {actions: 1, per: 15s}}'
    const first = currentOf(yaml)
    expect(reasons(first, 5)[1]).toBe('BudgetExhausted')
    first.swap(bundleOf('cooldown 1m'))
    expect(reasons(first, 10)[1]).toBe('BudgetExhausted')
    const second = currentOf(yaml, JSON.parse(JSON.stringify(first.engine.state())))
    expect([5, 10, 15, 20].map((seconds) => reasons(second, seconds)[1])).toEqual([...Array(3).fill('BudgetExhausted'), 'ScaleUp'])
  })
})
