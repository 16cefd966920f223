import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { configuration } from '../../examples/boutique/demo/configuration.ts'
import { type DecisionRecord, explain, follow } from '../../examples/boutique/demo/daemon.ts'
import { placesIn } from '../../examples/boutique/demo/system.ts'
import { loadConfig } from '../../src/daemon/config/index.ts'

describe('the configuration of a run', () => {
  it('is one that scaled takes, whatever the folder is called', () => {
    const places = placesIn('/tmp/a "quoted": {folder} #1')
    const text = configuration(places, { grpc: 1, http: 2, api: 3, ads: 4000 }, 2, { RECORDER_URL: 'http://127.0.0.1:5/v1/traces' })
    const result = loadConfig({ file: { name: 'scaled.yaml', text }, environment: {}, flags: new Map() })
    expect(result).toMatchObject({
      config: {
        receivers: { grpc: { port: 1 }, http: { port: 2 } },
        api: { port: 3 },
        engine: { lateness: 1.5e9 },
        state: { dir: places.state },
        orchestrators: { process: { pools: { ads: { replicas: 2, ports: { from: 4000 }, endpoints_file: places.endpoints } } } },
      },
    })
    expect(parse(text).orchestrators.process.pools.ads.env).toEqual({ RECORDER_URL: 'http://127.0.0.1:5/v1/traces' })
  })
})

describe('explain', () => {
  const compare = { kind: 'compare', text: 'span(ads/GetAds).p99 > 300ms', left: { text: 'span(ads/GetAds).p99', type: 'duration', value: 612.4e6 } }

  it('says the numbers of a condition in its own shape', () => {
    expect(explain({ kind: 'times', text: '', counted: { have: 2, need: 3 }, of: [compare] })).toBe('p99 612 ms, 2 of 3 times')
    const rate = { kind: 'compare', text: '', left: { text: 'span(ads/GetAds).rate over 3s', type: 'rate', value: 14.6 } }
    const and = { kind: 'and', text: '', of: [compare, rate] }
    expect(explain({ kind: 'for', text: '', held: { haveNs: 4e9, needNs: 6e9 }, of: [and] })).toBe('p99 612 ms, rate over 3s 15/s, for 4 of 6 s')
  })

  it('says what is not known, and falls back to the text', () => {
    expect(explain({ ...compare, left: { text: 'span(a).p99', type: 'duration' } })).toBe('p99 unknown')
    expect(explain({ kind: 'during', text: 'during mon-fri' })).toBe('during mon-fri')
  })
})

describe('following the decisions', () => {
  let server: Server | undefined
  afterEach(() => {
    server?.closeAllConnections()
    server?.close()
  })

  it('goes on behind the last event when the daemon comes back', async () => {
    const asked: (string | undefined)[] = []
    const record = (id: string): string =>
      JSON.stringify({ id, time: '2026-01-01T00:00:00.000Z', target: 'process:ads', outcome: 'scale', reason: 'ScaleUp', message: '' })
    const answers: ((response: ServerResponse) => void)[] = [
      // Cut in the middle of an event, as a killed daemon would.
      (response) => response.write(`: following\n\nid: 7\nevent: decision\ndata: ${record('a')}\n\nid: 8\nevent: deci`, () => response.destroy()),
      (response) => response.write(`id: 8\nevent: decision\ndata: ${record('b')}\n\n`),
    ]
    server = createServer((request, response) => {
      asked.push(request.headers['last-event-id'] as string | undefined)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      answers[asked.length - 1]?.(response)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const seen: DecisionRecord[] = []
    const stop = new AbortController()
    await follow(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      (decision) => {
        seen.push(decision)
        if (seen.length === 2) stop.abort()
      },
      stop.signal,
    )
    expect(seen.map((d) => d.id)).toEqual(['a', 'b'])
    expect(asked).toEqual([undefined, '7'])
  })
})
