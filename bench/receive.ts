/**
 * A live `scaled` over gRPC with rules loaded, its client in a process of its own; beside it servers that decode every export into
 * objects with protobufjs and evaluate nothing: on the same hand-framed HTTP/2 transport, and on @grpc/grpc-js.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ClientReport } from './peers/receive-client.ts'
import { median, type Row } from './report.ts'

const seconds = 2
const rounds = 3
const here = (path: string): string => new URL(path, import.meta.url).pathname

const rules = `
defaults { every 1s }
target deployment/adservice { between 1 and 10 }
ads-slow: scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 5 times in 60s
ads-calm: scale deployment/adservice -1 when span(adservice/GetAds).p99 < 10ms for 10m
target deployment/checkoutservice { between 1 and 10 }
checkout: scale deployment/checkoutservice +1 when span(checkoutservice/PlaceOrder).error_rate > 5% for 30s
carts: scale deployment/cartservice +1 when span(cartservice/* where duration > 200ms).rate > 100/s 3 times in 30s
target deployment/cartservice { between 1 and 10 }
`

/** Every SERVER span of any service counts. */
const broadRules = `${rules}
anything: scale deployment/frontend +1 when span(*).p99 > 4s 3 times in 30s
target deployment/frontend { between 1 and 10 }
`

interface Server {
  readonly what: string
  readonly port: number
  /** Of scaled. */
  readonly api?: string
  readonly process: ChildProcess
}

export default async function measure(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'scaled-bench-'))
  const servers: Server[] = []
  try {
    servers.push(await startScaled('scaled', rules, join(folder, 'a')), await startScaled('scaled, rules on every service', broadRules, join(folder, 'b')))
    servers.push(await startPeer('objects on the same transport', 'http2'), await startPeer('objects on grpc-js', 'grpc-js'))
    const rates = new Map<string, number[]>(servers.map(({ what }) => [what, []]))
    let bytesPerSpan = 0
    // In turns, so that a slow minute of the machine slows all.
    for (let round = 0; round < rounds; round++)
      for (const { what, port } of servers) {
        const report = await runClient(port)
        bytesPerSpan = report.bytesPerSpan
        rates.get(what)?.push(report.spans / report.seconds)
      }
    const of = (what: string): number => median(rates.get(what) as number[])
    const peers = servers.filter(({ api }) => api === undefined).map(({ what }) => what)
    const rows: Row[] = []
    for (const { what, api } of servers) {
      const figure = of(what)
      if (api === undefined) {
        rows.push({ what, figure, unit: 'spans/s' })
        continue
      }
      const ratios = Object.fromEntries(peers.map((peer) => [peer, figure / of(peer)]))
      const share = Math.round((await matchedShare(api)) * 100)
      rows.push({ what, figure, unit: 'spans/s', ratios, note: `${share} % of the spans count` })
    }
    const [first, ...others] = rows as [Row, ...Row[]]
    const load = `2,048 spans a request, ${Math.round(bytesPerSpan)} bytes a span; medians of ${rounds} × ${seconds} s`
    return [{ ...first, note: `${first.note}; ${load}` }, ...others]
  } finally {
    await Promise.all(servers.map(({ process: server }) => end(server)))
    rmSync(folder, { recursive: true, force: true })
  }
}

async function startScaled(what: string, text: string, folder: string): Promise<Server> {
  mkdirSync(folder)
  writeFileSync(join(folder, 'rules.scale'), text)
  const settings = ['receivers.grpc.port=0', 'receivers.http.port=0', 'api.port=0', `state.dir=${join(folder, 'state')}`].flatMap((setting) => [
    '--set',
    setting,
  ])
  const server = spawn(process.execPath, [here('../dist/scaled.js'), 'run', '--rules', join(folder, 'rules.scale'), ...settings], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const lines: string[] = []
  for await (const line of createInterface({ input: server.stderr })) {
    lines.push(line)
    const ready = /"grpc":"127\.0\.0\.1:(\d+)".*"api":"([^"]+)"/.exec(line)
    if (ready === null) continue
    server.stderr.resume()
    return { what, port: Number(ready[1]), api: `http://${ready[2]}`, process: server }
  }
  throw new Error(`scaled did not start:\n${lines.join('\n')}`)
}

async function startPeer(what: string, kind: string): Promise<Server> {
  const server = spawn(process.execPath, [here('./peers/receive-objects.ts'), kind], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string]
  return { what, port: Number(line), process: server }
}

/** A daemon that had dropped the spans would be fast too. */
async function matchedShare(api: string): Promise<number> {
  const text = await (await fetch(`${api}/metrics`)).text()
  const value = (name: string): number => Number(new RegExp(`^scale_spans_${name}_total(?:\\{.*\\})? (\\d+)$`, 'm').exec(text)?.[1])
  const lost = value('late') + value('duplicate') + value('future') + value('rejected')
  if (lost > value('received') / 100 || value('matched') === 0) throw new Error(`scaled did not count what it received:\n${text}`)
  return value('matched') / value('received')
}

async function runClient(port: number): Promise<ClientReport> {
  const client = spawn(process.execPath, [here('./peers/receive-client.ts'), String(port), String(seconds)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  client.stdout.on('data', (chunk) => {
    out += String(chunk)
  })
  const [code] = (await once(client, 'close')) as [number]
  if (code !== 0) throw new Error('the client failed')
  return JSON.parse(out) as ClientReport
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.kill('SIGKILL')
  await once(server, 'close')
}
