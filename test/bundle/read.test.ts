import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bundle, compile, digestOf, readBundle, serialize } from '../../src/bundle/index.ts'

const text = readFileSync(new URL('./golden/everything.scale', import.meta.url), 'utf8')
const { bundle } = compile({ roots: [{ name: 'everything.scale', text }] }, { compiler: '0.1.0' })
if (bundle === undefined) throw new Error('the sample does not compile')
const json = serialize(bundle)

type Json = Record<string, unknown>

/** What is said of the bundle after a change, with a digest that fits again. */
function errorAfter(change: (bundle: Json) => void): string {
  const { digest: _, ...content } = JSON.parse(json) as Json
  change(content)
  return errorOf(JSON.stringify({ ...content, digest: digestOf(content) }))
}

function errorOf(changed: string): string {
  const read = readBundle(changed)
  return 'error' in read ? read.error : 'fine'
}

/** The member of nested JSON at a path of keys. */
function at(value: unknown, ...path: (string | number)[]): Json {
  return path.reduce<unknown>((inner, key) => (inner as Json)[key], value) as Json
}

describe('readBundle', () => {
  it('reads what serialize wrote', () => {
    expect(readBundle(json)).toEqual({ bundle })
    const again = readBundle(json)
    expect('bundle' in again && serialize(again.bundle)).toBe(json)
  })

  const cases: readonly [string, (bundle: Json) => void, string][] = [
    [
      'a newer format',
      (b) => Object.assign(b, { format: 2 }),
      '$.format: 2 is newer than 1: the bundle needs a newer version of this program: 0.1.0, which compiled it, or a later one',
    ],
    [
      'a newer language',
      (b) => Object.assign(b, { language: 3 }),
      '$.language: 3 is not 1: the bundle needs a newer version of this program: 0.1.0, which compiled it, or a later one',
    ],
    ['no format', (b) => Reflect.deleteProperty(b, 'format'), '$.format: expected a number: this is not a bundle'],
    [
      'a kind of condition that is not known',
      (b) => Object.assign(at(b, 'rules', 2, 'condition'), { kind: 'sequence' }),
      '$.rules[2].condition: the kind "sequence" is not known: the bundle needs a newer version of this program: 0.1.0, which compiled it, or a later one',
    ],
    [
      'a member that is not known',
      (b) => Object.assign(at(b, 'rules', 0), { notify: 'ops' }),
      '$.rules[0]: `notify` is not known: the bundle needs a newer version of this program: 0.1.0, which compiled it, or a later one',
    ],
    ['a member that is missing', (b) => Reflect.deleteProperty(at(b, 'targets', 1), 'settleNs'), '$.targets[1]: `settleNs` is missing'],
    ['a wrong type', (b) => Object.assign(at(b, 'rules', 0), { everyNs: '5s' }), '$.rules[0].everyNs: expected a whole number of at least 1, found "5s"'],
    [
      'a value that cannot be',
      (b) => Object.assign(at(b, 'rules', 0, 'condition', 'of', 'left', 'stat'), { q: 99.5 }),
      '$.rules[0].condition.of.left.stat.q: expected a number between 0 and 1, found 99.5',
    ],
    ['a list that is none', (b) => Object.assign(b, { projection: {} }), '$.projection: expected a list, found an object'],
    ['a target that is not there', (b) => Object.assign(at(b, 'rules', 1), { target: 'x/y' }), '$.rules[1].target: there is no target "x/y"'],
    ['a name that is there twice', (b) => Object.assign(at(b, 'rules', 1), { name: 'quantile' }), '$.rules[1].name: "quantile" is there twice'],
    ['bounds the wrong way round', (b) => Object.assign(at(b, 'targets', 0), { min: 30 }), '$.targets[0]: min 30 is above max 20'],
    [
      'a mode that is not known',
      (b) => Object.assign(at(b, 'targets', 0), { mode: 'panic' }),
      '$.targets[0].mode: "panic" is not known: the bundle needs a newer version of this program: 0.1.0, which compiled it, or a later one',
    ],
    [
      'a period that is no whole step',
      (b) => Object.assign(at(b, 'rules', 0, 'condition'), { withinNs: 7 }),
      '$.rules[0].condition.withinNs: 7 is not a multiple of everyNs, 5000000000',
    ],
  ]
  for (const [name, change, error] of cases) it(`says of ${name} where it is`, () => expect(errorAfter(change)).toBe(error))

  it('says what is no JSON, and what is no bundle', () => {
    expect(errorOf('{')).toMatch(/^the bundle is not JSON: /)
    for (const other of ['null', '[]', '3', '"x"', '{}']) expect(errorOf(other)).toBe('$.format: expected a number: this is not a bundle')
  })

  it('notices any change', () => {
    const changed = { ...bundle, rules: bundle.rules.slice(1) } satisfies Bundle
    expect(errorOf(serialize(changed))).toMatch(
      /^\$\.digest: sha256:[0-9a-f]{64} is not the digest of this content, sha256:[0-9a-f]{64}: the bundle was changed/,
    )
  })

  it('survives nesting that would exhaust the stack', () => {
    const deep = `${'{"kind":"not","of":'.repeat(20_000)}{"kind":"always"}${'}'.repeat(20_000)}`
    const hostile = json.replace('"rules":[', `"rules":[{"condition":${deep}},`)
    expect(errorOf(hostile)).toBe('$: nested deeper than 500 levels')
  })

  it('answers every damaged bundle with an error, and never throws', () => {
    const junk = fc.constantFrom<unknown>(null, 0, -1, 1.5, '', 'x', true, [], {}, { kind: 'x' }, [1])
    const paths = pathsOf(JSON.parse(json))
    fc.assert(
      fc.property(fc.constantFrom(...paths), junk, (path, value) => {
        const error = errorAfter((content) => {
          const last = path.at(-1)
          if (last !== undefined) at(content, ...path.slice(0, -1))[last] = value
        })
        expect(error === 'fine' || error.startsWith('$')).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

/** Every path of keys in a value, without the digest. */
function pathsOf(value: unknown): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return []
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value).filter((key) => key !== 'digest')
  return keys.flatMap((key) => [[key], ...pathsOf((value as Json)[key]).map((path) => [key, ...path])])
}
