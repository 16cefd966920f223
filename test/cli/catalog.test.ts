import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fromCluster, fromTempo } from '../../src/cli/catalog.ts'
import { temporaryFile } from '../orchestrators/kubernetes/support.ts'
import { KubernetesDouble } from '../support/kubernetes/server.ts'
import { encodeJson, service } from '../support/otlp.ts'
import { TempoDouble } from '../support/tempo/server.ts'
import { scalec } from './scalec.ts'

function folder() {
  const root = mkdtempSync(join(tmpdir(), 'scalec-catalog-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  return {
    run: (...args: string[]) => scalec(['catalog', ...args], { cwd: root }),
    write: (name: string, text: string) => writeFileSync(join(root, name), text),
    read: (name: string) => readFileSync(join(root, name), 'utf8'),
  }
}

/** One request of `service`, ten calls a second apart that last 20 ms, one of which fails. */
function recording(name: string): string {
  const spans = Array.from({ length: 10 }, (_, i) => {
    const end = 1_700_000_000_000_000_000n + BigInt(i) * 1_000_000_000n
    const id = String(i + 1)
    return {
      traceId: id.padStart(32, '0'),
      spanId: id.padStart(16, '0'),
      name: 'shop.Svc/Get',
      kind: 2,
      start: end - 20_000_000n,
      end,
      status: i === 0 ? 2 : 0,
    }
  })
  return `${encodeJson([service(name, spans, { 'k8s.deployment.name': name, 'k8s.namespace.name': 'shop' })])}\n`
}

/** What a command wrote, of commands that are run in this process, beside the doubles. */
function terminal() {
  const written = { out: '', err: '' }
  const to = (stream: 'out' | 'err') => (text: string) => {
    written[stream] += text
  }
  return { written, terminal: { out: to('out'), err: to('err'), outColour: false, errColour: false } }
}

describe('scalec catalog', () => {
  it('shows what a recording has', () => {
    const { run, write } = folder()
    write('ads.jsonl', recording('ads'))
    expect(run('from-recording', 'ads.jsonl')).toEqual({
      code: 0,
      err: '',
      out: `ads
  operation     kind    rate    errors  p50   p95   p99   max
  shop.Svc/Get  server  1.11/s  10%     20ms  20ms  20ms  20ms
  attributes: resource.k8s.deployment.name, resource.k8s.namespace.name

workload                replicas  services
deployment/ads in shop            ads
`,
    })
  })

  it('writes it, adds to it, and says what is there', () => {
    const { run, write, read } = folder()
    write('ads.jsonl', recording('ads'))
    write('cart.jsonl', recording('cart'))
    expect(run('from-recording', 'ads.jsonl', '-o', 'catalog.json').out).toBe('catalog.json: 1 service, 1 operation, 2 attributes, 1 workload\n')
    const first = read('catalog.json')
    expect(run('from-recording', 'cart.jsonl', '-o', 'catalog.json', '--merge').out).toBe('catalog.json: 2 services, 2 operations, 4 attributes, 2 workloads\n')
    expect(run('from-recording', 'ads.jsonl', '-o', 'catalog.json', '--format', 'json').out).toBe(
      '{"output":"catalog.json","services":1,"operations":1,"attributes":2,"workloads":1}\n',
    )
    expect(read('catalog.json')).toBe(first)
    expect(run('from-recording', 'ads.jsonl', '-o', '-').out).toBe(first)
    expect(run('show', 'catalog.json', '--format', 'json').out).toBe(first)
  })

  it('merges in any order', () => {
    const { run, write } = folder()
    for (const name of ['a', 'b']) {
      write(`${name}.jsonl`, recording(name))
      run('from-recording', `${name}.jsonl`, '-o', `${name}.json`)
    }
    const merged = run('merge', 'a.json', 'b.json', '-o', '-')
    expect(merged.code).toBe(0)
    expect(run('merge', 'b.json', 'a.json', 'a.json', '-o', '-').out).toBe(merged.out)
  })

  it('keeps what could be read of a broken recording, and fails', () => {
    const { run, write, read } = folder()
    write('ads.jsonl', `${recording('ads')}{"resourceSpans": 7}\n`)
    expect(run('from-recording', 'ads.jsonl', '-o', 'catalog.json')).toMatchObject({ code: 2, err: expect.stringMatching(/^scalec: ads\.jsonl, line 2: /) })
    expect(read('catalog.json')).toContain('shop.Svc/Get')
    expect(run('from-recording', 'nowhere.jsonl')).toEqual({ code: 2, out: '', err: 'scalec: nowhere.jsonl: no such file or directory\n' })
  })

  it('says where a catalog is wrong, and overwrites none that it cannot read', () => {
    const { run, write, read } = folder()
    write('ads.jsonl', recording('ads'))
    write('catalog.json', '{"format": 1, "services": {}}')
    expect(run('from-recording', 'ads.jsonl', '-o', 'catalog.json', '--merge')).toEqual({
      code: 2,
      out: '',
      err: 'scalec: catalog.json: $.services: expected a list, found an object\n',
    })
    expect(read('catalog.json')).toBe('{"format": 1, "services": {}}')
    expect(run('from-recording', 'ads.jsonl', '--merge')).toEqual({ code: 2, out: '', err: 'scalec: --merge needs -o FILE, the catalog to add to\n' })
  })
})

describe('scalec catalog from-tempo', () => {
  it('asks with the given tenant and headers, whose secrets come from the environment', async () => {
    const double = await TempoDouble.start()
    onTestFinished(() => double.close())
    double.spans.push({ at: Date.now() / 1000 - 600, name: 'Get', kind: 'server', resource: { 'service.name': 'ads' }, tenant: 'shop' })
    double.now = Date.now() / 1000
    double.multitenant = true
    const { written, terminal: to } = terminal()
    const options = { format: 'text', examples: true, since: '30m', tenant: 'shop', header: ['Authorization: Bearer $TOKEN'] } as const
    expect(await fromTempo(double.url, options, { TOKEN: 'secret' }, to)).toBe(0)
    expect(written).toEqual({ out: 'ads\n  operation  kind\n  Get        server\n', err: '' })
    expect(double.authorization).toBe('Bearer secret')
    expect(await fromTempo(double.url, options, {}, to)).toBe(2)
    expect(written.err).toBe('scalec: --header Authorization: the variable TOKEN is not set\n')
  })

  it('says what is wrong with its options', async () => {
    const { written, terminal: to } = terminal()
    const options = { format: 'text', examples: true, since: '1h' } as const
    expect(await fromTempo('http://x', { ...options, since: 'yesterday' }, {}, to)).toBe(2)
    expect(await fromTempo('http://x', { ...options, header: ['secret'] }, {}, to)).toBe(2)
    expect(await fromTempo('x', options, {}, to)).toBe(2)
    expect(written.err.split('\n')).toEqual([
      expect.stringContaining('--since yesterday: a duration is written'),
      'scalec: --header secret: write it as "Name: value"',
      expect.stringContaining('is not the address of a Tempo'),
      '',
    ])
  })
})

describe('scalec catalog from-cluster', () => {
  it('shows the workloads', async () => {
    const double = await KubernetesDouble.start()
    onTestFinished(() => double.close())
    double.add('Deployment', 'ads', { replicas: 2 })
    const { written, terminal: to } = terminal()
    const kubeconfig = temporaryFile('config', double.kubeconfig())
    expect(await fromCluster({ format: 'text', kubeconfig, namespace: 'shop' }, to)).toBe(0)
    expect(written.out).toBe('workload                replicas  services\ndeployment/ads in shop  2\n')
    expect(await fromCluster({ format: 'text', kubeconfig, context: 'other' }, to)).toBe(2)
    expect(written.err).toContain('has no context other')
  })
})
