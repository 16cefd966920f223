import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { otlpJson } from '../../src/cli/sample/otlp-json.ts'
import { run, type SampleOptions } from '../../src/cli/sample.ts'
import { decodeJson, decodeRequest } from '../../src/spans/index.ts'
import { encodeJson, encodeRequest, type PlainResource, service } from '../support/otlp.ts'
import { generatedRequest, newTable, rowsOf } from '../support/spans.ts'

const folder = mkdtempSync(join(tmpdir(), 'scalec-sample-'))
afterAll(() => rmSync(folder, { recursive: true }))

const begin = 1_700_000_000_000n

/** `front` calls `ads`, ten times a second; trace 777 takes a hundred times as long, and trace 888 calls `cart` as well. */
function traceOf(n: number): readonly PlainResource[] {
  const end = (begin + BigInt(n) * 100n) * 1_000_000n
  const traceId = (n * 7919).toString(16).padStart(8, '0').repeat(4)
  const slow = n === 777 ? 5_000_000_000n : 50_000_000n + BigInt(n % 13) * 1_000_000n
  const span = (id: number, name: string, parent?: number) => ({
    traceId,
    spanId: id.toString(16).padStart(16, '0'),
    ...(parent === undefined ? {} : { parentSpanId: parent.toString(16).padStart(16, '0') }),
    name,
    kind: 2,
    start: end - slow,
    end,
    attributes: { 'http.route': '/ads', n: BigInt(n) },
  })
  return [service('front', [span(1, 'GET /')]), service('ads', [span(2, 'Get', 1)]), ...(n === 888 ? [service('cart', [span(3, 'Add', 1)])] : [])]
}

function framed(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

const count = 3000
const all = Array.from({ length: count }, (_, i) => traceOf(i + 1))
const binary = join(folder, 'traces.binpb')
writeFileSync(binary, Buffer.concat(all.map((resources) => framed(encodeRequest(resources)))))
const lines = join(folder, 'traces.jsonl')
writeFileSync(lines, all.map((resources) => `${encodeJson(resources)}\n`).join(''))

async function sampled(options: Partial<SampleOptions> = {}, recording = binary) {
  const out: string[] = []
  const err: string[] = []
  const terminal = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text), outColour: false, errColour: false }
  const code = await run(
    [recording],
    { budget: '5%', mode: 'budgeted', halfLife: '30m', warmAfter: '500', idle: '5s', lateness: '5s', format: 'json', ...options },
    terminal,
  )
  return { code, out: out.join(''), err: err.join('').replaceAll(`${folder}/`, '') }
}

interface Report {
  readonly decided: number
  readonly kept: number
  readonly trained: number
  readonly traces: readonly { readonly traceId: string; readonly weight: number; readonly lane: string; readonly spans: number }[]
}

describe('scalec sample', () => {
  it('keeps about the budget, and the odd ones with it', async () => {
    const { code, out } = await sampled()
    const report = JSON.parse(out) as Report
    expect([code, report.decided]).toEqual([0, count])
    expect(report.kept).toBe(report.traces.length)
    expect(report.kept).toBeGreaterThan(count * 0.03)
    expect(report.kept).toBeLessThan(count * 0.07)
    const odd = [777, 888].map((n) => report.traces.find(({ traceId }) => traceId === traceOf(n)[0]?.spans[0]?.traceId)?.lane)
    expect(odd).toEqual(['latency', expect.stringMatching(/structure|novelty/)])
  })

  it('says so in words: by lane, with the oddest', async () => {
    const { out } = await sampled({ format: 'text' })
    expect(out).toMatch(/6,001 spans, 3,000 traces\n\d+ would be kept \(\d\.\d+% of the traces, the budget is 5%\); they stand for \d,\d{3}\n/)
    expect(out).toMatch(/^lane +kept +of all +mean weight +why\nfloor +\d+ /m)
    expect(out).toMatch(/latency +[0-9a-f]{32} +2 +front GET \/, 5s\n/)
  })

  it('says the same of the same, whatever the recording is written in', async () => {
    expect(JSON.parse((await sampled({}, lines)).out)).toEqual({ ...JSON.parse((await sampled()).out), recordings: [lines] })
  })

  it('learns from another recording first, of which it keeps nothing', async () => {
    const report = JSON.parse((await sampled({ train: [lines] })).out) as Report
    expect([report.trained, report.decided]).toEqual([count, count])
  })

  it.each([
    ['binpb', () => binary],
    ['jsonl', () => lines],
  ])('writes what it keeps as a recording, with all that was recorded (%s)', async (_, recording) => {
    const out = join(folder, 'kept.jsonl.gz')
    const report = JSON.parse((await sampled({ out }, recording())).out) as Report
    const table = newTable([
      { scope: 'span', name: 'http.route' },
      { scope: 'span', name: 'n' },
    ])
    for (const line of gunzipSync(readFileSync(out)).toString().trim().split('\n')) decodeJson(Buffer.from(line), table)
    const rows = rowsOf(table)
    expect(new Set(rows.map(({ traceId }) => traceId))).toEqual(new Set(report.traces.map(({ traceId }) => traceId)))
    expect(rows).toHaveLength(report.traces.reduce((sum, { spans }) => sum + spans, 0))
    for (const { attributes } of rows) expect(attributes).toEqual({ 'span http.route': '/ads', 'span n': expect.any(Number) })
    // It can be sampled again, and its traces still stand for as many.
    const again = JSON.parse((await sampled({ mode: 'all', budget: '100%' }, out)).out) as Report
    expect(again.decided).toBe(report.kept)
    const weights = ({ traces }: Report) => new Map(traces.map(({ traceId, weight }) => [traceId, weight]))
    expect(weights(again)).toEqual(weights(report))
    expect(Math.max(...weights(report).values())).toBeGreaterThan(1)
  })

  it.each([
    [{ budget: '0' }, 'scalec: --budget 0: a share of the traces is written 1% or 0.01, and is above zero\n'],
    [{ budget: '200%' }, 'scalec: --budget 200%: a share of the traces is written 1% or 0.01, and is above zero\n'],
    [{ halfLife: 'soon' }, 'scalec: --half-life soon: a duration is written 500ms, 30s or 1m30s\n'],
    [{ idle: '0' }, 'scalec: --idle 0: expected a duration above zero\n'],
    [{ warmAfter: 'x' }, 'scalec: --warm-after x: expected a number of traces\n'],
    [{ out: 'kept.txt' }, 'scalec: --out kept.txt: a recording of JSON lines is written: name it .jsonl or .jsonl.gz\n'],
    [{ out: join(folder, 'no', 'kept.jsonl') }, 'scalec: no/kept.jsonl cannot be written (ENOENT)\n'],
    [{ train: [join(folder, 'nowhere')] }, 'scalec: nowhere: no such file or directory\n'],
  ])('refuses %j', async (options, message) => {
    const { code, err } = await sampled(options)
    expect([code, err]).toEqual([2, message])
  })
})

describe('a request as OTLP/JSON', () => {
  it('is the same request', () => {
    fc.assert(
      fc.property(generatedRequest, (request) => {
        const bytes = encodeRequest(request)
        const direct = newTable()
        decodeRequest(bytes, direct)
        const byJson = newTable()
        const decoded = decodeJson(Buffer.from(JSON.stringify(otlpJson(bytes))), byJson)
        expect(decoded).toMatchObject({ ok: true })
        expect(rowsOf(byJson)).toEqual(rowsOf(direct))
      }),
    )
  })
})
