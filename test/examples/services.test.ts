/** The boutique's processes and their traces, without scaled: a page is asked for, and what they exported is read back. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Child, start } from '../../examples/boutique/demo/children.ts'
import { type Recorder, startRecorder } from '../../examples/boutique/demo/recorder.ts'
import { createDictionary, decodeRequest, SpanTable } from '../../src/spans/index.ts'

const services = resolve(import.meta.dirname, '../../examples/boutique/services')
const dir = mkdtempSync(join(tmpdir(), 'boutique-'))
const recording = join(dir, 'traces.binpb')
const children: Child[] = []
let recorder: Recorder
let frontend: string

async function service(
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: string; readonly port: number; readonly pid: number }> {
  const child = start(name, [join(services, `${name}.ts`)], { RECORDER_URL: recorder.url, ...env }, join(dir, `${name}.log`))
  children.push(child)
  const port = await child.listening
  return { url: `http://127.0.0.1:${port}`, port, pid: child.pid }
}

beforeAll(async () => {
  recorder = await startRecorder(recording)
  const [catalog, ads] = await Promise.all([service('catalog'), service('ads')])
  const endpoints = join(dir, 'endpoints.json')
  writeFileSync(endpoints, JSON.stringify([{ slot: 0, host: '127.0.0.1', port: ads.port, pid: ads.pid }]))
  const recommendations = await service('recommendations', { CATALOG_URL: catalog.url })
  frontend = (await service('frontend', { CATALOG_URL: catalog.url, RECOMMENDATIONS_URL: recommendations.url, ADS_ENDPOINTS: endpoints })).url
})

afterAll(async () => {
  await Promise.all(children.map((c) => c.stop(2000)))
  await recorder.close()
  rmSync(dir, { recursive: true })
})

/** Every span of the recording. */
function spans() {
  const bytes = readFileSync(recording)
  const table = new SpanTable(createDictionary())
  for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32BE(at)) {
    expect(decodeRequest(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at)), table)).toMatchObject({ ok: true, rejected: 0 })
  }
  const kinds = ['', 'internal', 'server', 'client']
  return Array.from({ length: table.length }, (_, row) => ({
    name: `${table.dictionary.text(table.service[row] as number)} ${kinds[table.kind[row] as number]} ${table.dictionary.text(table.operation[row] as number)}`,
    status: table.status[row],
    milliseconds: (table.duration[row] as number) / 1e6,
    trace: table.traceIdOf(row),
    id: table.spanIdOf(row),
    parent: table.parentSpanIdOf(row),
  }))
}

describe('the boutique', () => {
  it('answers a page, and an unknown product with an error', async () => {
    const page = await fetch(`${frontend}/product/mug`)
    expect(page.status).toBe(200)
    expect(await page.json()).toMatchObject({ product: { id: 'mug' }, ad: { ads: [expect.any(String)] }, others: { ids: expect.arrayContaining(['watch']) } })
    expect((await fetch(`${frontend}/product/nothing`)).status).toBe(500)
    expect((await fetch(`${frontend}/elsewhere`)).status).toBe(404)
  })

  it('lets requests wait inside the span of the replica that is busy', async () => {
    await Promise.all(Array.from({ length: 20 }, () => fetch(`${frontend}/product/watch`)))
    // Ended processes have sent everything; the recorder is still there for them.
    await Promise.all(children.map((c) => c.stop(2000)))
    const served = spans().filter((s) => s.name === 'ads server hipstershop.AdService/GetAds')
    const durations = served.map((s) => s.milliseconds).sort((a, b) => a - b)
    expect(durations[0]).toBeGreaterThan(55)
    // Two at a time of at least 60 ms each, so twenty take 600 ms: the last one waited most of that, unless it came late itself.
    expect(durations.at(-1)).toBeGreaterThan(250)
  })

  it('makes one trace of a page, each server span a child of its caller', () => {
    const all = spans()
    const byId = new Map(all.map((s) => [s.id, s]))
    const roots = all.filter((s) => s.name === 'frontend server GET /product/{id}')
    expect(roots).toHaveLength(22)
    const chains = all
      .filter((s) => s.trace === roots.find((r) => r.status === 0)?.trace)
      .map((s) => {
        const parent = byId.get(s.parent)
        return parent === undefined ? s.name : `${parent.name} > ${s.name}`
      })
    const page = 'frontend server GET /product/{id}'
    const [ad, product, list, others] = [
      'hipstershop.AdService/GetAds',
      'hipstershop.ProductCatalogService/GetProduct',
      'hipstershop.ProductCatalogService/ListProducts',
      'hipstershop.RecommendationService/ListRecommendations',
    ]
    expect(chains.sort()).toEqual(
      [
        page,
        `${page} > frontend client ${ad}`,
        `frontend client ${ad} > ads server ${ad}`,
        `${page} > frontend client ${product}`,
        `frontend client ${product} > catalog server ${product}`,
        `${page} > frontend client ${others}`,
        `frontend client ${others} > recommendations server ${others}`,
        `recommendations server ${others} > recommendations client ${list}`,
        `recommendations client ${list} > catalog server ${list}`,
      ].sort(),
    )
  })

  it('marks failures in every span that they pass through', () => {
    const failed = spans().filter((s) => s.status === 2)
    const get = 'hipstershop.ProductCatalogService/GetProduct'
    expect(failed.map((s) => s.name).sort()).toEqual([`catalog server ${get}`, `frontend client ${get}`, 'frontend server GET /product/{id}'].sort())
  })
})
