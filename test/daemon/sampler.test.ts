/** The sampler of a daemon that is all in one. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/daemon/config/index.ts'
import { createMetrics } from '../../src/daemon/metrics.ts'
import { samplerOptions } from '../../src/daemon/sampling.ts'
import { train } from '../../src/daemon/training.ts'
import { createSampler } from '../../src/sampler/index.ts'
import type { TraceSource } from '../../src/sources/index.ts'
import { encodeRequest, service } from '../support/otlp.ts'
import { firstWhere, isAction, load, makeWorkspace, start } from './support.ts'

const rules = `
defaults { every 200ms }
target deployment/adservice { between 1 and 6  cooldown 60s }
own: scale deployment/adservice +2 when span(adservice/GetAds where depth >= 0).own.p50 over 5s > 400ms
`

function configOf(text: string) {
  return loadConfig({ file: { name: 'scaled.yaml', text }, environment: {}, flags: new Map() })
}

describe('the configuration of the sampler', () => {
  it('keeps every trace by default, and is budgeted where a budget is given', () => {
    const options = (text: string) => {
      const loaded = configOf(text)
      return 'config' in loaded ? samplerOptions(loaded.config.sampler) : loaded.problems
    }
    expect(options('')).toEqual({ mode: 'all', budget: 1, halfLifeNs: 1800e9, warmAfter: 1000 })
    expect(options('sampler: {budget: 5%}')).toMatchObject({ mode: 'budgeted', budget: 0.05 })
    expect(options('sampler: {budget: 0.01, mode: uniform, half_life: 10m, warm_after: 50}')).toEqual({
      mode: 'uniform',
      budget: 0.01,
      halfLifeNs: 600e9,
      warmAfter: 50,
    })
  })

  it.each([
    ['sampler: {budget: 0%}', 'scaled.yaml: sampler.budget: expected a share above zero such as 5% or 0.05, got "0%"'],
    ['sampler: {budget: 120%}', 'scaled.yaml: sampler.budget: expected a share above zero such as 5% or 0.05, got "120%"'],
    ['sampler: {mode: tail}', 'scaled.yaml: sampler.mode: expected one of budgeted, uniform, all, tracemesh, got "tail"'],
    ['sampler: {buget: 1%}', 'scaled.yaml: sampler.buget: there is no such key: did you mean budget?'],
    ['traces: {tempo: {url: "tempo:3200"}}', 'scaled.yaml: traces.tempo.url: expected an address such as http://tempo:3200, got "tempo:3200"'],
    ['traces: {tempo: {url: "http://a"}, jaeger: {url: "http://b"}}', 'scaled.yaml: traces: expected either tempo or jaeger, not both'],
    [
      'modeler: {samplers: [scaled-sampler-0]}',
      'scaled.yaml: modeler.samplers.0: expected an address with a port such as scaled-sampler-0:4319, got "scaled-sampler-0"',
    ],
  ])('%s', (text, problem) => {
    expect(configOf(text)).toEqual({ problems: [problem] })
  })
})

describe('a daemon with a sampler', () => {
  it('shows what it keeps, and goes on with what it has learnt after a restart', async () => {
    const at = makeWorkspace(rules, 'sampler: {budget: 50%, warm_after: 20}')
    const quick = ['--rules', at.rules, '--set', 'engine.traces.idle=300ms']
    const first = await start(at, quick)
    load(first, 600)
    await firstWhere(first.follow(0), isAction)
    const status = (await first.status()) as unknown as { sampler: { decided: number; kept: number; target: number } }
    expect(status.sampler).toMatchObject({ mode: 'budgeted', target: 0.5 })
    expect(status.sampler.kept).toBeGreaterThan(0)
    const exposed = await (await fetch(`${first.api}/metrics`)).text()
    expect(exposed).toMatch(/^scale_sampler_traces_decided_total [1-9]/m)
    expect(exposed).toMatch(/^scale_sampler_target_ratio 0.5$/m)
    expect(await first.end()).toBe(0)

    const saved = JSON.parse(readFileSync(join(at.dir, 'state', 'sampler.json'), 'utf8')) as { counts: { decided: number } }
    expect(saved.counts.decided).toBeGreaterThanOrEqual(status.sampler.decided)
    const second = await start(at, quick)
    expect(await second.status()).toMatchObject({ sampler: { decided: saved.counts.decided } })
  })

  it('learns anew, and says so, where what it had learnt cannot be used', async () => {
    const at = makeWorkspace(rules, 'sampler: {budget: 5%}')
    const first = await start(at)
    await first.end()
    writeFileSync(join(at.dir, 'state', 'sampler.json'), '{"version":1,"mode":"uniform"}')
    const second = await start(at)
    expect(second.log.find(({ msg }) => msg.startsWith('what the sampler had learnt cannot be used'))).toMatchObject({ level: 'warn' })
    expect(await second.status()).toMatchObject({ sampler: { state: 'cold', decided: 0 } })
  })
})

const trace = (n: number): Uint8Array => {
  const end = 1_700_000_000_000_000_000n + BigInt(n) * 1_000_000_000n
  return encodeRequest([service('a', [{ traceId: n.toString(16).padStart(32, '0'), spanId: '1'.repeat(16), name: 'Get', kind: 2, start: end - 1000n, end }])])
}

describe('training', () => {
  it('learns from the last traces of a store, and says what it could not read', async () => {
    const source: TraceSource = {
      name: 'a store',
      async fetch({ traceId }) {
        const n = Number.parseInt(traceId, 16)
        if (n === 3) return { kind: 'missing' }
        if (n === 4) return { kind: 'failed', message: 'answered 500' }
        return { kind: 'found', bytes: trace(n), encoding: 'protobuf', partial: false }
      },
      async search({ limit }) {
        return { traces: Array.from({ length: Math.min(limit, 50) }, (_, i) => ({ traceId: (i + 1).toString(16).padStart(32, '0') })) }
      },
    }
    const sampler = createSampler({ mode: 'budgeted', budget: 0.1, warmAfter: 10 })
    const trained = await train({ sampler, training: { recordings: [], traces: 20, since: 3600e9 }, source, now: 1_700_000_100e9 })
    expect(trained).toEqual({ traces: 18, problems: ['a store: answered 500'] })
    expect(sampler.report).toMatchObject({ state: 'warm', decided: 0, trained: 18 })
  })

  it('learns from a recording, and says when there is none', async () => {
    const sampler = createSampler({ mode: 'budgeted', budget: 0.1 })
    const at = makeWorkspace(rules)
    const file = join(at.dir, 'traces.jsonl')
    writeFileSync(
      file,
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"000000000000000000000000000000ab","spanId":"0000000000000001","name":"Get","startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000000001000"}]}]}]}\n',
    )
    const training = { recordings: [file], traces: 0, since: 1 }
    expect(await train({ sampler, training, source: undefined, now: 0 })).toEqual({ traces: 1, problems: [] })
    const nowhere = join(at.dir, 'nowhere')
    expect(await train({ sampler, training: { ...training, recordings: [nowhere] }, source: undefined, now: 0 })).toEqual({
      traces: 0,
      problems: [`${nowhere}: no such file or directory`],
    })
  })
})

describe('the metrics of the sampler', () => {
  it('are not there while nothing is decided', async () => {
    const metrics = createMetrics('0')
    metrics.observeSampler(() => undefined)
    expect((await metrics.registry.metrics()).split('\n').filter((line) => /^scale_sampler_/.test(line))).toEqual([])
  })
})
