import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bundle, type Change, canonical, compile, diffBundles, foundWords, mirroredChange } from '../../src/bundle/index.ts'

function bundleOf(text: string): Bundle {
  const { bundle, diagnostics } = compile({ roots: [{ name: 'rules.scale', text }] }, { compiler: '0.1.0' })
  if (bundle === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return bundle
}

const words = ({ name, kind, ...found }: Change): string => {
  const subject = name.after ?? name.before
  return kind === 'changed' ? `${subject}: ${foundWords(found)}` : kind === 'renamed' ? `${name.before}: renamed to ${name.after}` : `${subject}: ${kind}`
}

function changes(before: string, after: string): string[] {
  return diffBundles(bundleOf(before), bundleOf(after)).map(words)
}

const bounds = 'target deployment/a { between 1 and 10 }\n'
/** What is said of one rule's change, without its name. */
function ruleChange(before: string, after: string): string[] {
  return changes(`${bounds}r: scale deployment/a ${before}`, `${bounds}r: scale deployment/a ${after}`).map((line) => line.replace(/^r: /, ''))
}

describe('diffBundles', () => {
  it('reads like the rules', () => {
    const glance = readFileSync(new URL('./golden/glance.scale', import.meta.url), 'utf8')
    const after = glance
      .replace('slow = 400ms', 'slow = 450ms')
      .replace('between 1 and 10', 'between 1 and 12')
      .replace(/\/\/\/ Ads have been fast[\s\S]*?for 10m\n/, '')
    expect(changes(glance, after)).toEqual([
      'ads-slow: threshold 400ms → 450ms',
      'ads-calm: removed',
      'deployment/adservice in boutique: at most 10 → 12 replicas',
    ])
    expect(changes(after, glance)).toEqual([
      'ads-slow: threshold 450ms → 400ms',
      'ads-calm: added',
      'deployment/adservice in boutique: at most 12 → 10 replicas',
    ])
  })

  it.each([
    ['+1 when span(a/b).p99 > 1s for 1m', '+2 when span(a/b).p99 > 1s for 1m', ['action +1 → +2']],
    ['+1 when span(a/b).p99 > 1s for 1m', '+1 when span(a/b).p99 >= 1s for 1m', ['operator > → >=']],
    ['+1 when span(a/b).p99 > 1s for 1m', '+1 when span(a/b).p95 over 1m > 1s for 2m', ['for 1m → 2m', 'quantile p99 → p95', 'window 5s → 1m']],
    ['+1 when span(a/b).p99 > 1s 5 times in 1m', '+1 when span(a/b).p99 > 1s 6 times in 2m', ['count 5 → 6', 'period 1m → 2m']],
    ['+1 when span(a/b).p99 > 1s 5 times in 1m', '+1 when span(a/b).p99 > 1s for 1m', ['held 5 times in 1m → for 1m']],
    ['+1 when span(a/b).p99 > 1s', '+1 when span(a/b).p99 > 1s for 1m', ['held for 1m added']],
    ['+1 when span(a/b).p99 > 1s for 1m', '+1 when span(a/c).own.p99 > 1s for 1m', ['operation b → c', 'measure duration → own']],
    ['+1 when span(a/b).p99 > 1s for 1m', '+1 when span(a).p99 > 1s for 1m', ['operation b → any']],
    [
      '+1 when span(a/b where x == 1 and duration > 1s).p99 > 1s for 1m',
      '+1 when span(a/b where duration > 2s and y == "k").p99 > 1s for 1m',
      ['threshold 1s → 2s', 'where x == 1 removed', 'where y == "k" added'],
    ],
    ['+1 when span(a/b).duration > 400ms 5 times in 1m', '+1 when span(a/b).duration > 500ms 6 times in 1m', ['threshold 400ms → 500ms', 'count 5 → 6']],
    ['+1 when span(a/b under c/d).p99 > 1s', '+1 when span(a/b child of c/d).p99 > 1s', ['spans under span(c/d) → child of span(c/d)']],
    ['+1 when span(a/b where kind == client).p99 > 1s', '+1 when span(a/b).p99 > 1s', ['kinds client → internal, server, consumer']],
    [
      '+1 when span(a/b).p99 > 1s and span(a/b).rate > 5/s',
      '+1 when span(a/b).rate > 6/s and span(a/b).p99 > 1s',
      ['threshold 5/s → 6/s in span(a/b).rate > 6/s'],
    ],
    [
      '+1 when span(a/b).p99 > 1s',
      '+1 when span(a/b).p99 > 2s and span(a/b).rate > 5/s',
      ['threshold 1s → 2s in span(a/b).p99 > 2s', 'and span(a/b).rate > 5/s added'],
    ],
    ['+1 when span(a/b).p99 > 1s or span(a/b).rate > 5/s', '+1 when span(a/b).rate > 5/s and span(a/b).p99 > 1s', ['joined by or → and']],
    ['+1 when span(a/b).p99 > 1s for 1m', '+1 when replicas(deployment/a) < 3 for 1m', ['condition span(a/b).p99 > 1s → replicas(deployment/a) < 3']],
    ['to hold span(a/b).rate at 50/s per replica', 'to hold span(a/b).rate over 1m at 60/s per replica', ['held window 5s → 1m', 'held at 50/s → 60/s']],
    [
      'to hold span(a/b).rate at 50/s per replica',
      'to at least 3 when span(a/b).rate > 1/s',
      ['action to hold span(a/b).rate at 50/s per replica → to at least 3', 'condition always → span(a/b).rate > 1/s'],
    ],
    [
      '+1 when span(a/b).p99 > 1s for 1m',
      '+1 when span(a/b).p99 > 1s for 1m every 10s cooldown 2m at least 20 spans on missing floor 3 after 5m priority 7 between 2 and 9 observe',
      [
        'every 5s → 10s',
        'cooldown 2m added',
        'at least 20 spans added',
        'on missing hold → floor 3 after 5m',
        'priority 0 → 7',
        'between 2 and 9 added',
        'mode act → observe',
      ],
    ],
    ['to 1 when absent(span(a)) for 10m', 'to 1 when absent(span(b)) for 5m', ['service a → b', 'for 10m → 5m']],
    [
      'to 1 when during mon-fri 08:00-18:00 in "Europe/Paris"',
      'to 1 when during 08:00-18:00 in "Europe/Paris"',
      ['condition during mon-fri 08:00-18:00 in "Europe/Paris" → during 08:00-18:00 in "Europe/Paris"'],
    ],
  ])('%s → %s', (before, after, expected) => {
    expect(ruleChange(before, after)).toEqual(expected)
  })

  it('compares targets', () => {
    const before = 'target deployment/a { between 1 and 10 up at most 4 per 1m stable 5m before down }\ntarget deployment/b { between 1 and 2 }'
    const after =
      'target deployment/a { between 2 and 10 up at most 6 per 1m up at most 50% per 1m stable 10m before down mode observe cooldown 1m settle within 1m combine sum }\ntarget deployment/c { between 1 and 2 }'
    expect(changes(before, after)).toEqual([
      'deployment/a: at least 1 → 2 replicas',
      'deployment/a: up at most 4 per 1m removed',
      'deployment/a: up at most 6 per 1m added',
      'deployment/a: up at most 50% per 1m added',
      'deployment/a: stable before down 5m → 10m',
      'deployment/a: cooldown 1m added',
      'deployment/a: settle within 2m → 1m',
      'deployment/a: mode act → observe',
      'deployment/a: combine largest → sum',
      'deployment/c: added',
      'deployment/b: removed',
    ])
  })

  it('knows a rule by another name, also one without a label whose action or place changed', () => {
    const one = 'scale deployment/a +1 when span(a/b).p99 > 1s for 1m'
    const other = 'scale deployment/a +1 when span(c/d).rate > 100/s for 5m'
    expect(changes(`${bounds}old: ${one}`, `${bounds}new: ${one}`)).toEqual(['old: renamed to new'])
    expect(changes(`${bounds}old: ${one}`, `${bounds}new: ${one.replace('1s', '2s')}`)).toEqual(['old: renamed to new', 'new: threshold 1s → 2s'])
    expect(changes(`${bounds}${one}`, `${bounds}${one.replace('+1', '+2')}`)).toEqual([
      'deployment/a +1 #1: renamed to deployment/a +2 #1',
      'deployment/a +2 #1: action +1 → +2',
    ])
    expect(changes(`${bounds}${one}`, `${bounds}${other}\n${one}`)).toEqual(['deployment/a +1 #1: added', 'deployment/a +1 #1: renamed to deployment/a +1 #2'])
    expect(changes(`${bounds}old: ${one}`, `${bounds}new: ${other}`)).toEqual(['new: added', 'old: removed'])
  })

  it('does not mind order, layout, comments, names of constants, nor which file it is', () => {
    const before = `${bounds}let x = 1s\na: scale deployment/a +1 when (span(a).p99 > x and span(b).p99 > x) for 1m\nb: freeze deployment/a when span(b).errors > 3`
    const after =
      'b: freeze deployment/a when span(b).errors > 3 // so\nlet y = 1s\na: scale deployment/a +1 when (span(b).p99 > y and span(a).p99 > y) for 60s\ntarget deployment/a { between 1 and 10 }'
    expect(changes(before, after)).toEqual([])
    expect(canonical(bundleOf(before))).not.toBe(canonical(bundleOf(after)))
  })
})

/** Every leaf of a bundle's rules and targets, changed. */
const everything = bundleOf(readFileSync(new URL('./golden/everything.scale', import.meta.url), 'utf8'))

function leafPaths(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, member]) => (key === 'text' || key === 'source' ? [] : leafPaths(member, [...path, key])))
}

function changedAt(bundle: Bundle, path: readonly string[]): Bundle {
  const copy = JSON.parse(JSON.stringify(bundle)) as Bundle
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], copy) as Record<string, unknown>
  const key = path.at(-1) as string
  const leaf = parent[key]
  parent[key] = typeof leaf === 'number' ? leaf + 1 : typeof leaf === 'boolean' ? !leaf : leaf === '>' ? '<' : `${String(leaf)}x`
  return copy
}

// A kind or a type alone cannot be changed: other members go with it.
const paths = [...leafPaths(everything.rules, ['rules']), ...leafPaths(everything.targets, ['targets'])].filter(
  (path) => !['kind', 'type', 'unit', 'scope', 'relation', 'id', 'orchestrator'].includes(path.at(-1) ?? '') && path.at(-2) !== 'workload',
)

describe('diffing', () => {
  it('shows every change of the representation, and its mirror', () => {
    expect(paths.length).toBeGreaterThan(150)
    for (const path of paths) {
      const changed = changedAt(everything, path)
      const there = diffBundles(everything, changed)
      expect(there.length, path.join('.')).toBeGreaterThan(0)
      expect(sorted(diffBundles(changed, everything).map(mirroredChange)), path.join('.')).toEqual(sorted(there))
    }
  })

  it('finds nothing between equals, and mirrors any changes together', () => {
    expect(diffBundles(everything, everything)).toEqual([])
    const some = fc.subarray([...paths], { minLength: 1, maxLength: 12 })
    const order = fc.shuffledSubarray([...everything.rules], { minLength: everything.rules.length })
    fc.assert(
      fc.property(some, some, order, (one, two, rules) => {
        const a = one.reduce(changedAt, everything)
        const b = { ...two.reduce(changedAt, everything), rules: [...two.reduce(changedAt, everything).rules] }
        expect(diffBundles(a, a)).toEqual([])
        expect(sorted(diffBundles(b, a).map(mirroredChange))).toEqual(sorted(diffBundles(a, b)))
        expect(diffBundles(everything, { ...everything, rules })).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})

function sorted(all: readonly Change[]): string[] {
  return all.map(canonical).sort()
}
