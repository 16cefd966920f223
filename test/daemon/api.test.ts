import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import { createFeed, startApi } from '../../src/daemon/api/index.ts'
import { createMetrics } from '../../src/daemon/metrics.ts'
import { readExposition } from './exposition.ts'

interface Note {
  readonly target: string
  readonly text: string
}

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function api(options: { ready?: () => string | undefined; capacity?: number; status?: () => object } = {}) {
  const decisions = createFeed<Note>(options.capacity ?? 100, 1000)
  const failures: unknown[] = []
  const server = await startApi('127.0.0.1', 0, {
    metrics: createMetrics('1.2.3'),
    decisions,
    status: options.status ?? (() => ({ fine: true })),
    ready: { rules: () => undefined, receivers: options.ready ?? (() => undefined) },
    failed: (error) => failures.push(error),
  })
  closers.push(server.close)
  return { decisions, failures, server, get: (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init) }
}

/** The events of a stream, one after the other. */
async function* events(response: Response): AsyncGenerator<{ id: number; data: Note }> {
  let text = ''
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    text += Buffer.from(chunk).toString()
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end)
      text = text.slice(end + 2)
      const id = /^id: (\d+)$/m.exec(block)
      if (id !== null) yield { id: Number(id[1]), data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '') as Note }
    }
  }
}

describe('the HTTP API', () => {
  it('is alive, and ready when every check is well', async () => {
    let problem: string | undefined
    const { get } = await api({ ready: () => problem })
    expect([(await get('/livez')).status, await (await get('/readyz')).text()]).toEqual([200, 'ok\n'])
    expect(await (await get('/readyz?verbose')).text()).toBe('[+]rules ok\n[+]receivers ok\nok\n')
    problem = 'shutting down'
    const response = await get('/readyz')
    expect([response.status, await response.text()]).toEqual([503, '[+]rules ok\n[-]receivers failed: shutting down\nnot ok\n'])
    expect((await get('/livez')).status).toBe(200)
  })

  it('exposes metrics that promtool finds nothing wrong with', async (context) => {
    const { get } = await api()
    const response = await get('/metrics')
    const text = await response.text()
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const { problems, samples } = readExposition(text)
    expect(problems).toEqual([])
    expect(samples.find(({ name }) => name === 'scale_build_info')?.labels.version).toBe('1.2.3')
    const promtool = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    if (promtool.error !== undefined) context.skip('there is no promtool here; the reader of these tests was content')
    expect(promtool.stdout + promtool.stderr).toBe('')
  })

  it('answers 404 with the paths that there are and 405 with the methods', async () => {
    const { get } = await api()
    const missing = await get('/v1/nothing')
    expect([missing.status, await missing.json()]).toEqual([
      404,
      { error: 'no such path /v1/nothing', paths: ['/livez', '/metrics', '/readyz', '/v1/decisions', '/v1/status'] },
    ])
    const wrong = await get('/v1/status', { method: 'POST' })
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect((await get('/v1/status', { method: 'HEAD' })).status).toBe(200)
  })

  it('answers 500 and reports when a handler throws', async () => {
    const { get, failures } = await api({
      status() {
        throw new Error('boom')
      },
    })
    expect((await get('/v1/status')).status).toBe(500)
    expect(String(failures[0])).toContain('boom')
  })

  it('lists recent decisions, newest last, by target, as many as asked', async () => {
    const { get, decisions } = await api({ capacity: 4 })
    for (let i = 0; i < 10; i++) decisions.push({ target: i % 2 === 0 ? 'even' : 'odd', text: String(i) })
    const list = async (query: string) => ((await (await get(`/v1/decisions${query}`)).json()) as { decisions: Note[] }).decisions.map((d) => d.text)
    expect(await list('')).toEqual(['6', '7', '8', '9'])
    expect(await list('?target=odd')).toEqual(['7', '9'])
    expect(await list('?limit=1')).toEqual(['9'])
    expect((await get('/v1/decisions?limit=none')).status).toBe(400)
  })

  it('streams decisions as events and resumes behind the last one seen', async () => {
    const { get, decisions } = await api()
    const accept = { accept: 'text/event-stream' }
    const first = events(await get('/v1/decisions?target=a', { headers: accept }))
    decisions.push({ target: 'a', text: 'one' })
    decisions.push({ target: 'b', text: 'two' })
    decisions.push({ target: 'a', text: 'three' })
    const one = await first.next()
    expect(one.value).toEqual({ id: 1000, data: { target: 'a', text: 'one' } })
    expect((await first.next()).value).toEqual({ id: 1002, data: { target: 'a', text: 'three' } })
    const again = events(await get('/v1/decisions', { headers: { ...accept, 'last-event-id': '1000' } }))
    expect((await again.next()).value?.data.text).toBe('two')
    expect((await again.next()).value?.data.text).toBe('three')
    expect((await get('/v1/decisions', { headers: { ...accept, 'last-event-id': 'x' } })).status).toBe(400)
  })

  it('ends event streams when it closes', async () => {
    const { get, server } = await api()
    const stream = events(await get('/v1/decisions', { headers: { accept: 'text/event-stream' } }))
    closers.length = 0
    const ended = stream.next()
    await server.close()
    await expect(ended).resolves.toMatchObject({ done: true })
  })
})
