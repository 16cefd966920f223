/** What begins no declaration, and is understood as one all the same. */
import type { CstNode, IToken, TokenType } from 'chevrotain'
import type { Diagnostic } from '../diagnostics.ts'
import { report } from '../diagnostics.ts'
import type { Name, SourceText } from '../tree.ts'
import { nameOf } from './build/context.ts'
import { unquote } from './build/literals.ts'
import { parseDeclaration } from './declaration.ts'
import { rangeOf } from './lex.ts'
import * as m from './messages.ts'
import { ranked } from './nearest.ts'
import { synthetic } from './repair/kit.ts'
import type { DeclarationKeyword } from './split.ts'
import { isLabel, isStarter } from './split.ts'
import * as t from './tokens.ts'
import { keyword as k, keywords } from './tokens.ts'
import { foundPhrase, shortened } from './words.ts'

export interface Understood {
  readonly label: Name | undefined
  /** Tokens of the declaration, from its keyword on. */
  readonly body: readonly IToken[]
  readonly cst: CstNode | undefined
  /** Where the declaration ends in the text. */
  readonly end: number
  /** What stands behind it. */
  readonly rest: readonly IToken[]
  readonly diagnostics: readonly Diagnostic[]
  /** The next declaration is part of this one. */
  readonly both: boolean
}

/** The declaration that begins here once its keyword is spelt as it was meant; the parser must come to its second word at least. */
export function misspeltDeclaration(source: SourceText, tokens: readonly IToken[]): Understood | undefined {
  const labelled = isLabel(tokens, 0)
  const [word, ...others] = labelled ? tokens.slice(2) : tokens
  if (word === undefined) return undefined
  const synonym = Object.hasOwn(synonyms, word.image) ? synonyms[word.image] : undefined
  for (const meant of synonym === undefined ? ranked(word.image, starterWords) : [synonym]) {
    const mended: IToken[] = [{ ...word, tokenType: k[meant], tokenTypeIdx: k[meant].tokenTypeIdx as number, payload: meant }, ...others]
    const { cst, read, diagnostics, failedAt } = parseDeclaration(source, mended)
    if (failedAt !== undefined && failedAt <= 1) continue
    const range = rangeOf(word)
    const fix = { title: `write ${meant}`, edits: [{ range, text: meant }] }
    const body = mended.slice(0, read)
    return {
      label: labelled ? nameOf(tokens[0] as IToken) : undefined,
      body,
      cst,
      end: rangeOf(body.at(-1) as IToken).end,
      rest: mended.slice(read),
      diagnostics: [report(m.misspelt, source.name, range, { word: word.image, meant }, { fix }), ...diagnostics],
      both: false,
    }
  }
  return undefined
}

/** `slow = 400ms`: a constant without its word. */
export function bareConstant(source: SourceText, tokens: readonly IToken[]): Understood | undefined {
  const [name, sign] = tokens
  if (name === undefined || sign?.tokenType !== t.Assign || !isWordToken(name)) return undefined
  const place = { start: name.startOffset, end: name.startOffset }
  const mended = [synthetic(place, k.let, 'let'), ...tokens]
  const { cst, read, diagnostics, failedAt } = parseDeclaration(source, mended)
  if (failedAt !== undefined && failedAt <= 2) return undefined
  const fix = { title: 'insert let', edits: [{ range: place, text: 'let ' }] }
  const body = mended.slice(0, read)
  return {
    label: undefined,
    body,
    cst,
    end: rangeOf(body.at(-1) as IToken).end,
    rest: mended.slice(read),
    diagnostics: [report(m.unexpected, source.name, rangeOf(name), { expected: '`let`', found: foundPhrase(name) }, { fix }), ...diagnostics],
    both: false,
  }
}

function isWordToken({ tokenType }: IToken): boolean {
  return tokenType.CATEGORIES?.includes(t.Identifier) === true
}

const starterWords = keywords.filter((word): word is DeclarationKeyword => isStarter(k[word] as TokenType))

/** Of other languages. */
const synonyms: Readonly<Record<string, DeclarationKeyword>> = {
  ...{ const: 'let', var: 'let', set: 'let', define: 'let', def: 'let', val: 'let' },
  ...{ include: 'import', require: 'import', use: 'import', from: 'import' },
  ...{ pause: 'freeze', lock: 'freeze', block: 'freeze', suspend: 'freeze' },
  ...{ autoscale: 'scale', resize: 'scale', rescale: 'scale' },
}

/** `if CONDITION then scale …`, `when CONDITION: scale …`: as it would be with the condition in its place. */
export function conditionFirst(source: SourceText, tokens: readonly IToken[], next: readonly IToken[]): Understood | undefined {
  const word = tokens[0]
  if (word === undefined || !openers.has(word.image)) return undefined
  const inside = tokens.findIndex(({ tokenType }, i) => i > 0 && (tokenType === k.scale || tokenType === k.freeze))
  const at = inside > 0 && isLabel(tokens, inside - 2) ? inside - 2 : inside
  const rule = inside > 0 ? tokens.slice(at) : next
  const labelled = isLabel(rule, 0)
  let body = labelled ? rule.slice(2) : rule
  const kind = body[0]?.tokenType
  if ((kind !== k.scale && kind !== k.freeze) || body.some(({ tokenType }) => tokenType === k.when)) return undefined
  const condition = tokens.slice(1, inside > 0 ? at : undefined)
  const block = condition.at(-1)?.tokenType === t.LeftBrace
  while (closers.has(condition.at(-1)?.image ?? '')) condition.pop()
  const brace = block && body.at(-1)?.tokenType === t.RightBrace ? body.at(-1) : undefined
  if (brace !== undefined) body = body.slice(0, -1)
  const last = body.at(-1)
  const [first, lastOfCondition] = [condition[0], condition.at(-1)]
  if (first === undefined || lastOfCondition === undefined || last === undefined) return undefined
  const { end } = rangeOf(last)
  const written = source.text.slice(first.startOffset, rangeOf(lastOfCondition).end).replace(/\s+/g, ' ')
  const edits = [
    { range: { start: word.startOffset, end: (rule[0] as IToken).startOffset }, text: '' },
    { range: { start: end, end: brace === undefined ? end : rangeOf(brace).end }, text: ` when ${written}` },
  ]
  const mended = [...body, synthetic({ start: end, end }, k.when, 'when'), ...condition]
  const { cst, diagnostics } = parseDeclaration(source, mended)
  const fix = { title: `write ${shortened(`when ${written}`)} behind the action`, edits }
  return {
    label: labelled ? nameOf(rule[0] as IToken) : undefined,
    body: mended,
    cst,
    end,
    rest: [],
    diagnostics: [report(m.conditionFirst, source.name, rangeOf(word), {}, { fix }), ...diagnostics],
    both: inside < 0,
  }
}

const openers: ReadonlySet<string> = new Set(['if', 'when', 'whenever', 'while', 'once', 'on'])
const closers: ReadonlySet<string> = new Set(['then', 'do', ':', ',', '{', '=', '>', '-'])

/** `"ads slow": scale …` */
export function quotedLabel(source: SourceText, tokens: readonly IToken[], [next]: readonly IToken[]): Diagnostic | undefined {
  const [text, colon] = tokens
  if (text?.tokenType !== t.TextToken || colon?.tokenType !== t.Colon || tokens.length > 2) return undefined
  if (next?.tokenType !== k.scale && next?.tokenType !== k.freeze) return undefined
  const name = unquote(text.image)
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .replace(/^[^A-Za-z]+|-+$/g, '')
  const fix = { title: `write ${name}`, edits: [{ range: rangeOf(text), text: name }] }
  return report(m.quotedLabel, source.name, rangeOf(text), { name: name || 'ads-slow', written: 'text' }, name === '' ? {} : { fix })
}

/** `rule ads: scale …`, `ads slow: scale …`: words before the label of the next declaration, on its line. */
export function labelOfWords(source: SourceText, tokens: readonly IToken[], next: readonly IToken[]): Diagnostic | undefined {
  const [first, label] = [tokens[0], next[0]]
  if (first === undefined || label === undefined || !isLabel(next, 0) || tokens.length > mostWords) return undefined
  const range = { start: first.startOffset, end: rangeOf(label).end }
  if (source.text.slice(range.start, range.end).includes('\n') || !tokens.every(isPlainWord)) return undefined
  const keyword = wordsForRule.has(first.image)
  const words = [...tokens.slice(keyword ? 1 : 0), label].map(({ image }) => image)
  const name = words.join('-')
  if (!/^[A-Za-z]/.test(name)) return undefined
  const written = keyword && words.length === 1 ? 'keyword' : 'words'
  const fix = { title: written === 'keyword' ? `remove ${first.image}` : `write ${name}`, edits: [{ range, text: name }] }
  return report(m.quotedLabel, source.name, written === 'keyword' ? rangeOf(first) : range, { name, written }, { fix })
}

/** More words than these are a sentence, and no label. */
const mostWords = 5

/** What other languages begin a rule with. */
const wordsForRule: ReadonlySet<string> = new Set(['rule', 'policy', 'alert', 'scaler', 'name', 'label'])

function isPlainWord({ tokenType: { CATEGORIES: categories } }: IToken): boolean {
  return categories?.includes(t.Identifier) === true || categories?.includes(t.Word) === true
}
