/** grammar/scale.ebnf and the parser describe the same language. */
import type { IToken } from 'chevrotain'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from '../../../src/language/index.ts'
import { ScaleParser } from '../../../src/language/syntax/grammar/parser.ts'
import { lexPiece } from '../../../src/language/syntax/lex.ts'
import * as m from '../../../src/language/syntax/messages.ts'
import * as t from '../../../src/language/syntax/tokens.ts'
import { sentences } from './derive.ts'
import { recognizer } from './earley.ts'
import { namesOf, readParser, terminalsOf } from './grammar.ts'
import { classes, ebnf, samples, samplesOf } from './reference.ts'

const parser = readParser(new ScaleParser({ validate: true }).getGAstProductions())

/** Rules of the parser, and what the reference calls them. Formulas are read without telling conditions from values: that is told afterwards. */
const rulesOfParser: Readonly<Record<string, readonly string[]>> = {
  importDeclaration: ['import'],
  letDeclaration: ['let'],
  defaultsDeclaration: ['defaults'],
  targetDeclaration: ['target'],
  scaleDeclaration: ['rule'],
  freezeDeclaration: ['freeze'],
  testDeclaration: ['test'],
  change: ['action', 'hold'],
  workload: ['workload'],
  selector: ['selector'],
  predicate: ['predicate'],
  predicateOperand: ['predicate', 'test-of-span', 'field'],
  formula: ['condition', 'value'],
  operand: ['condition', 'value', 'span'],
  path: ['value'],
  absence: ['condition'],
  calendar: ['calendar', 'day'],
  functionCall: ['value'],
  atom: ['atom'],
  clause: ['clause'],
  statement: ['statement'],
  loadStatement: ['statement'],
  expectAction: ['statement'],
  expectSubject: ['statement'],
}
/** What the parser has as categories of tokens, or does before it: cutting a file into declarations. */
const beforeParser = ['file', 'declaration', 'direction', 'comparison', 'part', 'pattern', 'literal']

function matches({ tokenType, image }: IToken, terminal: string): boolean {
  const word = terminal.replaceAll('"', '')
  if (word !== terminal) return (t.keywords as readonly string[]).includes(word) ? tokenType.name === word : image === word
  // Whether `not` is a name depends on what follows it; the lexer knows.
  if ((terminal === 'FIELD' || terminal === 'CONSTANT') && tokenType === t.keyword.not) return false
  if (terminal === 'CONSTANT' && tokenType === t.keyword.during) return false
  const wanted = classes[terminal]?.type
  return (
    tokenType.name === wanted || tokenType.CATEGORIES?.some(({ name, CATEGORIES }) => name === wanted || CATEGORIES?.some((c) => c.name === wanted)) === true
  )
}

const inReference = recognizer(ebnf, 'file', matches)

function isInReference(text: string): boolean {
  const lexed = { tokens: [] as IToken[], comments: [], foreign: [] as object[] }
  lexPiece(text, 0, text.length, lexed as never)
  return lexed.foreign.length === 0 && inReference(lexed.tokens)
}

/** What is no matter of grammar: words that are no days, and patterns of several words, which sentences have with spaces between. */
const beyondGrammar = new Set([m.noSuchDay, m.spacesInName].map(({ code }) => code))
const problems = (text: string): string[] =>
  parse({ name: 'x', text })
    .diagnostics.filter(({ code }) => !beyondGrammar.has(code))
    .map(({ code, message }) => `${code} ${message}`)

function expectAgreement(text: string): void {
  const found = problems(text)
  expect({ text, inReference: isInReference(text), found }).toEqual({ text, inReference: found.length === 0, found })
}

describe('the reference', () => {
  it('uses no rule that it does not have, and has none that it does not use', () => {
    const used = namesOf(ebnf, 'rule')
    expect([...used].filter((name) => !ebnf.has(name))).toEqual([])
    expect([...ebnf.keys()].filter((name) => !used.has(name))).toEqual(['file'])
  })

  it("has the parser's rules", () => {
    expect(Object.keys(rulesOfParser).sort()).toEqual([...parser.keys()].sort())
    expect([...new Set([...Object.values(rulesOfParser).flat(), ...beforeParser])].sort()).toEqual([...ebnf.keys()].sort())
  })

  it("has the parser's words and signs", () => {
    const ofReference = [...terminalsOf(ebnf)].filter((name) => name.startsWith('"')).flatMap(samplesOf)
    const ofParser = [...terminalsOf(parser)].flatMap((name) =>
      samples[name] === undefined || name === 'Operator' || name === 'Direction' ? samplesOf(name) : [],
    )
    // A file's first line, and labels, are read before the parser.
    const others = ['language', ':', 'true', 'false', '±']
    expect([...new Set([...ofParser, ...others])].sort()).toEqual([...new Set([...ofReference, '±'])].sort())
  })

  it('has only sentences that parse', () => {
    fc.assert(
      fc.property(sentences(ebnf, 'file', samplesOf), (words) => {
        const text = words.join(' ')
        expect(isInReference(text)).toBe(true)
        expect(problems(text), text).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('has a sentence of the parser exactly if it parses without an error', () => {
    const declaration = fc
      .constantFrom(...[...parser.keys()].filter((name) => name.endsWith('Declaration')))
      .chain((name) => sentences(parser, name, samplesOf))
    fc.assert(
      fc.property(declaration, (words) => expectAgreement(words.join(' '))),
      { numRuns: 300 },
    )
  })

  it('has a damaged sentence exactly if it parses without an error', () => {
    const damage = fc.record({ at: fc.nat(), from: fc.nat(), how: fc.constantFrom('drop', 'double', 'copy', 'swap') })
    fc.assert(
      fc.property(sentences(ebnf, 'declaration', samplesOf), damage, (words, { at, from, how }) => {
        const damaged = [...words]
        const [i, j] = [at % words.length, from % words.length]
        if (how === 'drop') damaged.splice(i, 1)
        else if (how === 'double') damaged.splice(i, 0, words[i] as string)
        else damaged[i] = words[j] as string
        if (how === 'swap') damaged[j] = words[i] as string
        expectAgreement(damaged.join(' '))
      }),
      { numRuns: 300 },
    )
  })

  // Sentences that once were misread.
  it.each([
    ['scale deployment/x +1 when a > 1 for 5m > 3', 'SC1021'],
    ['scale deployment/x +1 when a > 1 3 times in 1m over 2m', 'SC1021'],
    ['let a = 1 mon: scale "text":3scale/ads +1 when a > 1', undefined],
    ['let a = 1 freeze 3scale:ads when a > 1', undefined],
    ['scale process:x +1 when span("GET /cart"/Get* under "a"/*).p99 > 1s', undefined],
  ])('%s', (text, code) => {
    expectAgreement(text)
    expect(parse({ name: 'x', text }).diagnostics[0]?.code).toBe(code)
  })
})
