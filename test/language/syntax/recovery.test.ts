/** One broken declaration never hides another, whatever the text. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Comment, TextRange } from '../../../src/language/index.ts'
import { parse } from '../../../src/language/index.ts'

const good = (i: number): string =>
  [
    `good-${i}: scale deployment/x${i} +2 when span(a/b${i}).p99 > 400ms 5 times in 60s`,
    `good-${i}: freeze nomad:x${i} up when absent(span(a/b)) for 5m`,
    `good-${i}: scale deployment/scale -10% when (span(scale/target* where test == 3).rate > 5/s) for 2m every 10s priority 3`,
  ][i % 3] as string

const broken = [
  'scale deployment/x +2 when',
  'scale deployment/x when span(a/b).p99 > 5ms',
  'scale +2',
  'bad: scale deployment/x +2 when span(a/b.p99 > 400ms',
  'target deployment/x { between 1 and',
  'target deployment/x { up at most }',
  'let = 5',
  'let x =',
  'defaults {',
  'test "x" { given deployment/x at',
  'test "open { expect no action }',
  'import',
  'freeze when',
  'scale deployment/x +2 when span(((a > 3',
  'scale deployment/x +2 when a > b )))) }',
  'target deployment/x { { { {',
  'scale deployment/x +2 when span(a where (x == "open',
]

describe('broken declarations', () => {
  it('leave the good ones whole', () => {
    const piece = fc.oneof(fc.constantFrom(...broken), fc.nat(2))
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
        let goods = 0
        const lines = pieces.map((p, i) => {
          if (typeof p === 'string') return p
          goods++
          return good(3 * i + p)
        })
        const { tree, diagnostics } = parse({ name: 'x', text: lines.join('\n') })
        const whole = tree.declarations.filter((d) => !d.broken && 'label' in d && d.label?.text.startsWith('good-'))
        expect(whole.length).toBe(goods)
        expect(diagnostics.length > 0).toBe(goods < pieces.length)
      }),
      { numRuns: 150 },
    )
  })

  it('keep their names', () => {
    const { tree } = parse({ name: 'x', text: 'a: scale deployment/x in shop +2 when\nlet b = )\ntest "c" { nonsense }\ntarget nomad:web/d { between }' })
    expect(tree.declarations).toMatchObject([
      { broken: true, label: { text: 'a' }, workload: { name: { text: 'x' }, namespace: { text: 'shop' } } },
      { broken: true, name: { text: 'b' } },
      { broken: true, name: { value: 'c' } },
      { broken: true, workload: { orchestrator: { text: 'nomad' }, name: { text: 'd' } } },
    ])
  })
})

describe('files of several pieces', () => {
  it('give the same declarations as each of them alone', () => {
    const rules = Array.from({ length: 1200 }, (_, i) => (i % 100 === 50 ? (broken[((i / 100) % broken.length) | 0] as string) : `/// doc ${i}\n${good(i)}`))
    const text = rules.join('\n')
    const { tree, diagnostics } = parse({ name: 'x', text })
    expect(text.length).toBeGreaterThan(80_000)
    expect(tree.declarations.length).toBe(rules.length)
    let at = 0
    for (const [i, rule] of rules.entries()) {
      const alone = parse({ name: 'x', text: rule })
      const there = tree.declarations[i]
      expect(there && { ...there, range: undefined }).toEqual(shifted({ ...alone.tree.declarations[0], range: undefined }, at))
      at += rule.length + 1
    }
    expect(diagnostics.length).toBe(rules.flatMap((text) => parse({ name: 'x', text }).diagnostics).length)
  })
})

/** The same with all ranges moved. */
function shifted<T>(value: T, by: number): T {
  if (Array.isArray(value)) return value.map((v) => shifted(v, by)) as T
  if (typeof value !== 'object' || value === null) return value
  if ('start' in value && 'end' in value) return { start: Number(value.start) + by, end: Number(value.end) + by } as T
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, shifted(v, by)])) as T
}

const program = `language 1
import "shared.scale"
let slow = 400ms // comment
defaults { namespace boutique every 5s }
target deployment/ads { between 1 and 10 up at most +4 per 60s down at most 10% per 60s stable 5m before down }
/// Slow.
ads-slow: scale deployment/ads +2 when span(ads/"Get \\" x" where a.b >= 500 and not (c in ("x", 2))).p99 over 2m > 3 * slow 5 times in 60s
freeze deployment/ads down when absent(span(a/b* under c/d)) for 5m or during mon-fri 08:00-18:00 in "Europe/Paris"
scale rollouts.argoproj.io/web to hold span(a/b).rate at 50/s per replica when max(metric("x", unit 1ms), 2ms) < forecast(span(a).mean, in 5m)
test "t" { given deployment/ads at 2 load span(ads/Get) at 20/s taking 150ms ± 5% from 0s to 30s expect no action before 50s expect ads-slow fires 2 times }
`

describe('any text', () => {
  it('gives a tree, quickly, with every range within it', () => {
    const scrap = fc.oneof(
      fc.constantFrom(
        ...[
          '(',
          ')',
          '{',
          '}',
          '"',
          ',',
          ':',
          '/',
          '*',
          '-',
          '//',
          '\n',
          '=',
          '5',
          '5m',
          '.',
          'scale ',
          ' when ',
          ' and ',
          '\u0000',
          'ü',
          '😀',
          '&&',
          "'",
          '[5m]',
          'span(',
        ],
      ),
      fc.string({ maxLength: 4 }),
    )
    const mutation = fc.record({ at: fc.nat(program.length), remove: fc.nat(30), insert: fc.array(scrap, { maxLength: 3 }).map((parts) => parts.join('')) })
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 8 }), (mutations) => {
        const text = mutations.reduce((t, { at, remove, insert }) => t.slice(0, at) + insert + t.slice(at + remove), program)
        const started = performance.now()
        const { tree, diagnostics } = parse({ name: 'x', text })
        expect(performance.now() - started).toBeLessThan(2000)
        for (const range of [...rangesIn(tree.declarations), ...rangesIn(diagnostics), ...rangesIn(tree.comments as Comment[])]) {
          expect(range.start).toBeGreaterThanOrEqual(0)
          expect(range.end).toBeGreaterThanOrEqual(range.start)
          expect(range.end).toBeLessThanOrEqual(text.length)
        }
        if (diagnostics.length === 0) expect(tree.declarations.every((d) => !d.broken)).toBe(true)
        else expect(diagnostics.map((d) => d.range.start)).toEqual(diagnostics.map((d) => d.range.start).sort((a, b) => a - b))
      }),
      { numRuns: 300 },
    )
  })

  it('of one kind of sign is no burden', () => {
    for (const sign of ['(', ')', '{', '"', ':', '*', '-', '.', 'not ', 'scale ', 'let ', 'a:', 'span(', '//'])
      expect(parse({ name: 'x', text: sign.repeat(3000) }).tree).toBeDefined()
  })
})

function* rangesIn(value: unknown): Generator<TextRange> {
  if (typeof value !== 'object' || value === null) return
  if ('start' in value && 'end' in value && typeof value.start === 'number' && typeof value.end === 'number') yield { start: value.start, end: value.end }
  else for (const child of Object.values(value)) yield* rangesIn(child)
}
