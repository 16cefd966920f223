/** Comments of C and its relatives. */
import type { IToken } from 'chevrotain'
import type { Diagnostic } from '../../diagnostics.ts'
import { report } from '../../diagnostics.ts'
import type { SourceText } from '../../tree.ts'
import * as m from '../messages.ts'
import * as t from '../tokens.ts'
import type { Repair, Trouble } from './kit.ts'
import { between, spliced, touches } from './kit.ts'

/** `a > b /* as agreed *\/ for 5m`; the parser stops at the slash or, where a value could be divided, at the star. */
export function blockComment(at: Trouble): Repair | undefined {
  for (const start of [at.at, at.at - 1]) {
    const found = commentIn({ name: at.file, text: at.text }, at.tokens, start)
    if (found !== undefined) return { diagnostic: found.diagnostic, tokens: spliced(at, start, found.end) }
  }
  return undefined
}

/** The comment whose slash is the token at `start`, and the number of the token behind it. */
export function commentIn(source: SourceText, tokens: readonly IToken[], start: number): { readonly diagnostic: Diagnostic; readonly end: number } | undefined {
  const [slash, star] = tokens.slice(Math.max(0, start), start + 2)
  if (slash === undefined || star === undefined || slash.tokenType !== t.Slash || star.tokenType !== t.Star || !touches(slash, star)) return undefined
  const close = tokens.findIndex(
    (token, i) => i > start + 1 && token.tokenType === t.Star && tokens[i + 1]?.tokenType === t.Slash && touches(token, tokens[i + 1]),
  )
  if (close < 0) return undefined
  const range = between(slash, tokens[close + 1] as IToken)
  const edit = ours(source.text, range.start, range.end)
  const fix = { title: 'write //', edits: [{ range: { start: range.start, end: edit.end }, text: edit.text }] }
  return { diagnostic: report(m.commentSign, source.name, range, {}, { fix }), end: close + 2 }
}

/** The same comment with our sign on each of its lines; what stands behind it begins a new one. */
function ours(text: string, start: number, close: number): { readonly text: string; readonly end: number } {
  const doc = /^\/\*\*(?![*/])/.test(text.slice(start, close))
  const sign = doc ? '///' : '//'
  const indent = /[ \t]*$/.exec(text.slice(0, start))?.[0] ?? ''
  const alone = /(?:^|[\r\n])[ \t]*$/.test(text.slice(0, start))
  const lines = text
    .slice(start + 2, close - 2)
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
