/**
 * Writes grammar/scale.tmLanguage.json, by which editors and websites colour SCALE: `npm run grammar`. The words come from the language
 * itself; which of them is a keyword where is told here by what stands around it, since a TextMate grammar cannot parse.
 */
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { vocabulary } from '../src/language/index.ts'
import { keywords, Name, TextToken } from '../src/language/syntax/tokens.ts'

export interface Pattern {
  readonly name?: string
  readonly match?: string
  readonly begin?: string
  readonly end?: string
  readonly captures?: Readonly<Record<string, { readonly name: string }>>
  readonly beginCaptures?: Readonly<Record<string, { readonly name: string }>>
  readonly endCaptures?: Readonly<Record<string, { readonly name: string }>>
  readonly patterns?: readonly Pattern[]
  readonly include?: string
}

export interface TextMateGrammar {
  readonly name: string
  readonly scopeName: string
  readonly fileTypes: readonly string[]
  readonly patterns: readonly Pattern[]
  readonly repository: Readonly<Record<string, { readonly patterns: readonly Pattern[] }>>
}

/** Keywords by the colour that they get. The rest are words of clauses and statements. */
const declarations = ['language', 'import', 'let', 'defaults', 'target', 'scale', 'freeze', 'test']
const logic = ['and', 'or', 'not']
const functions = ['span', 'replicas', 'ready', 'metric', 'forecast', 'min', 'max', 'absent']
const constants = ['true', 'false']
const ofSelectors = ['where', 'under', 'child', 'of', 'has', 'matches', 'in']

const escaped = (word: string): string => word.replace(/[/\\^$.*+?()[\]{}|]/g, '\\$&')
const any = (words: readonly string[]): string =>
  `(?:${[...words]
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .map(escaped)
    .join('|')})`
/** A word by itself: not a part of a name, of a workload, of an operation or of a path. */
const word = (words: readonly string[]): string => `(?<![\\w./:-])${any(words)}(?![\\w:]|[-.]\\w|\\s*/)`
const source = (pattern: unknown): string => (pattern as RegExp).source
const name = source(Name.PATTERN)

const { unit: units } = vocabulary
const durationUnits = units.filter((unit) => /^(?:[num]?s|[mhd])$/.test(unit))
const sizeUnits = units.filter((unit) => unit.endsWith('B'))
const rateUnits = units.filter((unit) => unit.startsWith('/'))

const include = (key: string): Pattern => ({ include: `#${key}` })
const number = '\\d+(?:\\.\\d+)?'
const behindNumber = '(?![\\w%])'

export function textMateGrammar(): TextMateGrammar {
  return {
    name: 'SCALE',
    scopeName: 'source.scale',
    fileTypes: ['scale'],
    patterns: ['comments', 'texts', 'labels', 'lets', 'spans', 'functions', 'stats', 'literals', 'modes', 'keywords', 'names', 'signs'].map(include),
    repository: {
      comments: {
        patterns: [
          { name: 'comment.line.documentation.scale', match: '///(?!/).*$' },
          { name: 'comment.line.double-slash.scale', match: '//.*$' },
        ],
      },
      texts: {
        patterns: [
          {
            name: 'string.quoted.double.scale',
            match: source(TextToken.PATTERN),
          },
          { name: 'invalid.illegal.unclosed.scale', match: '"[^"]*$' },
        ],
      },
      labels: {
        patterns: [
          {
            match: `(${name})\\s*(:)(?=\\s*(?:scale|freeze)\\b)`,
            captures: { 1: { name: 'entity.name.function.rule.scale' }, 2: { name: 'punctuation.separator.label.scale' } },
          },
        ],
      },
      lets: {
        patterns: [
          { match: `\\b(let)\\s+(${name})(?=\\s*=)`, captures: { 1: { name: 'keyword.declaration.scale' }, 2: { name: 'variable.other.constant.scale' } } },
        ],
      },
      spans: {
        patterns: [
          {
            name: 'meta.selector.scale',
            begin: '(?<![\\w./:-])(span)\\s*(\\()',
            beginCaptures: { 1: { name: 'support.function.scale' }, 2: { name: 'punctuation.section.parens.begin.scale' } },
            end: '\\)',
            endCaptures: { 0: { name: 'punctuation.section.parens.end.scale' } },
            patterns: [include('inSelector')],
          },
        ],
      },
      inSelector: {
        patterns: [
          include('comments'),
          include('texts'),
          { name: 'meta.group.scale', begin: '\\(', end: '\\)', patterns: [include('inSelector')] },
          { name: 'keyword.operator.word.scale', match: word(logic) },
          { name: 'variable.language.field.scale', match: `${word(vocabulary.field)}(?=\\s*(?:[=!<>]|matches\\b|in\\b))` },
          { name: 'keyword.control.selector.scale', match: word(ofSelectors) },
          {
            match: `([=!]=)\\s*(${any([...vocabulary.kind, ...vocabulary.status, ...constants])})(?![\\w.-])`,
            captures: { 1: { name: 'keyword.operator.comparison.scale' }, 2: { name: 'constant.language.scale' } },
          },
          include('literals'),
          { name: 'keyword.operator.comparison.scale', match: '[=!<>]=|[<>]' },
          include('names'),
          { name: 'keyword.operator.wildcard.scale', match: '\\*' },
        ],
      },
      functions: { patterns: [{ name: 'support.function.scale', match: `(?<![\\w./:-])${any(functions)}(?=\\s*\\()` }] },
      stats: {
        patterns: [
          {
            match: `(?<=\\))\\s*((?:\\.\\s*${any([...vocabulary.stat, ...vocabulary.field])}(?![\\w-]))+)`,
            captures: { 1: { name: 'support.variable.stat.scale' } },
          },
        ],
      },
      literals: {
        patterns: [
          { name: 'constant.numeric.time.scale', match: `\\b\\d+:\\d\\d\\b` },
          { name: 'constant.numeric.rate.scale', match: `(?<![\\w.])${number}${any(rateUnits)}${behindNumber}` },
          { name: 'constant.numeric.duration.scale', match: `(?<![\\w.])(?:${number}${any(durationUnits)})+${behindNumber}` },
          { name: 'constant.numeric.size.scale', match: `(?<![\\w.])${number}${any(sizeUnits)}${behindNumber}` },
          { name: 'constant.numeric.ratio.scale', match: `(?<![\\w.])${number}%` },
          { name: 'constant.numeric.scale', match: `(?<![\\w./:])${number}${behindNumber}(?!\\s*/)` },
        ],
      },
      modes: {
        patterns: [
          {
            match: `(?<![\\w./:-])(mode|combine)\\s+(${any([...vocabulary.mode, ...vocabulary.combination])})(?![\\w-])`,
            captures: { 1: { name: 'keyword.other.clause.scale' }, 2: { name: 'constant.language.scale' } },
          },
        ],
      },
      keywords: {
        patterns: [
          { name: 'keyword.declaration.scale', match: word(declarations) },
          { name: 'keyword.operator.word.scale', match: word(logic) },
          { name: 'constant.language.scale', match: word(constants) },
          { name: 'keyword.other.clause.scale', match: word(keywords.filter((k) => ![...declarations, ...logic, ...constants].includes(k))) },
        ],
      },
      // Taken whole, so that no part of a name is a sign.
      names: { patterns: [{ match: name }] },
      signs: {
        patterns: [
          { name: 'keyword.operator.comparison.scale', match: '[=!<>]=|[<>]' },
          { name: 'keyword.operator.assignment.scale', match: '=' },
          { name: 'keyword.operator.arithmetic.scale', match: '[-+*±]|(?<=\\s)/(?=\\s)' },
        ],
      },
    },
  }
}

/** The file's text. */
export function textMateJson(): string {
  return `${JSON.stringify(textMateGrammar(), undefined, 2)}\n`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync('grammar/scale.tmLanguage.json', textMateJson())
