import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { encodeJson, service } from '../support/otlp.ts'
import { scalec } from './scalec.ts'

const rule = 'scale deployment/ads +2 when span(ads/Get).p99 > 400ms 5 times in 60s\n'
const unbounded = { 'rules/ads.scale': rule }
const catalog = '{"format": 1, "services": [], "workloads": []}'

/** A project in a temporary folder; commands run in its `deep` folder. */
function project(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'scalec-project-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [name, text] of Object.entries({ 'deep/note.txt': '', ...files })) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return (...args: string[]) => scalec(args, { cwd: join(root, 'deep') })
}
const config = (content: object): { readonly 'scale.json': string } => ({ 'scale.json': JSON.stringify({ rules: ['rules'], ...content }) })

describe('a command without files', () => {
  it('takes those of scale.json, from a folder above', () => {
    const run = project({ ...unbounded, ...config({}) })
    expect(run('check')).toMatchObject({ code: 0, out: expect.stringMatching(/1 file: 1 rule for 1 workload\n$/), err: '' })
    expect(run('compile', '-o', '-')).toMatchObject({ code: 0, out: expect.stringContaining('"deployment/ads"') })
  })

  it('says that there is none', () => {
    expect(project({})('check')).toEqual({ code: 2, out: '', err: 'scalec: name rule files or folders, or put a scale.json here that does\n' })
  })

  it('says which key of it is wrong', () => {
    expect(project(config({ severitys: {} }))('check')).toEqual({
      code: 2,
      out: '',
      err: 'scalec: ../scale.json: $: there is no key "severitys" here; did you mean "severities"?\n',
    })
    expect(project({ ...unbounded, ...config({ catalog: 'live.json' }) })('check').err).toBe(
      'scalec: ../live.json (../scale.json: $.catalog): there is no such file\n',
    )
    expect(project({ ...unbounded, ...config({ catalog: 'live.json' }), 'live.json': '{"format": 1}' })('check').err).toBe(
      'scalec: ../live.json (../scale.json: $.catalog): $: the key "services" is missing\n',
    )
  })

  it('may be told another project', () => {
    const run = project({ ...unbounded, 'other.json': JSON.stringify({ rules: ['rules/*.scale'], catalog: 'live.json' }), 'live.json': catalog })
    expect(run('check', '--project', '../other.json')).toMatchObject({ code: 0, out: expect.stringMatching(/1 file: 1 rule/) })
  })
})

describe('severities of scale.json', () => {
  it('turn a warning into an error, or off', () => {
    const plain = JSON.parse(project({ ...unbounded, ...config({}) })('check', '--format', 'json').out) as { diagnostics: { code: string; severity: string }[] }
    const [warning] = plain.diagnostics.filter(({ severity }) => severity === 'warning')
    const told = (warning as { code: string }).code
    const strict = project({ ...unbounded, ...config({ severities: { [told]: 'error' } }) })
    expect(strict('check').code).toBe(1)
    expect(strict('compile', '-o', 'x.bundle.json')).toMatchObject({ code: 1, err: expect.stringContaining(`error: `) })
    expect(project({ ...unbounded, ...config({ severities: { [told]: 'off' } }) })('check').out).not.toContain(told)
  })
})

describe('replay in a project', () => {
  it('takes rules, replicas and lateness from scale.json', () => {
    const span = (i: number) => {
      const end = 1_700_000_000_000_000_000n + BigInt(i) * 1_000_000_000n
      return { traceId: String(i + 1).padStart(32, '0'), spanId: String(i + 1).padStart(16, '0'), name: 'Get', kind: 2, start: end - 900_000_000n, end }
    }
    const recording = encodeJson([
      service(
        'ads',
        Array.from({ length: 30 }, (_, i) => span(i)),
      ),
    ])
    const run = project({
      ...unbounded,
      ...config({ defaults: { replicas: { 'deployment/ads': 4, 'deployment/other': 7 }, lateness: '2s', readyAfter: '1s' } }),
      'traces.jsonl': `${recording}\n`,
    })
    const { code, out } = run('replay', '../traces.jsonl', '--format', 'json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ readyAfterNs: 1e9, targets: [{ id: 'deployment/ads', before: 4, after: 6 }] })
  })
})

describe('the other commands in a project', () => {
  it('take its rules too', () => {
    const untidy = { 'rules/ads.scale': rule.replace('scale deployment', 'scale   deployment') }
    const run = project({ ...untidy, ...config({}) })
    expect(run('fmt', '--check')).toEqual({ code: 1, out: '../rules/ads.scale\n', err: '' })
    expect(run('lint', '--fail-level', 'error').code).toBe(0)
    expect(run('fmt', '--project', 'other.json')).toEqual({ code: 2, out: '', err: 'scalec: other.json does not exist\n' })
  })
})
