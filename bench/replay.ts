/**
 * `scalec replay` of a compressed recording of 1.5 million spans, rules loaded, beside what a replay on decoded objects would start with: the
 * same file through gunzip and protobufjs' generated static code, nothing evaluated. The peer reads the first tenth; both are rates.
 */
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { run } from '../src/cli/replay.ts'
import { type Places, placesOf } from './peers/patch.ts'
import { protobufjsStatic } from './peers/protobufjs.ts'
import { requests } from './peers/requests.ts'
import { median, type Row } from './report.ts'

const spansPerRequest = 2048
const requestCount = 733
const spanCount = spansPerRequest * requestCount
const peerRequests = Math.ceil(requestCount / 10)
const rounds = 3

const rules = `
target deployment/adservice { between 1 and 10 }
ads-slow: scale deployment/adservice +2 when span(adservice/*).p99 > 400ms 5 times in 60s
ads-calm: scale deployment/adservice -1 when span(adservice/*).p99 < 120ms for 10m
target deployment/cartservice { between 1 and 20 }
cart: scale deployment/cartservice to hold span(cartservice).rate at 50/s per replica when span(cartservice).count > 0
target deployment/checkoutservice { between 1 and 10 }
errors: scale deployment/checkoutservice +1 when span(checkoutservice/PlaceOrder where http.response.status_code >= 500).rate > 5/s
`

export default async function measure(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'scale-replay-'))
  try {
    const file = join(folder, 'traces.binpb.gz')
    const ruleFile = join(folder, 'rules.scale')
    writeFileSync(ruleFile, rules)
    const bytes = await record(file)
    const decode = protobufjsStatic()
    const ours: number[] = []
    const theirs: number[] = []
    for (let round = 0; round < rounds; round++) {
      ours.push(spanCount / (await seconds(() => replay(file, ruleFile))))
      theirs.push((peerRequests * spansPerRequest) / (await seconds(() => decodeObjects(file, decode))))
    }
    const note = `${spanCount.toLocaleString('en')} spans, ${Math.round(statSync(file).size / 2 ** 20)} MiB of gzip, ${Math.round(bytes / spanCount)} bytes a span unpacked, medians of ${rounds}`
    return [
      {
        what: 'scalec replay, 4 rules',
        figure: median(ours),
        unit: 'spans/s',
        ratios: { 'gunzip and protobufjs objects': median(ours) / median(theirs) },
        note,
      },
      { what: 'gunzip and protobufjs objects, no rules', figure: median(theirs), unit: 'spans/s' },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function seconds(once: () => Promise<void>): Promise<number> {
  const before = performance.now()
  await once()
  return (performance.now() - before) / 1000
}

async function replay(file: string, ruleFile: string): Promise<void> {
  const said: string[] = []
  const terminal = { out: (text: string) => said.push(text), err: () => {}, outColour: false, errColour: false }
  const code = await run([file], { rules: [ruleFile], format: 'json' }, terminal)
  const spans = code === 0 ? (JSON.parse(said.join('')) as { spans: number }).spans : 0
  if (spans !== spanCount) throw new Error(`the replay saw ${spans} spans: ${said.join('')}`)
}

/** Stops after a tenth of the file. */
async function decodeObjects(file: string, decode: ReturnType<typeof protobufjsStatic>): Promise<void> {
  let left = peerRequests
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(file).pipe(createGunzip({ chunkSize: 2 ** 20 }))) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0) && left > 0) {
      const end = 4 + rest.readUInt32BE(0)
      const spans = decode(rest.subarray(4, end)).resourceSpans.reduce((n, r) => n + r.scopeSpans.reduce((m, s) => m + s.spans.length, 0), 0)
      if (spans !== spansPerRequest) throw new Error('the peer decoded something else')
      rest = rest.subarray(end)
      left--
    }
    if (left === 0) return
  }
}

/** The Collector's file exporter's format: each request behind its length, a second of spans each, ids and times of their own. */
async function record(file: string): Promise<number> {
  const templates = requests(8, spansPerRequest).map((request) => ({ request, places: placesOf(request) }))
  let bytes = 0
  function* frames(): Generator<Uint8Array> {
    for (let i = 0; i < requestCount; i++) {
      const { request, places } = templates[i % templates.length] as (typeof templates)[number]
      renew(request, places, i)
      const frame = Buffer.alloc(4 + request.length)
      frame.writeUInt32BE(request.length)
      frame.set(request, 4)
      bytes += frame.length
      yield frame
    }
  }
  await pipeline(Readable.from(frames()), createGzip({ level: 1 }), createWriteStream(file))
  return bytes
}

/** Spans of request `i` end evenly over second `i`, after 5 to 150 ms; every tenth minute those of one request in two take 600 ms. */
function renew(request: Uint8Array, places: Places, i: number): void {
  const view = new DataView(request.buffer, request.byteOffset, request.byteLength)
  const second = 1_700_000_000_000_000_000n + BigInt(i) * 1_000_000_000n
  const slow = Math.floor(i / 60) % 10 === 9 && i % 2 === 0
  places.spanIds.forEach((at, n) => {
    const serial = i * spansPerRequest + n + 1
    view.setUint32(at, serial)
    view.setUint32(places.traceIds[n] as number, serial >>> 4)
    const end = second + BigInt(Math.floor((n * 1e9) / spansPerRequest))
    view.setBigUint64(places.ends[n] as number, end, true)
    view.setBigUint64(places.starts[n] as number, end - BigInt(slow ? 600_000_000 : 5_000_000 + ((serial * 7919) % 145_000_000)), true)
  })
}
