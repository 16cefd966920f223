/** Colours by meaning: what the words of the text are by the lexer, and what names mean by the tree. Works in broken declarations too, by the lexer alone. */
import { type Declaration, type Name, scan, type TextRange, type WordSort } from '../../src/language/index.ts'
import type { Document } from '../contract.ts'
import { overlap, visitNodes } from '../tree.ts'

/** In the order of the numbers that stand for them. */
export const tokenTypes = [
  ...(['keyword', 'comment', 'string', 'number', 'operator', 'variable', 'function'] as const),
  ...(['class', 'type', 'namespace', 'method', 'property', 'enumMember'] as const),
] as const
export const tokenModifiers = ['declaration', 'readonly', 'documentation', 'defaultLibrary'] as const

type TokenType = (typeof tokenTypes)[number]
type TokenModifier = (typeof tokenModifiers)[number]

interface Token {
  readonly range: TextRange
  readonly type: TokenType
  readonly modifiers: readonly TokenModifier[]
}

/** The protocol's numbers, five a token; of the tokens in `range` alone, if one is given. */
export function semanticTokens(document: Document, range?: TextRange): readonly number[] {
  const { lines, text } = document
  const data: number[] = []
  let line = 0
  let character = 0
  for (const token of tokensOf(document)) {
    if (range !== undefined && !overlap(token.range, range)) continue
    // No token of the language runs over a line; one that a repair made of two might.
    if (text.slice(token.range.start, token.range.end).includes('\n')) continue
    const start = lines.positionAt(token.range.start)
    data.push(
      start.line - line,
      start.line === line ? start.character - character : start.character,
      token.range.end - token.range.start,
      tokenTypes.indexOf(token.type),
      token.modifiers.reduce((bits, modifier) => bits | (1 << tokenModifiers.indexOf(modifier)), 0),
    )
    line = start.line
    character = start.character
  }
  return data
}

/** What to replace in `before` to have `now`: at most one stretch, in whole tokens. */
export function tokenEdits(
  before: readonly number[],
  now: readonly number[],
): readonly { readonly start: number; readonly deleteCount: number; readonly data: number[] }[] {
  const most = Math.min(before.length, now.length)
  let head = 0
  while (head < most && before[head] === now[head]) head++
  head -= head % 5
  let tail = 0
  while (tail < most - head && before[before.length - 1 - tail] === now[now.length - 1 - tail]) tail++
  tail -= tail % 5
  if (head === before.length && head === now.length) return []
  return [{ start: head, deleteCount: before.length - head - tail, data: now.slice(head, now.length - tail) }]
}

const sorts: Readonly<Record<WordSort, TokenType | undefined>> = {
  keyword: 'keyword',
  name: undefined,
  pattern: undefined,
  number: 'number',
  duration: 'number',
  ratio: 'number',
  rate: 'number',
  size: 'number',
  timeOfDay: 'number',
  text: 'string',
  openText: 'string',
  sign: 'operator',
  unknown: undefined,
}

/** Signs that only separate have no colour of their own. */
const plainSigns = new Set(['(', ')', '{', '}', ',', '.', ':', '[', ']', ';'])

function tokensOf({ text, parsed }: Document): readonly Token[] {
  const { words, comments } = scan(text)
  const named = new Map<number, Token>()
  for (const declaration of parsed.tree.declarations) namesIn(declaration, (token) => named.set(token.range.start, token))
  const found: Token[] = comments.map(({ range, doc }) => ({ range, type: 'comment', modifiers: doc ? ['documentation'] : [] }))
  let covered = 0
  for (const { range, text: word, sort } of words) {
    if (range.start < covered) continue
    const name = named.get(range.start)
    if (name !== undefined) {
      found.push(name)
      covered = name.range.end
      continue
    }
    const type = sorts[sort]
    if (type !== undefined && !(type === 'operator' && plainSigns.has(word))) found.push({ range, type, modifiers: [] })
  }
  return found.sort((a, b) => a.range.start - b.range.start)
}

function namesIn(declaration: Declaration, add: (token: Token) => void): void {
  const name = (node: unknown, type: TokenType, ...modifiers: TokenModifier[]): void => {
    if (isName(node)) add({ range: node.range, type, modifiers })
  }
  if (declaration.kind === 'let') name(declaration.name, 'variable', 'declaration', 'readonly')
  if (declaration.kind === 'rule' || declaration.kind === 'freeze') name(declaration.label, 'function', 'declaration')
  visitNodes(declaration, (node) => {
    const at = node as unknown as Readonly<Record<string, unknown>>
    if ('workloadKind' in at) {
      name(at.orchestrator, 'namespace')
      name(at.workloadKind, 'type')
      name(at.name, 'class')
      name(at.namespace, 'namespace')
    } else if ('ancestor' in at) {
      name(at.service, 'namespace')
      name(at.operation, 'method')
    } else if ('arguments' in at && 'name' in at) name(at.name, 'property', 'defaultLibrary')
    else if ('field' in at) name(at.field, 'property')
    else if (at.kind === 'name') name(at.name, 'variable', 'readonly')
    else if (at.kind === 'expectFires' || at.kind === 'expectUnknown') name(at.rule, 'function')
    else if (at.kind === 'mode') name(at.mode, 'enumMember')
    else if (at.kind === 'combine') name(at.how, 'enumMember')
    else if (at.kind === 'namespace') name(at.name, 'namespace')
  })
  // Words on the right of tests on spans, as in `kind = client`, look like constants and are none.
  visitNodes(declaration, (node) => {
    const at = node as unknown as Readonly<Record<string, unknown>>
    if ('field' in at) name(nameOfValue(at.value), 'enumMember')
  })
}

function nameOfValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'name' && 'name' in value ? value.name : undefined
}

function isName(node: unknown): node is Name {
  return typeof node === 'object' && node !== null && 'quoted' in node && 'range' in node
}
