/** What holds of completion wherever it is asked. */
import { globSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CompletionItemKind } from 'vscode-languageserver-protocol'
import { completion, resolveCompletion } from '../../../lsp/features/completion/index.ts'
import { check, type Diagnostic, parse, vocabulary } from '../../../src/language/index.ts'
import { shop } from '../shop.ts'
import { viewOf } from '../view.ts'
import { applyEdits } from './apply.ts'

const sources = globSync('test/samples/*/source.scale').sort()
const whole = sources.filter((file) => !file.includes('broken')).map((file) => readFileSync(file, 'utf8'))
const wrong = globSync('test/samples/wrong/*.scale')
  .sort()
  .map((file) => readFileSync(file, 'utf8'))

const settings = (text: string) => ({ files: { 'main.scale': text }, catalog: shop, recordings: ['traces.binpb.gz'] })

describe('completion never throws', () => {
  it('at any place of any sample, whole or cut off there', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...whole, ...wrong),
        fc.nat(),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('', '\n', ' \n\n'),
        (sample, at, cut, snippets, before) => {
          const text = `${before}${sample}`
          const offset = at % (text.length + 1)
          const seen = cut ? text.slice(0, offset) : text
          const { items } = completion(viewOf(settings(seen)), offset, { snippets })
          for (const { textEdit } of items) {
            if (textEdit === undefined || !('range' in textEdit)) throw new Error('every item replaces something')
            const { start, end } = textEdit.range
            expect(start.line).toBe(end.line)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('keywords', () => {
  it('are no syntax errors where the text was right', () => {
    let applied = 0
    fc.assert(
      fc.property(fc.constantFrom(...whole), fc.nat(), (text, at) => {
        const starts = wordStarts(text)
        const offset = starts[at % starts.length] as number
        const before = text.slice(0, offset)
        const { items } = completion(viewOf(settings(before)), offset, { snippets: false })
        const errorsBefore = syntaxErrors(before).filter((start) => start < before.trimEnd().length)
        if (errorsBefore.length > 0) return
        for (const item of items.filter(({ kind }) => kind === CompletionItemKind.Keyword)) {
          const after = applyEdits(before, item)
          applied++
          expect(
            syntaxErrors(`${after} ${followers[item.label] ?? ''}`).filter((start) => start >= offset && start < offset + item.label.length),
            after.slice(-120),
          ).toEqual([])
        }
      }),
      { numRuns: 800 },
    )
    expect(applied).toBeGreaterThan(1500)
  })

  it('of every sort are offered somewhere in the samples', () => {
    const seen = new Set<string>()
    const more = ['scale a/b +1 when span(a child of b).p99 > 1s', 'scale a/b +1 when metric("x", unit 1s) > 1s']
    for (const text of [...whole, ...more])
      for (const offset of wordStarts(text))
        for (const { label } of completion(viewOf(settings(text.slice(0, offset))), offset, { snippets: false }).items) seen.add(label)
    expect(vocabulary.keyword.filter((word) => !seen.has(word))).toEqual([])
  })
})

describe('names and values', () => {
  const accepted: ReadonlySet<number | undefined> = new Set([
    ...[CompletionItemKind.Constant, CompletionItemKind.Value, CompletionItemKind.Unit, CompletionItemKind.Function],
    ...[CompletionItemKind.Module, CompletionItemKind.Method, CompletionItemKind.Class, CompletionItemKind.EnumMember],
  ])

  it('are what the checker accepts in the place of what stands there', () => {
    let applied = 0
    fc.assert(
      fc.property(fc.constantFrom(...whole.filter((text) => errorsOf(text).length === 0)), fc.nat(), (text, at) => {
        const words = [...text.matchAll(/(?<=[\s(./])[A-Za-z0-9][\w.%/-]*(?!\()/g)]
        const word = words[at % words.length]
        if (word === undefined || text[word.index + word[0].length] === '(') return
        const rest = text.slice(0, word.index) + text.slice(word.index + word[0].length)
        for (const item of completion(viewOf(settings(rest)), word.index, { snippets: false }).items.filter(({ kind }) => accepted.has(kind))) {
          const edit = item.textEdit
          if (edit === undefined || !('range' in edit)) throw new Error('every item replaces something')
          applied++
          const after = applyEdits(rest, item)
          const end = after.length - (text.length - word.index - word[0].length)
          const start = end - edit.newText.length
          const odd = errorsOf(after).filter(({ range }) => range.start >= start && range.end <= end && range.end > range.start)
          expect(
            odd.map(({ message }) => message),
            after.slice(Math.max(0, start - 80), end + 30),
          ).toEqual([])
        }
      }),
      { numRuns: 150 },
    )
    expect(applied).toBeGreaterThan(300)
  })
})

describe('items', () => {
  it('have the page of the reference, once somebody looks', () => {
    const view = viewOf(settings('scale deployment/adservice +2 when span(adservice).'))
    const item = completion(view, view.document.text.length, { snippets: true }).items.find(({ label }) => label === 'p99')
    if (item === undefined) throw new Error('there is no p99')
    expect(item.documentation).toBeUndefined()
    expect(resolveCompletion(item, view.page).documentation).toMatchObject({ value: expect.stringContaining('nearest rank') })
  })

  it('are whole forms as snippets, which are right when nothing is filled in', () => {
    for (const text of ['', 'target a/b {\n', 'test "x" {\n', 'scale deployment/adservice +1 when ', 'scale deployment/adservice ']) {
      const { items } = completion(viewOf(settings(text)), text.length, { snippets: false })
      const forms = items.filter(({ kind }) => kind === CompletionItemKind.Snippet)
      expect(forms.length).toBeGreaterThan(0)
      for (const form of forms) {
        const end = text.endsWith('{\n') ? '\n}' : ''
        expect(
          syntaxErrors(applyEdits(text, form) + end).filter((start) => start < text.length + form.label.length),
          form.label,
        ).toEqual([])
      }
    }
  })

  it('have places to fill in for clients that can', () => {
    const { items } = completion(viewOf(settings('test "x" {\n  ')), 13, { snippets: true })
    const edit = items.find(({ label }) => label === 'given … at …')?.textEdit
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the protocol's syntax of places to fill in
    expect(edit).toMatchObject({ newText: 'given ${1:deployment/name} at ${2:2}' })
  })

  it('are cut to what people read, and asked for again', () => {
    const operations = Array.from({ length: 500 }, (_, i) => ({ name: `operation${i}`, kind: 'server' as const, rate: i }))
    const catalog = { ...shop, services: [{ name: 'big', operations, attributes: [] }] }
    const text = 'scale deployment/adservice +2 when span(big/'
    const list = completion(viewOf({ files: { 'main.scale': text }, catalog }), text.length, { snippets: false })
    expect(list.items).toHaveLength(100)
    expect(list.isIncomplete).toBe(true)
    expect(list.items[0]?.label).toBe('operation499')
  })
})

/** Some words are keywords only before what belongs to them. */
const followers: Readonly<Record<string, string>> = { not: '(', has: 'x', no: 'action' }

/** Places of errors of the parser. */
function syntaxErrors(text: string): readonly number[] {
  return parse({ name: 'x', text }).diagnostics.map(({ range }) => range.start)
}

/** Of the parser and the checker. */
function errorsOf(text: string): readonly Diagnostic[] {
  const { tree, diagnostics } = parse({ name: 'main.scale', text })
  return [...diagnostics, ...check([tree]).diagnostics].filter(({ severity }) => severity === 'error')
}

/** Where words begin, and where more words may. */
function wordStarts(text: string): readonly number[] {
  return [...text.matchAll(/(?<=[\s(])(?=[A-Za-z0-9"+({])/g)].map(({ index }) => index)
}
