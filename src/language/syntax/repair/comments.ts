/** Comments of C and its relatives. */
import type { IToken, TokenType } from 'chevrotain'
import type { Diagnostic, Fix } from '../../diagnostics.ts'
import { report } from '../../diagnostics.ts'
import type { SourceText } from '../../tree.ts'
import type { Lexed } from '../lex.ts'
import { lexPiece } from '../lex.ts'
import * as m from '../messages.ts'
import { isFirstOnLine } from '../split.ts'
import * as t from '../tokens.ts'
import type { Repair, Trouble } from './kit.ts'
import { between, endOf, spliced, touches } from './kit.ts'

/** `a > b /* as agreed *\/ for 5m`; the parser stops at the slash or, where a value could be divided, at the star. */
export function blockComment(at: Trouble): Repair | undefined {
  for (const start of [at.at - 1, at.at]) {
    const found = commentIn({ name: at.file, text: at.text }, at.tokens, start)
    if (found !== undefined) return { diagnostic: found.diagnostic, tokens: spliced(at, start, found.end) }
  }
  return undefined
}

interface Found {
  readonly diagnostic: Diagnostic
  /** The number of the token behind it. */
  readonly end: number
}

/** The comment whose slash is the token at `start`, or the end of one whose star it is. */
export function commentIn(source: SourceText, tokens: readonly IToken[], start: number): Found | undefined {
  if (isSign(tokens, start, t.Star, t.Slash)) {
    const range = between(tokens[start] as IToken, tokens[start + 1] as IToken)
    // Where it began nobody knows, and to delete it might bring to life what it was to hide.
    return { diagnostic: report(m.commentSign, source.name, range, { sign: '*/' }), end: start + 2 }
  }
  if (!isSign(tokens, start, t.Slash, t.Star)) return undefined
  const slash = tokens[start] as IToken
  const close = tokens.findIndex((_, i) => i > start + 1 && isSign(tokens, i, t.Star, t.Slash))
  if (close < 0) return openComment(source, tokens, start)
  const range = between(slash, tokens[close + 1] as IToken)
  const edit = ours(source.text, range.start, range.end)
  return { diagnostic: report(m.commentSign, source.name, range, { sign: '/*' }, { fix: fixOf(range.start, edit) }), end: close + 2 }
}

/** Two tokens that touch, and are one sign elsewhere. */
function isSign(tokens: readonly IToken[], i: number, first: TokenType, second: TokenType): boolean {
  return tokens[i]?.tokenType === first && tokens[i + 1]?.tokenType === second && touches(tokens[i], tokens[i + 1])
}

/** One that nothing closes is taken to end with its line, or with the last of the lines that go on with a star, as is the habit. */
function openComment({ name, text }: SourceText, tokens: readonly IToken[], start: number): Found {
  const { startOffset } = tokens[start] as IToken
  let close = lineEnd(text, startOffset)
  let end = tokens.findIndex((token) => token.startOffset >= close)
  while (end >= 0 && tokens[end]?.tokenType === t.Star && isFirstOnLine(text, tokens, end)) {
    close = lineEnd(text, tokens[end]?.startOffset ?? close)
    end = tokens.findIndex((token) => token.startOffset >= close)
  }
  if (end < 0) {
    end = tokens.length
    close = withoutNext(text, endOf(tokens.at(-1) as IToken), close)
  }
  close = startOffset + text.slice(startOffset, close).trimEnd().length
  // What stands behind it on its line is a comment, too.
  const edit = { text: ours(text, startOffset, close).text.trimEnd(), end: close }
  return { diagnostic: report(m.commentSign, name, { start: startOffset, end: close }, { sign: '/*', isOpen: true }, { fix: fixOf(startOffset, edit) }), end }
}

function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from)
  return newline < 0 ? text.length : newline
}

/** `end`, or where the next declaration begins before it: its words are not among the tokens. */
function withoutNext(text: string, start: number, end: number): number {
  const rest: Lexed = { tokens: [], comments: [], foreign: [] }
  lexPiece(text.slice(0, end), start, end, rest)
  return rest.tokens[0]?.startOffset ?? end
}

function fixOf(start: number, { text, end }: Edit): Fix {
  return { title: 'write //', edits: [{ range: { start, end }, text }] }
}

interface Edit {
  readonly text: string
  readonly end: number
}

/** The same comment with our sign on each of its lines; what stands behind it begins a new one. */
function ours(text: string, start: number, close: number): Edit {
  const doc = /^\/\*\*(?![*/])/.test(text.slice(start, close))
  const sign = doc ? '///' : '//'
  const indent = /[ \t]*$/.exec(text.slice(0, start))?.[0] ?? ''
  const alone = /(?:^|[\r\n])[ \t]*$/.test(text.slice(0, start))
  const lines = text
    .slice(start + 2, close)
    .replace(/\*\/$/, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/^\s*\**\s?/, '').trimEnd())
  while (lines.length > 1 && lines[0] === '') lines.shift()
  while (lines.length > 1 && lines.at(-1) === '') lines.pop()
  const written = lines.map((line) => `${sign} ${line}`.trimEnd()).join(`\n${alone ? indent : ''}`)
  const [blanks = ''] = /^[ \t]*/.exec(text.slice(close)) ?? []
  const end = close + blanks.length
  const last = end === text.length || /[\r\n]/.test(text[end] ?? '')
  return last ? { text: written, end: close } : { text: `${written}\n${alone ? indent : '  '}`, end }
}
