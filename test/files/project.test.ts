import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadProject, readProject } from '../../src/files/index.ts'
import { valid } from '../support/json-schema.ts'

function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'scale-project-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}
const wrong = (value: unknown): unknown => {
  const read = readProject(JSON.stringify(value))
  return 'error' in read ? read.error : read
}

describe('scale.json', () => {
  it('is found in a folder above, and its paths lead there', () => {
    const root = folder({ 'scale.json': '{"rules": ["rules", "x.scale"], "catalog": "live/catalog.json", "strict": true}', 'deep/er/file': '' })
    expect(loadProject({ cwd: join(root, 'deep/er') })).toEqual({
      project: {
        file: '../../scale.json',
        rules: ['../../rules', '../../x.scale'],
        catalog: '../../live/catalog.json',
        defaults: {},
        severities: {},
        strict: true,
        lint: {},
      },
    })
    expect(loadProject({ cwd: tmpdir(), file: join(root, 'scale.json') })).toMatchObject({ project: { strict: true } })
  })

  it('need not be there', () => {
    expect(loadProject({ cwd: folder({}) })).toEqual({ project: undefined })
    expect(loadProject({ cwd: folder({}), file: 'other.json' })).toEqual({ error: 'other.json does not exist' })
  })

  it('means its whole folder unless it names rules', () => {
    expect(loadProject({ cwd: folder({ 'scale.json': '{}' }) })).toMatchObject({ project: { rules: ['.'] } })
  })

  it('says what lints judge by', () => {
    const text = '{"rates": {"ads/Get": 20}, "sampled": 0.1, "budget": {"memory": 1000000}}'
    expect(loadProject({ cwd: folder({ 'scale.json': text }) })).toMatchObject({
      project: { lint: { rates: { 'ads/Get': 20 }, sampled: 0.1, budget: { memory: 1e6 } } },
    })
    expect(wrong({ sampled: 2 })).toBe('$.sampled: expected a number between 0 and 1, found 2')
  })

  it('may name rules by globs, of which each must match something', () => {
    const files = { 'rules/b.scale': '', 'rules/a.scale': '', 'rules/node_modules/c.scale': '', 'rules/deep/d.scale': '' }
    expect(loadProject({ cwd: folder({ ...files, 'scale.json': '{"rules": ["rules/**/*.scale", "rules/a.scale"]}' }) })).toMatchObject({
      project: { rules: ['rules/a.scale', 'rules/b.scale', 'rules/deep/d.scale'] },
    })
    expect(loadProject({ cwd: folder({ ...files, 'scale.json': '{"rules": ["rules", "*.scale"]}' }) })).toEqual({
      error: 'scale.json: $.rules[1]: no file is called *.scale',
    })
  })

  it('is told what is wrong at which key', () => {
    expect(wrong({ rule: ['a'] })).toBe('$: there is no key "rule" here; did you mean "rules"?')
    expect(wrong({ rules: 'a' })).toBe('$.rules: expected a list, found "a"')
    expect(wrong({ defaults: { lateness: '5 s' } })).toBe('$.defaults.lateness: expected a duration such as "5s", found "5 s"')
    expect(wrong({ defaults: { replicas: { ads: 1 } } })).toBe('$.defaults.replicas: "ads" is not a workload such as "deployment/ads"')
    expect(wrong({ severities: { SC4001: 'warn' } })).toBe('$.severities["SC4001"]: expected one of error, warning, off, found "warn"')
    expect(wrong({ severities: { SC4001: 'warnings' } })).toMatch(/; did you mean "warning"\?$/)
    expect(wrong([])).toBe('$: expected an object, found a list')
    expect(loadProject({ cwd: folder({ 'scale.json': '{' }) })).toEqual({ error: expect.stringMatching(/^scale\.json: not JSON: /) })
  })

  it('has a JSON Schema that accepts what the reader accepts', () => {
    const schema = JSON.parse(readFileSync('grammar/scale.schema.json', 'utf8'))
    const odd = fc.oneof(
      fc.string({ maxLength: 5 }),
      fc.integer({ min: -2, max: 5 }),
      fc.constantFrom(null, true, 1.5, 1e300, '', '5', 's', '/', 'sc4001', 'SC40011', 'Nomad', 'warn', [], {}, ['']),
    )
    const or = <T>(right: fc.Arbitrary<T>) => fc.oneof({ weight: 25, arbitrary: right as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: odd })
    const duration = or(fc.constantFrom('5s', '1m30s', '0', '1.5h'))
    const config = fc.record(
      {
        $schema: or(fc.constant('x')),
        rules: or(fc.array(or(fc.constantFrom('rules', '*.scale')), { maxLength: 2 })),
        catalog: or(fc.constant('catalog.json')),
        defaults: or(
          fc.record(
            {
              lateness: duration,
              readyAfter: duration,
              replicas: or(fc.dictionary(or(fc.constantFrom('deployment/ads', 'a/b in c', 'a\n/b')).map(String), or(fc.nat(9)), { maxKeys: 2 })),
            },
            { requiredKeys: [] },
          ),
        ),
        severities: or(fc.dictionary(or(fc.constantFrom('SC4001', 'SC0000')).map(String), or(fc.constantFrom('error', 'warning', 'off')), { maxKeys: 2 })),
        strict: or(fc.boolean()),
        rates: or(fc.dictionary(or(fc.constantFrom('ads', 'ads/Get')).map(String), or(fc.constantFrom(20, 0.5)), { maxKeys: 2 })),
        sampled: or(fc.constantFrom(0, 0.1, 1)),
        budget: or(fc.record({ work: or(fc.nat(9)), memory: or(fc.nat(9)) }, { requiredKeys: [] })),
      },
      { requiredKeys: [] },
    )
    let accepted = 0
    fc.assert(
      fc.property(
        or(fc.oneof({ weight: 9, arbitrary: config }, { weight: 1, arbitrary: fc.tuple(config, odd).map(([c, other]) => ({ ...c, other })) })),
        (value) => {
          const right = valid(schema, value)
          if (right) accepted++
          expect(wrong(value)).toEqual(right ? { config: value } : expect.any(String))
        },
      ),
      { numRuns: 1000 },
    )
    expect(accepted).toBeGreaterThan(300)
  })
})
