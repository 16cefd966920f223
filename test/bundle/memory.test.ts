/** An analysis with a memory of earlier ones says what one without says, whatever was edited between them. */
import { posix } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Analysis, AnalysisMemory, analyse, analysing } from '../../src/bundle/index.ts'
import { atOnce, type Catalog, type LintContext, type Parsed, parse, reparse, type SourceText } from '../../src/language/index.ts'
import { condition } from '../language/lint/evaluated.ts'

type Texts = Readonly<Record<string, string>>

const catalog: Catalog = {
  format: 1,
  services: [
    { name: 'ads', operations: [{ name: 'GetAds', kind: 'server', rate: 2 }], attributes: [] },
    { name: 'db', peer: true, operations: [], attributes: [] },
  ],
  workloads: [{ id: 'deployment/ads', services: ['ads'] }],
}

/** Whoever analyses again and again. */
class Editor {
  readonly #memory = new AnalysisMemory()
  #parsed = new Map<string, Parsed>()

  analyse(texts: Texts, context: LintContext): Analysis {
    const before = this.#parsed
    this.#parsed = new Map()
    for (const [name, text] of Object.entries(texts)) {
      const known = before.get(name)
      const isSame = known?.tree.source.text === text
      this.#parsed.set(name, isSame ? known : known === undefined ? parse({ name, text }) : reparse(known, { name, text }))
    }
    return atOnce(analysing(inputOf([...this.#parsed.values()]), context, this.#memory))
  }
}

function inputOf(all: readonly Parsed[]) {
  const parsed = new Map<SourceText, Parsed>(all.map((each) => [each.tree.source, each]))
  const sources = [...parsed.keys()]
  const resolve = (path: string, from: string) => sources.find(({ name }) => name === posix.join(posix.dirname(from), path))
  return { roots: sources, resolve, parsed }
}

/** All that it says; the order of what is known of nodes says nothing. */
function told({ diagnostics, program, resolved: { selectors, predicates, spans, peers } }: Analysis) {
  return { diagnostics, program, selectors: sorted(selectors), predicates: sorted(predicates), spans: sorted(spans), peers }
}

function sorted(known: ReadonlyMap<object, unknown>): readonly string[] {
  return Array.from(known, (entry) => JSON.stringify(entry)).sort()
}

function expectTheSame(editor: Editor, texts: Texts, context: LintContext = {}): Analysis {
  const now = editor.analyse(texts, context)
  const fresh = analyse(inputOf(Object.entries(texts).map(([name, text]) => parse({ name, text }))), context)
  expect(told(now)).toEqual(told(fresh))
  return now
}

const shared = 'let slow = 400ms\nlet few = 1\ndefaults { namespace shop  cooldown 30s }\n'
const rules = `import "shared.scale"

target deployment/ads { between 1 and 5 }

up: scale deployment/ads +1 when span(ads/GetAds).p99 > slow 3 times in 60s

down: scale deployment/ads -1 when span(ads/GetAds).p99 < 100ms for 10m

scale deployment/web +1 when span(web/Get).p99 > slow

scale deployment/web +1 when replicas(deployment/ads) > 3

calls: scale deployment/ads +1 when span(db).p99 > slow
`
const others = `import "shared.scale"

scale deployment/web +1 when span(web/Post).p99 > 1s

more: scale deployment/ads +2 when span(ads/GetAds).p99 > 500ms 4 times in 60s

less: scale deployment/ads +1 when span(ads/GetAds).p99 > 600ms 4 times in 60s

failing: scale deployment/web +1 when span(web/Post where status == error and attempt > few and http.method == "GET").rate > 1/s

apart: scale deployment/ads to 99 when span(ads/GetAds).p99 > 1s

test "busy" {
  given deployment/ads at 1
  load span(ads/GetAds where http.method == "GET") at 10/s taking 2s from 0s to 2m
  expect more fires
}
`
const start: Texts = { 'a.scale': rules, 'shared.scale': shared, 'z.scale': others }

describe('an analysis with a memory', () => {
  it('keeps the rules that an edit does not touch, also those that it moves', () => {
    const editor = new Editor()
    const many = Array.from({ length: 12 }, (_, i) => `r${i}: scale deployment/ads +1 when span(s${i}).p99 > slow\n`).join('\n')
    const text = `import "shared.scale"\n\n${many}`
    const before = expectTheSame(editor, { ...start, 'b.scale': text })
    const after = expectTheSame(editor, { ...start, 'b.scale': text.replace('r5: ', 'rule-5: ') })
    const found = ({ program }: Analysis, name: string) => program.rules.find((rule) => rule.name === name)
    for (const name of ['up', 'r0', 'r11', 'less']) expect(found(after, name)?.condition, name).toBe(found(before, name)?.condition)
    expect(found(after, 'rule-5')).toBeDefined()
    expect(after.program.targets[0]).toBe(before.program.targets[0])
  })

  it('says again of moved places what it said of them', () => {
    const ofEach = (i: number): string => `r${i}: scale deployment/d${i} +1 when span(s/Op).p99 > ${100 + i}ms and span(s/Op).p99 > 50ms\n`
    const ofPairs = (i: number): string =>
      `r${i}: scale deployment/d${i >> 1} ${i % 2 === 0 ? '+1 when span(s/Op).p99 > 100ms' : '-1 when span(s/Op).p99 < 500ms for 10m'}\n`
    for (const rule of [ofEach, ofPairs]) {
      const editor = new Editor()
      const text = Array.from({ length: 12 }, (_, i) => rule(i)).join('\n')
      const { diagnostics } = expectTheSame(editor, { 'a.scale': text })
      expect(diagnostics.length).toBeGreaterThan(10)
      expectTheSame(editor, { 'a.scale': `// Moved.\n${text}` })
      expectTheSame(editor, { 'a.scale': `// Moved.\n${text.replace('r2:', 'rule-2:')}` })
    }
  })

  it('looks again where something that a rule is made of is another', () => {
    const edits: [file: string, from: string, to: string][] = [
      ['shared.scale', '400ms', '300ms'],
      ['shared.scale', '400ms', '50ms'],
      ['shared.scale', 'slow', 'slo'],
      ['shared.scale', 'few', 'fe'],
      ['shared.scale', 'namespace shop ', ''],
      ['shared.scale', 'cooldown 30s', 'every 10s'],
      ['shared.scale', 'let slow = 400ms', 'let slow = 400ms + few'],
      ['shared.scale', 'let few', '/// Few.\nlet few'],
      ['a.scale', 'between 1 and 5', 'between 1 and 2'],
      ['a.scale', 'between 1 and 5', 'between 5 and 1'],
      ['a.scale', 'between 1 and 5', 'between 1 and 5  stable down for 0s'],
      ['a.scale', 'between 1 and 5', 'between 1 and 5  combine sum'],
      ['a.scale', 'target deployment/ads { between 1 and 5 }', ''],
      ['a.scale', 'import "shared.scale"', 'import "none.scale"'],
      ['a.scale', 'import "shared.scale"', ''],
      ['a.scale', '-1 when', '-1 whe'],
      ['a.scale', 'down:', 'scale deployment/web +1 when span(web).count > 9\n\ndown:'],
      ['a.scale', '+1 when span(web', '+2 when span(web'],
      ['a.scale', '< 100ms', '< 500ms'],
      ['a.scale', 'up:', 'down:'],
      ['z.scale', 'where http.method == "GET") at', 'where http.route == "/") at'],
      ['z.scale', 'test "busy" {', ''],
      ['z.scale', ' and http.method == "GET").rate', ').rate'],
      ['z.scale', 'failing:', 'failing'],
      ['a.scale', 'up:', '// scale-ignore SC4202 until 2026-01-01: not yet deployed\nup:'],
    ]
    for (const [file, from, to] of edits) {
      const editor = new Editor()
      expectTheSame(editor, start)
      const text = start[file] ?? ''
      expect(text).toContain(from)
      expectTheSame(editor, { ...start, [file]: text.replace(from, to) })
      expectTheSame(editor, start)
    }
  })

  it('looks again with another catalog, at what it says of services', () => {
    const editor = new Editor()
    expectTheSame(editor, start)
    expectTheSame(editor, start, { catalog })
    expectTheSame(editor, start, { catalog, sampled: 0.01 })
    expectTheSame(editor, start, { catalog: { ...catalog, services: catalog.services.slice(0, 1) } })
    expectTheSame(editor, start, { catalog, rates: { 'ads/GetAds': 1000 } })
  })

  it('forgets files that are gone, and knows them when they come again', () => {
    const editor = new Editor()
    expectTheSame(editor, start)
    expectTheSame(editor, { 'a.scale': rules })
    expectTheSame(editor, start)
    expectTheSame(editor, { 'b.scale': rules, ...start })
  })

  it('says the same after any edits of any rules', () => {
    const piece = fc.oneof(
      fc.constantFrom('', ' ', '\n', '// ', 'let slow = 1s\n', 'every 10s', ' observe', 'web', 'ads', '{', '"', ' for 5m', '5', 'defaults { }\n', 'not ('),
      condition.map((text) => `\nscale deployment/a +1 when ${text}\n`),
      condition.map((text) => `\nx: scale deployment/a -1 when ${text}\n`),
    )
    const edit = fc.record({
      file: fc.constantFrom('a.scale', 'b.scale', 'shared.scale'),
      from: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.oneof(fc.constant(0), fc.nat(30)),
      by: piece,
      withCatalog: fc.boolean(),
    })
    const many = fc
      .array(condition, { minLength: 2, maxLength: 5 })
      .map((all) => all.map((text, i) => `scale deployment/d${i % 2} +${i} when ${text}\n`).join('\n'))
    fc.assert(
      fc.property(many, fc.array(edit, { minLength: 1, maxLength: 8 }), (some, edits) => {
        const editor = new Editor()
        let texts: Texts = { ...start, 'b.scale': some }
        expectTheSame(editor, texts)
        for (const { file, from, length, by, withCatalog } of edits) {
          const text = texts[file] ?? ''
          const at = Math.floor(from * text.length)
          texts = { ...texts, [file]: text.slice(0, at) + by + text.slice(at + length) }
          expectTheSame(editor, texts, withCatalog ? { catalog } : {})
        }
      }),
      { numRuns: 150 },
    )
  })
})
