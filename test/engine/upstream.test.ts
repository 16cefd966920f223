/** What a sampler before us said in the tracestate counts: a trace that it kept with probability one half stands for two. */
import { expect, it } from 'vitest'
import { compile } from '../../src/bundle/index.ts'
import { createEngine } from '../../src/engine/index.ts'
import { createSampler } from '../../src/sampler/index.ts'
import { decodeRequest } from '../../src/spans/index.ts'
import { encodeRequest, service } from '../support/otlp.ts'

const begin = 1_700_000_000n * 1_000_000_000n

function sampled(): NonNullable<Parameters<typeof createEngine>[0]['traces']> {
  return { idleNs: 1e9, sampler: createSampler({ mode: 'all', budget: 1 }) }
}

function engineOf(rule: string, traces?: ReturnType<typeof sampled>) {
  const { bundle } = compile({ roots: [{ name: 'rules.scale', text: rule }] }, { compiler: 'test' })
  if (bundle === undefined) throw new Error('the rule does not compile')
  return createEngine({ bundle, latenessNs: 0, ...(traces === undefined ? {} : { traces }) })
}

/** What the rule counts of a hundred traces of one span each, within ten seconds. */
function counted(traceState: string | undefined): number | undefined {
  const engine = engineOf('scale deployment/ads +1 when span(ads where depth >= 0).count over 20s > 150 every 20s', sampled())
  const spans = Array.from({ length: 100 }, (_, i) => ({
    traceId: (i + 1).toString(16).padStart(32, '0'),
    spanId: (i + 1).toString(16).padStart(16, '0'),
    ...(traceState === undefined ? {} : { traceState }),
    name: 'Get',
    kind: 2,
    start: begin + BigInt(i) * 100_000_000n,
    end: begin + BigInt(i) * 100_000_000n + 1_000_000n,
  }))
  const table = engine.table()
  expect(decodeRequest(encodeRequest([service('ads', spans)]), table).ok).toBe(true)
  engine.ingest(table)
  let last: number | undefined
  for (let at = engine.due(undefined, true); at !== undefined; at = engine.due(undefined, true))
    last = engine.step(at, new Map()).outcomes[0]?.because.left?.value ?? last
  return last
}

it('counts two for a trace that was kept with probability one half, and one where nobody says anything', () => {
  expect(counted(undefined)).toBe(100)
  expect(counted('ot=rv:ffffffffffffff;th:8')).toBe(200)
  expect(counted('vendor=x,ot=th:c;rv:ffffffffffffff')).toBe(400)
})

it('is not looked for where no trace is put together, nor where nothing is sampled', () => {
  const stream = 'scale deployment/ads +1 when span(ads).p99 > 1s'
  const traced = 'scale deployment/ads +1 when span(ads).own.p99 > 1s'
  expect([engineOf(stream, sampled()), engineOf(traced), engineOf(traced, sampled())].map((engine) => engine.table().traceState.length)).toEqual([0, 0, 2])
})
