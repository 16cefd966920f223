/** keygen, sign, verify, diff, rbac and import as processes. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Result, scalec } from './scalec.ts'

const dir = mkdtempSync(join(tmpdir(), 'scalec-bundles-'))
afterAll(() => rmSync(dir, { recursive: true }))
const run = (...args: string[]): Result => scalec(args, { cwd: dir })
const rules = `target deployment/ads { between 1 and 10 }
slow: scale deployment/ads +1 when span(ads).p99 > 400ms for 1m
`
const changed = rules.replace('400ms', '450ms').replace('and 10', 'and 12')

beforeAll(() => {
  writeFileSync(join(dir, 'rules.scale'), rules)
  writeFileSync(join(dir, 'changed.scale'), changed)
  expect(run('compile', 'rules.scale', '-o', 'a.json').code).toBe(0)
  expect(run('keygen', 'ours').code).toBe(0)
  expect(run('keygen', 'theirs').code).toBe(0)
  expect(run('sign', 'a.json', '--key', 'ours.pem', '-o', 'signed.json').code).toBe(0)
})

describe('signing', () => {
  it('makes keys that only their owner reads, and overwrites none', () => {
    expect(statSync(join(dir, 'ours.pem')).mode & 0o777).toBe(0o600)
    expect(run('keygen', 'ours')).toEqual({ code: 2, out: '', err: 'scalec: ours.pem exists, and is not overwritten\n' })
  })

  it('verifies by any of several keys, and says why not in one line', () => {
    const verify = (...args: string[]): string => {
      const { code, out, err } = run('verify', ...args)
      return `${code} ${out}${err}`.replaceAll(/[0-9a-f]{16,}/g, 'HEX').trim()
    }
    expect(verify('signed.json', '--key', 'theirs.pub.pem', '--key', 'ours.pub.pem', '--rebuild')).toBe(
      '0 signed.json: whole, signed by key HEX, and what its sources compile to, sha256:HEX',
    )
    expect(verify('a.json')).toBe('0 a.json: whole, not signed, sha256:HEX')
    expect(verify('signed.json', '--key', 'theirs.pub.pem')).toBe('1 signed.json: the bundle is signed by key HEX, and a signature of key HEX is expected')
    expect(verify('signed.json')).toBe('1 signed.json: the bundle is signed (by key HEX), and no public key is configured to verify it with')
    expect(verify('a.json', '--key', 'ours.pub.pem')).toBe('1 a.json: the bundle is not signed, and a signature of key HEX is expected')
    expect(verify('a.json', '--key', 'ours.pem')).toBe('2 scalec: ours.pem: holds a private key: verifying takes the public one')
    expect(verify('none.json')).toBe('2 scalec: none.json: there is no such file')
    writeFileSync(join(dir, 'altered.json'), readFileSync(join(dir, 'signed.json'), 'utf8').replace('"max":10', '"max":99'))
    expect(verify('altered.json', '--key', 'ours.pub.pem')).toMatch(/^1 altered\.json: \$\.digest: .*the bundle was changed after it was compiled$/)
    expect(JSON.parse(run('verify', 'signed.json', '--key', 'ours.pub.pem', '--format', 'json').out)).toMatchObject({
      valid: true,
      signatures: [{ algorithm: 'ed25519', verified: true }],
      problems: [],
    })
  })

  it('signs in place, for two keys, to the standard output; inspect shows by whom', () => {
    const twice = run('sign', 'signed.json', '--key', 'theirs.pem', '-o', '-')
    expect(JSON.parse(twice.out).signatures).toHaveLength(2)
    expect(run('inspect', 'signed.json').out).toMatch(/^signatures {2}[0-9a-f]{16} /m)
    expect(run('sign', 'a.json', '--key', 'ours.pub.pem')).toMatchObject({
      code: 2,
      err: 'scalec: ours.pub.pem: is a public key: signing takes the private one\n',
    })
  })
})

describe('scalec diff', () => {
  it('compares bundles and rule files, signed or not', () => {
    expect(run('diff', 'signed.json', 'changed.scale')).toEqual({
      code: 1,
      out: 'slow: threshold 400ms → 450ms\ndeployment/ads: at most 10 → 12 replicas\n',
      err: '',
    })
    expect(run('diff', 'a.json', 'rules.scale')).toMatchObject({ code: 0, out: '' })
    writeFileSync(join(dir, 'commented.scale'), `// so\n${rules}`)
    expect(run('diff', 'a.json', 'commented.scale')).toMatchObject({ code: 0, out: expect.stringContaining('the rules decide alike') })
    expect(run('diff', 'a.json', 'none.scale').code).toBe(2)
  })

  it('writes for a pull request, and for programs', () => {
    expect(run('diff', 'a.json', 'changed.scale', '--format', 'markdown').out).toBe(
      '**Scaling rules:** 1 rule changed, 1 target changed\n\n- `slow`: threshold `400ms` → `450ms`\n- `deployment/ads`: at most `10` → `12` replicas\n',
    )
    expect(JSON.parse(run('diff', 'a.json', 'changed.scale', '--format', 'json').out)).toMatchObject({
      same: false,
      changes: [
        { of: 'rule', kind: 'changed', what: 'threshold', before: '400ms', after: '450ms' },
        { of: 'target', what: 'at most' },
      ],
    })
  })
})

describe('scalec rbac', () => {
  it('prints manifests, and says what is missing', () => {
    const { code, out, err } = run('rbac', 'a.json', '--namespace', 'shop', '--service-account', 'ops:scaler')
    expect([code, err]).toEqual([
      0,
      'scalec: workloads that name no namespace are taken to be in shop, as orchestrators.kubernetes.namespace of scaled must say\n',
    ])
    for (const part of ['kind: RoleBinding', 'namespace: shop', 'name: scaler', 'resourceNames: [ ads ]']) expect(out).toContain(part)
    writeFileSync(join(dir, 'odd.scale'), 'scale widget/x to 2 when span(a).p99 > 1s for 1m')
    expect(run('rbac', 'odd.scale')).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing is granted for widget/x: widget is no kind that is known here'),
    })
    expect(run('rbac', 'a.json', '--service-account', 'scaled')).toMatchObject({ code: 2, err: expect.stringContaining('expected NAMESPACE:NAME') })
  })
})

describe('scalec import', () => {
  const fixture = resolve('test/importers/fixtures/hpa.yaml')

  it('writes a new file that check is content with', () => {
    const { code, err } = run('import', fixture, '-o', 'imported.scale')
    expect([code, err]).toEqual([0, 'scalec: not about autoscaling: Service cart\nscalec: 1 rule for 2 workloads; read the comments, they say what differs\n'])
    expect(run('check', 'imported.scale').code).toBe(0)
    expect(run('fmt', '--check', 'imported.scale').code).toBe(0)
    expect(run('import', fixture, '-o', 'imported.scale')).toMatchObject({
      code: 2,
      err: expect.stringContaining('imported.scale exists, and is not overwritten'),
    })
  })

  it('says where YAML is wrong', () => {
    writeFileSync(join(dir, 'bad.yaml'), 'rules:\n  - service: [a\n')
    expect(run('import', 'bad.yaml')).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^bad\.yaml:3:1: /) })
    writeFileSync(join(dir, 'other.yaml'), 'kind: Service\napiVersion: v1\nmetadata: {name: a}\n')
    expect(run('import', 'other.yaml')).toMatchObject({ code: 1, err: expect.stringContaining('there is no HorizontalPodAutoscaler') })
  })
})
