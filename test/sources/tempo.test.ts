import { describe, expect, it, onTestFinished } from 'vitest'
import { createFetcher, type FetchResult, type TraceSource, tempoSource } from '../../src/sources/index.ts'
import { createDictionary, decodeRequest, SpanTable } from '../../src/spans/index.ts'
import { type PlainResource, type PlainSpan, service } from '../support/otlp.ts'
import { TempoDouble } from '../support/tempo/server.ts'
import { VirtualClock } from './clock.ts'

const now = 1_800_000_000
const id = '00000000000000000000000000abcdef'

/** Root, a call, and two equal leaves, that ended ten seconds before `now`. */
const all: readonly PlainSpan[] = [
  { spanId: '01', name: 'GET /' },
  { spanId: '02', parentSpanId: '01', name: 'GetAds' },
  { spanId: '03', parentSpanId: '02', name: 'SELECT' },
  { spanId: '04', parentSpanId: '02', name: 'SELECT' },
].map(({ spanId, parentSpanId, name }) => ({
  traceId: id,
  spanId: spanId.padStart(16, '0'),
  ...(parentSpanId === undefined ? {} : { parentSpanId: parentSpanId.padStart(16, '0') }),
  name,
  kind: 2,
  start: BigInt(now - 11) * 1_000_000_000n,
  end: BigInt(now - 10) * 1_000_000_000n,
}))
const resources = (...spans: readonly PlainSpan[]): readonly PlainResource[] => [service('shop', spans)]

async function scene() {
  const double = await TempoDouble.start()
  onTestFinished(() => double.close())
  const source = tempoSource({ url: double.url, now: () => double.now * 1000, tenant: 'shop' })
  if ('error' in source) throw new Error(source.error)
  return { double, source }
}

const request = { traceId: id, start: (now - 11) * 1e9, end: (now - 10) * 1e9 }

/** A fetch in virtual time that began at `now`: the double's clock goes with it. */
async function fetched(double: TempoDouble, source: TraceSource) {
  const clock = new VirtualClock()
  let under = 0
  const counting: TraceSource['fetch'] = async (one) => {
    under++
    double.now = now + clock.ms / 1000
    try {
      return await source.fetch(one)
    } finally {
      under--
    }
  }
  const fetcher = createFetcher({ source: { ...source, fetch: counting }, now: clock.now, sleep: clock.sleep })
  const settle = async (): Promise<void> => {
    do await new Promise((resolve) => setImmediate(resolve))
    while (under > 0)
  }
  const result = await clock.run(fetcher.fetch(request), settle)
  return { result, ms: clock.ms, report: fetcher.report }
}

function spansOf(result: FetchResult): number | string {
  if (result.kind === 'missing') return result.why
  const table = new SpanTable(createDictionary())
  const decoded = decodeRequest(result.bytes, table)
  return decoded.ok ? table.length : decoded.message
}

describe('one answer of Tempo', () => {
  it('is the trace, asked for in protobuf, without pruning, half an hour around its spans, as the tenant', async () => {
    const { double, source } = await scene()
    double.multitenant = true
    double.prunes = true
    double.traces.push({ traceId: id, tenant: 'shop', parts: [{ visibleAt: 0, resources: resources(...all) }] })
    const answer = await source.fetch(request)
    expect(answer).toMatchObject({ kind: 'found', encoding: 'protobuf', partial: false })
    expect(answer.kind === 'found' ? spansOf({ ...answer, kind: 'trace', whole: true }) : '').toBe(4)
    expect(double.requests.map((url) => `${url.pathname}${url.search}`)).toEqual([
      `/api/v2/traces/${id}?start=${now - 11 - 1800}&end=${now - 10 + 1800}&span_pruning=false`,
    ])
  })

  it.each(['new', 'none'] as const)('says that there is none, whether it is 404 or an empty 200 (%s)', async (version) => {
    const { double, source } = await scene()
    double.version = version
    expect(await source.fetch(request)).toEqual({ kind: 'missing' })
  })

  it('comes from the older endpoint of a Tempo without the newer one, which is then not asked again', async () => {
    const { double, source } = await scene()
    double.version = 'none'
    double.traces.push({ traceId: id, parts: [{ visibleAt: 0, resources: resources(...all) }] })
    expect(await source.fetch(request)).toMatchObject({ kind: 'found' })
    expect(await source.fetch(request)).toMatchObject({ kind: 'found' })
    expect(double.requests.map(({ pathname }) => pathname)).toEqual([`/api/v2/traces/${id}`, `/api/traces/${id}`, `/api/traces/${id}`])
  })

  it('is partial over the limit of one endpoint, and refused by the other', async () => {
    const { double, source } = await scene()
    double.maxBytesPerTrace = 50
    double.traces.push({ traceId: id, parts: [{ visibleAt: 0, resources: resources(...all) }] })
    expect(await source.fetch(request)).toMatchObject({ kind: 'found', partial: true })
    double.version = 'none'
    expect(await source.fetch(request)).toEqual({
      kind: 'too-large',
      message: 'Tempo does not give out a trace of this size: trace exceeds max size (max bytes: 50)',
    })
  })

  it.each([
    [
      { status: 429, headers: { 'retry-after': '7' }, body: 'too many' },
      { message: 'answered 429: too many', retryAfterMs: 7000 },
    ],
    [{ status: 500, body: 'boom\nat x.go' }, { message: 'answered 500: boom' }],
    [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }, { message: 'answered text/html where protobuf was asked for' }],
    [{ status: 0 }, { message: expect.stringContaining('no answer') }],
    [
      { status: 200, headers: { 'content-type': 'application/protobuf' }, body: '\u000a\u007f' },
      { message: expect.stringContaining('the answer is no protobuf') },
    ],
  ])('that is none is a failure with its reason: %j', async (failure, expected) => {
    const { double, source } = await scene()
    double.failures.push(failure)
    expect(await source.fetch(request)).toEqual({ kind: 'failed', ...expected })
  })
})

describe('fetching a trace that was just decided', () => {
  it('looks after 2 s, and once more to see that nothing has come since', async () => {
    const { double, source } = await scene()
    double.traces.push({ traceId: id, parts: [{ visibleAt: 0, resources: resources(...all) }] })
    const { result, ms, report } = await fetched(double, source)
    expect([spansOf(result), ms]).toEqual([4, 3000])
    expect(report).toMatchObject({ requests: 2, whole: 1, waiting: 0 })
  })

  it('waits for spans that are written later, whether their children came first or nothing points to them', async () => {
    const { double, source } = await scene()
    const [root, call, ...leaves] = all as [PlainSpan, PlainSpan, ...PlainSpan[]]
    double.traces.push({
      traceId: id,
      parts: [
        { visibleAt: now + 2.5, resources: resources(...leaves) },
        { visibleAt: now + 4, resources: resources(call) },
        { visibleAt: now + 20, resources: resources(root) },
      ],
    })
    const { result, ms } = await fetched(double, source)
    // Looks at 2, 3, 5, 9, 17, 33: all there; 49: still the same.
    expect([spansOf(result), ms]).toEqual([4, 49_000])
  })

  it('takes what there is when a part never comes, and counts it', async () => {
    const { double, source } = await scene()
    double.traces.push({ traceId: id, parts: [{ visibleAt: 0, resources: resources(...all.slice(1)) }] })
    const { result, ms, report } = await fetched(double, source)
    expect(result).toMatchObject({ kind: 'trace', whole: false })
    expect([spansOf(result), ms]).toEqual([3, 49_000])
    expect(report).toMatchObject({ incomplete: 1, missing: 0 })
  })

  it('gives up within a minute on a trace that never comes, and counts it', async () => {
    const { double, source } = await scene()
    const { result, ms, report } = await fetched(double, source)
    expect(spansOf(result)).toBe(`Tempo at ${double.url} does not have it`)
    expect(ms).toBeLessThanOrEqual(60_000)
    expect(report).toMatchObject({ missing: 1, whole: 0 })
  })

  it('comes back when Tempo says, and survives what it answers in between', async () => {
    const { double, source } = await scene()
    double.traces.push({ traceId: id, parts: [{ visibleAt: 0, resources: resources(...all) }] })
    double.failures.push({ status: 500 }, { status: 0 }, { status: 429, headers: { 'retry-after': '9' } })
    const { result, ms, report } = await fetched(double, source)
    // 2: 500, 3: no answer, 5: 429 and 9 s, 14 and 22: the trace, twice.
    expect([spansOf(result), ms]).toEqual([4, 22_000])
    expect(report).toMatchObject({ failures: 3, whole: 1, lastFailure: 'answered 429' })
  })

  it('has so many requests under way, and waits for so many traces, and no more', async () => {
    const clock = new VirtualClock()
    let under = 0
    let most = 0
    const source: TraceSource = {
      name: 'a slow store',
      async fetch() {
        most = Math.max(most, ++under)
        await clock.sleep(500)
        under--
        return { kind: 'missing' }
      },
      search: async () => ({ traces: [] }),
    }
    const fetcher = createFetcher({ source, now: clock.now, sleep: clock.sleep, parallel: 3, queue: 20 })
    const results = Promise.all(Array.from({ length: 25 }, () => fetcher.fetch(request)))
    await clock.run(results, () => new Promise((resolve) => setImmediate(resolve)))
    expect(most).toBe(3)
    expect(fetcher.report).toMatchObject({ missing: 20, overflowed: 5, waiting: 0 })
  })

  it('ends when it is closed', async () => {
    const clock = new VirtualClock()
    const source: TraceSource = { name: 'x', fetch: async () => ({ kind: 'missing' }), search: async () => ({ traces: [] }) }
    const fetcher = createFetcher({ source, now: clock.now, sleep: clock.sleep })
    const result = fetcher.fetch(request)
    fetcher.close()
    expect(await result).toEqual({ kind: 'missing', why: 'it was not waited for any longer' })
  })
})

describe('a search for training', () => {
  it('ends a minute ago, pads ids, and names each once', async () => {
    const { double, source } = await scene()
    double.now = now + 100
    const other = `1${id.slice(1)}`
    for (const traceId of [id, other]) double.traces.push({ traceId, parts: [{ visibleAt: 0, resources: resources(...all) }] })
    const found = await source.search({ from: (now - 3600) * 1e9, to: (now + 100) * 1e9, limit: 100 })
    expect('traces' in found ? new Set(found.traces.map(({ traceId }) => traceId)) : found).toEqual(new Set([id, other]))
    expect(double.requests[0]?.searchParams.get('end')).toBe(String(now + 40))
    expect(double.requests[0]?.searchParams.get('limit')).toBe('100')
  })

  it('says what Tempo says', async () => {
    const { source } = await scene()
    expect(await source.search({ from: 0, to: now * 1e9, limit: 10 })).toEqual({ error: expect.stringContaining('exceeds 168h') })
  })
})
