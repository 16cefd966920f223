/** A test is a replay: of the recording that its load would be, and of the recordings that it names. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createEngine, type StepResult } from '../../src/engine/index.ts'
import type { CheckedLoad } from '../../src/language/index.ts'
import { decisionLine, decodeMessages, isRecording, openRecording, replay, simulatedWorld } from '../../src/recordings/index.ts'
import { SpanTable } from '../../src/spans/index.ts'
import { type Bench, runTest } from '../../src/testing/index.ts'
import { createLoad, latestEnd } from '../../src/testing/load.ts'
import { encodeJson, type PlainSpan, service } from '../support/otlp.ts'
import { rowOf } from '../support/spans.ts'
import { benchOf, runAll, runOne, s } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'scale-testing-'))
afterAll(() => rmSync(folder, { recursive: true }))

const rules = `
target deployment/ads { between 1 and 9  stable 15s before down  cooldown 20s }
slow: scale deployment/ads +2 when span(ads/Get).p90 > 300ms 3 times in 30s
calm: scale deployment/ads -1 when span(ads/Get).p90 < 100ms for 20s
errors: scale deployment/cart +1 when span(cart).error_rate over 10s > 20% every 10s
many: scale deployment/cart +1 when span(cart/Add).duration > 150ms 20 times in 20s
gone: scale deployment/cart to at most 3 when absent(span(cart)) for 15s
`

const load = fc
  .record({
    name: fc.constantFrom('ads/Get', 'cart/Add', 'cart/List'),
    rate: fc.integer({ min: 1, max: 20 }),
    taking: fc.integer({ min: 20, max: 600 }),
    jitter: fc.integer({ min: 0, max: 60 }),
    failing: fc.integer({ min: 0, max: 60 }),
    from: fc.integer({ min: 0, max: 40 }),
    lasting: fc.integer({ min: 5, max: 60 }),
  })
  .map(
    ({ name, rate, taking, jitter, failing, from, lasting }) =>
      `load span(${name}) at ${rate}/s taking ${taking}ms ± ${jitter}% failing ${failing}% from ${from}s to ${from + lasting}s`,
  )
const loads = fc.array(load, { minLength: 1, maxLength: 4 })

/** The spans of the test's loads as a recording: in the order of their ends, 50 to a message. */
function record(bench: Bench): { readonly file: string; readonly spans: number } {
  const table = new SpanTable(bench.dictionary, bench.bundle.projection)
  const all = bench.program.tests[0]?.statements.filter((statement) => statement.kind === 'load') ?? []
  all.forEach((one, i) => {
    createLoad(one as CheckedLoad, i + 1, bench.start, bench.dictionary, []).fill(table, latestEnd(one))
  })
  const rows = Array.from({ length: table.length }, (_, i) => rowOf(table, i)).sort((a, b) => Number(a.end - b.end))
  const lines: string[] = []
  for (let i = 0; i < rows.length; i += 50) {
    const spans = rows.slice(i, i + 50).map((row) => {
      const span: PlainSpan = { ...row, name: row.operation, attributes: {} }
      return service(row.service, [span])
    })
    lines.push(encodeJson(spans))
  }
  const file = join(folder, 'load.jsonl')
  writeFileSync(file, `${lines.join('\n')}\n`)
  return { file, spans: rows.length }
}

async function replayed(bench: Bench, file: string): Promise<StepResult[]> {
  const opened = await openRecording(file)
  if (!isRecording(opened)) throw new Error(opened.message)
  const engine = createEngine({ bundle: bench.bundle, startAt: bench.start })
  const world = simulatedWorld(
    bench.bundle.targets.map(({ id, min }) => ({ id, replicas: Math.max(1, min) })),
    30 * s,
  )
  const steps: StepResult[] = []
  for await (const step of replay({ engine, world, tables: decodeMessages(opened, engine.table()) })) steps.push(step)
  return steps
}

/** All that people and orchestrators see of a step. */
function visible({ at, outcomes, decisions }: StepResult): object {
  return {
    at,
    truths: outcomes.map(({ rule, truth, unknown, because }) => [rule, truth, unknown, because]),
    decisions: decisions.map((decision) => decisionLine(decision)),
  }
}

describe('a test', () => {
  it('takes the steps that a replay of its load would take', async () => {
    await fc.assert(
      fc.asyncProperty(loads, async (statements) => {
        const bench = benchOf(`${rules}\ntest "t" { ${statements.join('\n')} }`)
        const { file } = record(bench)
        const { seen } = await runOne(bench)
        const steps = await replayed(bench, file)
        expect(steps.length).toBeGreaterThan(0)
        expect(seen.slice(0, steps.length).map(visible)).toEqual(steps.map(visible))
      }),
      { numRuns: 15 },
    )
  })

  it('that replays a recording takes its steps, in its time', async () => {
    await fc.assert(
      fc.asyncProperty(loads, async (statements) => {
        const { file, spans } = record(benchOf(`${rules}\ntest "t" { ${statements.join('\n')} }`))
        const bench = benchOf(`${rules}\ntest "t" { replay "load.jsonl" }`, join(folder, 'rules.scale'))
        const result = await runOne(bench)
        expect(result).toMatchObject({ problem: undefined, spans })
        const steps = await replayed({ ...bench, start: result.start }, file)
        expect(result.seen.map(visible)).toEqual(steps.map(visible))
      }),
      { numRuns: 10 },
    )
  })

  it('gives the same answer again, whatever ran before it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(loads, { minLength: 2, maxLength: 3 }), async (suites) => {
        const tests = suites.map((statements, i) => `test "t${i}" { ${statements.join('\n')} expect no action expect slow fires 1 times }`)
        const bench = benchOf(`${rules}\n${tests.join('\n')}`)
        const together = await runAll(bench)
        const backwards = []
        for (const test of [...bench.program.tests].reverse()) backwards.unshift(await runTest(bench, test))
        const alone = await Promise.all(tests.map((test) => runAll(benchOf(`${rules}\n${test}`))))
        const plain = (
          results: readonly { readonly steps: number; readonly spans: number; readonly failures: readonly { readonly message: string }[] }[],
        ): object[] => results.map(({ steps, spans, failures }) => ({ steps, spans, failures: failures.map(({ message }) => message) }))
        expect(backwards).toEqual(together)
        expect(plain(alone.flat())).toEqual(plain(together))
      }),
      { numRuns: 5 },
    )
  })

  it('starts on a Monday at midnight, where every rule begins a step', async () => {
    const { start, seen } = await runOne(benchOf(`${rules}\ntest "t" { load span(ads/Get) at 1/s taking 10ms from 0s to 20s }`))
    expect(new Date(start / 1e6).toString()).toContain('Mon Jan 01 2024')
    expect(seen[0]?.at).toBe(start + 5 * s)
    const odd = await runOne(
      benchOf('scale deployment/a +1 when span(a).count > 1 for 70s every 7s\ntest "t" { load span(a) at 1/s taking 10ms from 0s to 20s }'),
    )
    expect(odd.start % (7 * s)).toBe(0)
    expect(odd.start - start).toBeLessThan(7 * s)
  })

  it('ends with the last moment that it names', async () => {
    const ends = async (statement: string): Promise<number> => {
      const { seen, start } = await runOne(benchOf(`${rules}\ntest "t" { ${statement} }`))
      return ((seen.at(-1)?.at ?? start) - start) / s
    }
    expect(await ends('expect no action')).toBe(0)
    expect(await ends('expect no action before 42s')).toBe(45)
    expect(await ends('expect action between 10s and 61s')).toBe(65)
    expect(await ends('expect slow unknown at 40s')).toBe(40)
    expect(await ends('pause 10s to 90s')).toBe(90)
    expect(await ends('load span(ads/Get) at 1/s taking 400ms from 0s to 30s')).toBe(35)
  })

  it('has no telemetry in a pause: all is unknown once it is stale', async () => {
    const text = `${rules}\ntest "t" {
      load span(ads/Get) at 10/s taking 50ms from 0s to 5m
      pause 60s to 2m30s
      expect calm unknown at 2m
      expect calm unknown at 2m30s
      expect slow unknown at 2m }`
    const { failures, seen, start } = await runOne(benchOf(text))
    expect(failures.map(({ message }) => message)).toEqual([])
    const at = (ns: number) => seen.find((step) => step.at === start + ns)?.outcomes.find(({ rule }) => rule === 'calm')
    expect(at(65 * s)).toMatchObject({ truth: 'true' })
    expect(at(115 * s)).toMatchObject({ truth: 'unknown', unknown: 'empty' })
    expect(at(120 * s)).toMatchObject({ truth: 'unknown', unknown: 'stale' })
    expect(at(200 * s)).toMatchObject({ truth: 'true' })
  })

  it('has the replicas that are given, ready after the delay that is given', async () => {
    const text = `${rules}\ntest "t" {
      given deployment/ads at 3
      given ready after 10s
      load span(ads/Get) at 10/s taking 500ms from 0s to 60s
      expect deployment/ads at 3 by 10s
      expect deployment/ads at 5 by 15s
      expect deployment/ads at 7 by 40s }`
    expect((await runOne(benchOf(text))).failures.map(({ message }) => message)).toEqual([])
  })

  it('tells the service at fault from its callers, though its own spans are as fast as ever', async () => {
    const { failures, seen } = await runOne(
      benchOf(`
        target deployment/cart { between 1 and 5 }
        target deployment/front { between 1 and 5 }
        own-cart: scale deployment/cart +1 when span(cart/Get).own.p99 > 400ms 2 times in 30s
        plain-cart: scale deployment/cart +1 when span(cart/Get).p99 > 400ms 2 times in 30s
        own-front: scale deployment/front +1 when span(front/Home).own.p99 > 400ms 2 times in 30s
        plain-front: scale deployment/front +1 when span(front/Home).p99 > 400ms 2 times in 30s
        blamed: scale deployment/cart +1 when span(cart).blame > 90% for 10s
        far: scale deployment/cart +1 when span(cart/Get where depth < 2).count > 0
        test "t" {
          load span(cart/Get where gap == 300ms) at 10/s taking 200ms under span(front/Home) from 0s to 30s
          expect own-cart fires
          expect plain-cart fires at most 0 times
          expect own-front fires at most 0 times
          expect plain-front fires
          expect blamed fires
          expect far fires at most 0 times
        }`),
    )
    expect(failures).toEqual([])
    const own = seen.find(({ at }) => (at - 1_704_067_200e9) / s === 15)?.outcomes.find(({ rule }) => rule === 'own-cart')?.because.of?.[0]
    expect(own?.left).toMatchObject({ value: 500e6, spans: 50 })
  })

  it('knows how long messages waited before their consumers took them', async () => {
    const { failures, seen } = await runOne(
      benchOf(`
        target deployment/workers { between 1 and 5 }
        too-few: scale deployment/workers +1 when span(workers/process where kind == consumer).gap.p95 > 500ms 2 times in 30s
        slow: scale deployment/workers +1 when span(workers/process where kind == consumer).p95 > 500ms 2 times in 30s
        gateway-slow: scale deployment/gateway +1 when span(gateway/Post).p95 > 500ms 2 times in 30s
        test "t" {
          load span(workers/process where kind == consumer and gap == 8s) at 10/s taking 100ms under span(gateway/Post) from 10s to 30s
          expect too-few fires
          expect slow fires at most 0 times
          expect gateway-slow fires at most 0 times
        }`),
    )
    expect(failures).toEqual([])
    const [gap] = seen
      .flatMap(({ outcomes }) => outcomes.filter(({ rule, truth }) => rule === 'too-few' && truth === 'true'))
      .map(({ because }) => because.of?.[0])
    expect(gap?.left).toMatchObject({ value: 8e9, spans: 50 })
  })

  it('knows the last traces of a recording, as a replay does', async () => {
    const at = BigInt(1_704_067_200) * 1_000_000_000n
    const spans = (service: string, of: readonly Omit<PlainSpan, 'traceId' | 'name'>[]) => ({
      service,
      of: of.map((span): PlainSpan => ({ traceId: '1'.padStart(32, '0'), name: 'Get', ...span })),
    })
    const [front, cart] = ['a'.padStart(16, '0'), 'b'.padStart(16, '0')]
    const resources = [
      spans('front', [{ spanId: front, kind: 3, start: at, end: at + 700_000_000n }]),
      spans('cart', [{ spanId: cart, parentSpanId: front, kind: 2, start: at + 300_000_000n, end: at + 500_000_000n }]),
    ]
    writeFileSync(join(folder, 'last.jsonl'), `${encodeJson(resources.map(({ service: name, of }) => service(name, of)))}\n`)
    const source = (more: string): string => `
      target deployment/cart { between 1 and 5 }
      far: scale deployment/cart +1 when span(cart/Get).gap.max > 400ms
      test "t" { replay "last.jsonl" ${more} expect far fires }`
    const failuresOf = async (more: string) => (await runOne(benchOf(source(more), join(folder, 'rules.scale')))).failures
    expect(await failuresOf('')).toEqual([])
    // With time enough it is complete by itself; beside a load the test goes on, and nothing is cut short.
    expect(await failuresOf('expect no action after 20s')).toEqual([])
    expect(await failuresOf('load span(ads/Get) at 1/s taking 10ms from 0s to 1s')).toHaveLength(1)
  })

  it('cannot replay what is not there, or broken', async () => {
    writeFileSync(join(folder, 'broken.jsonl'), '{"resourceSpans": [}\n')
    const problem = async (path: string) => (await runOne(benchOf(`${rules}\ntest "t" { replay "${path}" }`, join(folder, 'rules.scale')))).problem?.message
    expect(await problem('nothing.jsonl')).toBe(`${join(folder, 'nothing.jsonl')}: no such file or directory`)
    expect(await problem('broken.jsonl')).toContain(`${join(folder, 'broken.jsonl')}, line 1: `)
  })

  it('does not step through the years between two recordings', async () => {
    for (const [name, year] of [
      ['old.jsonl', 2010],
      ['new.jsonl', 2023],
    ] as const) {
      const end = BigInt(Date.UTC(year, 0)) * 1_000_000n
      const span: PlainSpan = { traceId: '1'.padStart(32, '0'), spanId: '1'.padStart(16, '0'), name: 'Get', kind: 2, start: end - 1000n, end }
      writeFileSync(join(folder, name), `${encodeJson([service('ads', [span])])}\n`)
    }
    const { problem } = await runOne(benchOf(`${rules}\ntest "t" { replay "old.jsonl" replay "new.jsonl" }`, join(folder, 'rules.scale')))
    expect(problem?.message).toBe('takes 82 million steps; a test may have 2 million')
  })

  it('asks for no more than a computer has', async () => {
    const problem = async (statement: string) => (await runOne(benchOf(`${rules}\ntest "t" { ${statement} }`))).problem?.message
    expect(await problem('load span(a/b) at 1000000/s taking 1ms from 0s to 1h')).toBe('makes 3600 million spans; a test may have 20 million')
    expect(await problem('expect no action before 10000h')).toBe('takes 7.2 million steps; a test may have 2 million')
  })
})
