import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readExposition } from './exposition.ts'
import { requestOf } from './load.ts'
import type { Scaled } from './process.ts'
import { firstWhere, isAction, isHold, load, makeWorkspace, start } from './support.ts'

const rules = `
defaults { every 100ms }
target deployment/adservice { between 1 and 6  cooldown 60s }
slow: scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 2 times in 1s
`

function post(scaled: Scaled, body: Uint8Array | string, headers: Record<string, string> = { 'content-type': 'application/x-protobuf' }): Promise<Response> {
  return fetch(`${scaled.http}/v1/traces`, { method: 'POST', headers, body: typeof body === 'string' ? body : Buffer.from(body) })
}

async function metrics(scaled: Scaled) {
  const exposition = readExposition(await (await fetch(`${scaled.api}/metrics`)).text())
  const sum = (name: string, labels: Record<string, string> = {}): number =>
    exposition.samples
      .filter((s) => s.name === name && Object.entries(labels).every(([key, value]) => s.labels[key] === value))
      .reduce((total, s) => total + s.value, 0)
  return { ...exposition, sum }
}

describe('from a span to an action', () => {
  it.each(['grpc', 'http/protobuf', 'http/json'] as const)('over %s: seen in the stream, the log, the status and the metrics', async (exporter) => {
    const at = makeWorkspace(rules)
    const scaled = await start(at)
    const decisions = scaled.follow()
    load(scaled, 600, exporter)
    const action = await firstWhere(decisions, isAction)
    expect(action).toMatchObject({ target: 'deployment/adservice', reason: 'ScaleUp', from: 1, to: 3 })
    // Under its cooldown it holds, and says so once.
    const hold = await firstWhere(decisions, isHold)
    expect(hold).toMatchObject({ from: 3, to: 3 })

    const status = await scaled.status()
    expect(status).toMatchObject({ phase: 'running', reload: { ok: true }, unresolved: [] })
    expect(status.rules[0]).toMatchObject({ rule: 'slow' })
    expect(status.targets[0]).toMatchObject({ replicas: { desired: 3, ready: 3 }, lastAction: { id: action.id, to: 3 } })
    const listed = (await (await fetch(`${scaled.api}/v1/decisions?target=deployment/adservice`)).json()) as { decisions: { id: string }[] }
    expect(listed.decisions[0]?.id).toBe(action.id)

    const { problems, sum } = await metrics(scaled)
    expect(problems).toEqual([])
    expect(sum('scale_spans_received_total', { transport: exporter === 'grpc' ? 'grpc' : 'http' })).toBeGreaterThan(0)
    expect(sum('scale_spans_matched_total')).toBe(sum('scale_spans_received_total') - sum('scale_spans_late_total'))
    expect(sum('scale_decisions_total', { outcome: 'scale', reason: 'ScaleUp' })).toBe(1)
    expect(sum('scale_target_replicas', { state: 'desired' })).toBe(3)
    expect(await scaled.end()).toBe(0)
    expect(
      at
        .decisionLog()
        .filter(isAction)
        .map(({ id }) => id),
    ).toEqual([action.id])
  })
})

describe('requests', () => {
  it('that are malformed, too large, or gzip bombs are refused, and the next one is fine', async () => {
    const scaled = await start(makeWorkspace(rules))
    const good = requestOf(10, 100)
    const protobuf = { 'content-type': 'application/x-protobuf' }
    const gzip = { ...protobuf, 'content-encoding': 'gzip' }
    expect((await post(scaled, good.subarray(0, good.length - 3))).status).toBe(400)
    expect((await post(scaled, '{"resourceSpans": 3}', { 'content-type': 'application/json' })).status).toBe(400)
    expect((await post(scaled, Buffer.alloc(2 ** 20 + 1))).status).toBe(413)
    expect((await post(scaled, gzipSync(Buffer.alloc(100 * 2 ** 20)), gzip)).status).toBe(413)
    expect((await post(scaled, '', protobuf)).status).toBe(200)
    expect((await post(scaled, gzipSync(good), gzip)).status).toBe(200)
    const { sum } = await metrics(scaled)
    expect([sum('scale_spans_received_total'), sum('scale_receiver_requests_total', { code: '400' })]).toEqual([10, 2])
  })

  it('say in a partial success which spans were refused', async () => {
    const scaled = await start(makeWorkspace(rules))
    const response = await post(scaled, requestOf(3, 100, Date.now() + 3600_000))
    expect([response.status, Buffer.from(await response.arrayBuffer()).toString()]).toEqual([200, expect.stringContaining('3 spans end in the future')])
    expect((await metrics(scaled)).sum('scale_spans_rejected_total')).toBe(3)
  })

  it('that come twice count once', async () => {
    const scaled = await start(makeWorkspace(rules))
    const request = requestOf(5, 100)
    await post(scaled, request)
    await post(scaled, request)
    const { sum } = await metrics(scaled)
    expect([sum('scale_spans_received_total'), sum('scale_spans_duplicate_total')]).toEqual([10, 5])
  })
})

describe('reloading', () => {
  const renamed = rules.replace('slow:', 'slower:')

  it('takes new rules when their file changes', async () => {
    const at = makeWorkspace(rules)
    const scaled = await start(at)
    const before = (await scaled.status()).bundle.digest
    at.writeRules(renamed)
    await scaled.logged(({ msg, digest }) => msg === 'rules loaded' && digest !== before)
    expect((await scaled.status()).rules.map(({ rule }) => rule)).toEqual(['slower'])
  })

  it('follows the symbolic links of a ConfigMap', async () => {
    const at = makeWorkspace(rules)
    const mount = join(at.dir, 'mount')
    const version = (name: string, text: string): void => {
      mkdirSync(join(mount, name), { recursive: true })
      writeFileSync(join(mount, name, 'ads.scale'), text)
      symlinkSync(name, join(mount, '..data.new'))
      renameSync(join(mount, '..data.new'), join(mount, '..data'))
    }
    version('..1', rules)
    symlinkSync(join('..data', 'ads.scale'), join(mount, 'ads.scale'))
    const scaled = await start(at, ['--rules', mount])
    const before = (await scaled.status()).bundle.digest
    version('..2', renamed)
    await scaled.logged(({ msg, digest }) => msg === 'rules loaded' && digest !== before)
    expect((await scaled.status()).rules.map(({ rule }) => rule)).toEqual(['slower'])
  })

  it('keeps the old rules when the new ones are wrong, says why, and recovers', async () => {
    const at = makeWorkspace(rules, 'reload: {watch: false}')
    const scaled = await start(at)
    at.writeRules('scale deployment/adservice +2 wen 1 > 2')
    scaled.child.kill('SIGHUP')
    await scaled.logged(({ msg }) => msg.startsWith('rules not loaded'))
    const status = await scaled.status()
    expect([status.rules[0]?.rule, status.reload.ok, status.reload.problems?.[0]]).toEqual(['slow', false, expect.stringContaining('rules.scale:1:')])
    expect((await metrics(scaled)).sum('scale_bundle_last_reload_successful')).toBe(0)
    expect((await fetch(`${scaled.api}/readyz`)).status).toBe(200)
    at.writeRules(renamed)
    scaled.child.kill('SIGHUP')
    await scaled.logged(({ msg, rules: n }) => msg === 'rules loaded' && n === 1 && scaled.log.filter((line) => line.msg === 'rules loaded').length === 2)
    expect((await scaled.status()).reload.ok).toBe(true)
  })

  it('keeps what unchanged rules have counted', async () => {
    const at = makeWorkspace(rules.replace('2 times in 1s', '5 times in 60s'), 'reload: {watch: false}')
    const scaled = await start(at)
    const decisions = scaled.follow()
    load(scaled, 600)
    // Reloaded at every step, a rule that forgot would never come to five.
    const timer = setInterval(() => scaled.child.kill('SIGHUP'), 50)
    try {
      expect(await firstWhere(decisions, isAction)).toMatchObject({ to: 3 })
    } finally {
      clearInterval(timer)
    }
  })

  it('writes a new decision log after the old one was moved away', async () => {
    const at = makeWorkspace(rules)
    const scaled = await start(at)
    renameSync(at.decisions, `${at.decisions}.1`)
    scaled.child.kill('SIGHUP')
    await scaled.logged(() => scaled.log.filter((line) => line.msg === 'rules loaded').length === 2)
    const decisions = scaled.follow()
    load(scaled, 600)
    await firstWhere(decisions, isAction)
    await scaled.end()
    expect(at.decisionLog().filter(isAction)).toHaveLength(1)
  })
})

describe('shutting down', () => {
  it('is unready at once, refuses exports politely, and ends within five seconds', async () => {
    const at = makeWorkspace(rules)
    const scaled = await start(at, ['--rules', at.rules, '--set', 'shutdown.delay=2s'])
    const began = performance.now()
    const ended = scaled.end()
    await scaled.logged(({ msg }) => msg.startsWith('shutting down'))
    const [ready, http] = await Promise.all([fetch(`${scaled.api}/readyz`), post(scaled, requestOf(1, 1))])
    expect([ready.status, http.status, Number(http.headers.get('retry-after')) > 0]).toEqual([503, 503, true])
    expect(await ended).toBe(0)
    expect(performance.now() - began).toBeLessThan(5000)
  })

  it('keeps the cooldown over a restart', async () => {
    const at = makeWorkspace(rules, `orchestrators: {dry-run: {replicas: {deployment/adservice: 3}}}`)
    const first = await start(at)
    const before = load(first, 600)
    expect(await firstWhere(first.follow(0), isAction)).toMatchObject({ from: 3, to: 5 })
    await before.stop()
    await first.end()
    const second = await start(at)
    load(second, 600)
    expect(await firstWhere(second.follow(0), ({ outcome }) => outcome !== 'steady')).toMatchObject({ outcome: 'hold' })
    expect(at.decisionLog().filter(isAction)).toHaveLength(1)
  })
})
