/** Who may come in, over sockets: TLS, client certificates and tokens, with real OpenTelemetry exporters and plain HTTPS clients. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { credentials, Metadata } from '@grpc/grpc-js'
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createFeed, startApi } from '../../src/daemon/api/index.ts'
import { createDoor, type DoorConfig } from '../../src/daemon/door.ts'
import { createMetrics } from '../../src/daemon/metrics.ts'
import { grpcReceiver, httpReceiver, type Intake } from '../../src/daemon/receivers/index.ts'
import { type ClientSecurity, connectSampler } from '../../src/daemon/rpc/client.ts'
import { startRpc } from '../../src/daemon/rpc/server.ts'

const token = 'a-token-that-nobody-guesses'
let folder: string
const at = (name: string): string => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scale-door-'))
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'ignore', cwd: folder })
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=authority', '-keyout', 'ca.key', '-out', 'ca.crt')
  for (const name of ['server', 'client']) {
    writeFileSync(at(`${name}.ext`), 'subjectAltName=IP:127.0.0.1,DNS:localhost')
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`)
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.crt`,
    )
  }
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=stranger', '-keyout', 'stranger.key', '-out', 'stranger.crt')
  writeFileSync(at('tokens'), `# who may come in\ncollector ${token}   # the gateway\n\n`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tls = (): NonNullable<DoorConfig['tls']> => ({ cert: at('server.crt'), key: at('server.key') })
const mutual = (): NonNullable<DoorConfig['tls']> => ({ ...tls(), client_ca: at('ca.crt') })

function intake(): Intake & { taken: number } {
  return {
    taken: 0,
    maxRequestBytes: 1 << 20,
    hold: () => undefined,
    release: () => {},
    take() {
      this.taken++
      return { kind: 'accepted', rejected: 0, message: '' }
    },
    answered: () => {},
  }
}

async function openGrpc(door: DoorConfig) {
  const counter = intake()
  const receiver = await grpcReceiver('127.0.0.1', 0, counter, createDoor(door))
  onTestFinished(() => receiver.close(0))
  return { counter, url: `https://localhost:${receiver.port}` }
}

function span(): ReadableSpan {
  const memory = new InMemorySpanExporter()
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'ads' }),
    spanProcessors: [new SimpleSpanProcessor({ exporter: memory })],
  })
  provider.getTracer('test').startSpan('GetAds').end()
  return memory.getFinishedSpans()[0] as ReadableSpan
}

/** What became of an export by OpenTelemetry's own exporter. */
async function exported(url: string, channel: ReturnType<typeof credentials.createSsl>, headers: Record<string, string> = {}): Promise<string> {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  const exporter = new GrpcExporter({ url, credentials: channel, metadata, timeoutMillis: 2000 })
  const result = await new Promise<{ code: number; error?: Error }>((resolve) => exporter.export([span()], resolve))
  await exporter.shutdown()
  return result.code === 0 ? 'exported' : String(result.error?.message)
}

const trusting = (name?: string) =>
  credentials.createSsl(
    readFileSync(at('ca.crt')),
    name === undefined ? null : readFileSync(at(`${name}.key`)),
    name === undefined ? null : readFileSync(at(`${name}.crt`)),
  )

describe('the gRPC receiver', () => {
  it('speaks TLS where it has a certificate, and not plain text any more', async () => {
    const { url, counter } = await openGrpc({ tls: tls() })
    expect(await exported(url, trusting())).toBe('exported')
    expect(await exported(url, credentials.createInsecure())).not.toBe('exported')
    expect(counter.taken).toBe(1)
  })

  it('lets in those whose certificate its authority has signed, and nobody else', async () => {
    const { url, counter } = await openGrpc({ tls: mutual() })
    expect(await exported(url, trusting('client'))).toBe('exported')
    expect(await exported(url, trusting())).not.toBe('exported')
    expect(await exported(url, trusting('stranger'))).not.toBe('exported')
    expect(counter.taken).toBe(1)
  })

  it('lets in those who know a token, and answers others UNAUTHENTICATED', async () => {
    const { url, counter } = await openGrpc({ tls: tls(), tokens: at('tokens') })
    expect(await exported(url, trusting(), { authorization: `Bearer ${token}` })).toBe('exported')
    for (const headers of [{}, { authorization: 'Bearer something-else-entirely' }, { authorization: token }])
      expect(await exported(url, trusting(), headers as Record<string, string>)).toContain('UNAUTHENTICATED: a token is needed here')
    expect(counter.taken).toBe(1)
  })
})

/** Status, and the body's text. */
function fetched(port: number, path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, method, headers, ca: readFileSync(at('ca.crt')) }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode as number, text }))
    })
    call.on('error', reject)
    call.end(body)
  })
}

describe('the HTTP receiver', () => {
  it('does the same over HTTPS', async () => {
    const counter = intake()
    const receiver = await httpReceiver('127.0.0.1', 0, counter, createDoor({ tls: tls(), tokens: at('tokens') }))
    onTestFinished(() => receiver.close(0))
    const post = (headers: Record<string, string>) => fetched(receiver.port, '/v1/traces', { 'content-type': 'application/json', ...headers }, 'POST', '{}')
    expect((await post({ authorization: `Bearer ${token}` })).status).toBe(200)
    expect(await post({})).toEqual({ status: 401, text: '{"code":16,"message":"a token is needed here: Authorization: Bearer TOKEN"}' })
    expect(counter.taken).toBe(1)
  })
})

describe('the HTTP API', () => {
  async function open(door: DoorConfig) {
    const api = await startApi(
      '127.0.0.1',
      0,
      { metrics: createMetrics('0'), decisions: createFeed<{ readonly target: string }>(1, 0), status: () => ({ well: true }), ready: {}, failed: () => {} },
      createDoor(door),
    )
    onTestFinished(() => api.close())
    return api.port
  }

  it('shows nothing to those without a token but whether it lives', async () => {
    const port = await open({ tls: tls(), tokens: at('tokens') })
    for (const path of ['/v1/status', '/v1/decisions', '/metrics', '/nothing']) expect((await fetched(port, path)).status, path).toBe(401)
    for (const path of ['/livez', '/readyz']) expect((await fetched(port, path)).status, path).toBe(200)
    expect((await fetched(port, '/v1/status', { authorization: `Bearer ${token}` })).status).toBe(200)
  })

  it('takes a name and its token as user and password, for browsers', async () => {
    const port = await open({ tls: tls(), tokens: at('tokens') })
    const basic = (user: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` })
    expect((await fetched(port, '/v1/status', basic('collector', token))).status).toBe(200)
    expect((await fetched(port, '/v1/status', basic('somebody', token))).status).toBe(401)
  })
})

describe('a sampler and its modeler', () => {
  it('speak mutual TLS with a token; without either nothing is told', async () => {
    const traces = { name: 'nothing', fetch: async () => ({ kind: 'missing' }), search: async () => [] } as never
    const server = await startRpc('127.0.0.1', 0, { instance: 'one', traces, failed: () => {} } as never, createDoor({ tls: mutual(), tokens: at('tokens') }))
    onTestFinished(() => server.close(0))
    writeFileSync(at('token'), `${token}\n`)
    const client = { ca: at('ca.crt'), cert: at('client.crt'), key: at('client.key') }
    async function fetchAs(security: ClientSecurity): Promise<string> {
      const sampler = await connectSampler(`localhost:${server.port}`, security)
      const found = await sampler.fetch(new Uint8Array(16)).finally(() => sampler.close())
      return found.kind
    }
    expect(await fetchAs({ tls: client, token: at('token') })).toBe('missing')
    for (const security of [{ tls: client }, { tls: { ca: at('ca.crt') }, token: at('token') }, {}])
      expect(await fetchAs(security), JSON.stringify(security)).not.toBe('missing')
  })
})

describe('a door', () => {
  it('whose files are wrong is not opened, and says which and why', () => {
    const written = (text: string): string => {
      writeFileSync(at('wrong'), text)
      return at('wrong')
    }
    expect(() => createDoor({ tls: { ...tls(), key: at('none') } })).toThrow('none')
    expect(() => createDoor({ tokens: written('short') })).toThrow(':1: a token has at least 16 characters')
    expect(() => createDoor({ tokens: written(`a b ${token}`) })).toThrow(':1: expected NAME TOKEN, or a TOKEN alone')
    expect(() => createDoor({ tokens: written('# nobody\n') })).toThrow('has no token: nobody could come in')
  })

  it('lets nobody in by a header that is cut, doubled or of another scheme', () => {
    const door = createDoor({ tokens: at('tokens') })
    for (const header of [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      `Digest ${token}`,
      `Bearer ${token} ${token}`,
      `Bearer ${token.slice(1)}`,
      'Basic !!!',
      `Basic ${Buffer.from(token).toString('base64')}`,
    ])
      expect(door.admits(header), String(header)).toBe(false)
    expect(door.admits(`bearer ${token}`)).toBe(true)
  })
})
