/** Text whose quotes are missing, or are others. */
import type { IToken } from 'chevrotain'
import { quote } from '../build/literals.ts'
import * as m from '../messages.ts'
import * as t from '../tokens.ts'
import { keyword as k } from '../tokens.ts'
import { shortened } from '../words.ts'
import type { Repair, Trouble } from './kit.ts'
import { between, hopeless, isWord, rangeOf, replaced, textOf, touches } from './kit.ts'

export function openText(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  return token?.tokenType === t.OpenText ? hopeless(at, m.quoteMissing, rangeOf(token), {}) : undefined
}

export function singleQuotes(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  if (token?.tokenType !== t.SingleQuoted) return undefined
  const text = quote(token.image.slice(1, -1))
  return replaced(at, at.at, 1, t.TextToken, text, m.singleQuotes, {}, `write ${text}`)
}

/** `import other.scale`, `during … in Europe/Paris`, `matches Get*`; the name of a test may have several words. */
export function textWithoutQuotes(at: Trouble): Repair | undefined {
  const first = at.tokens[at.at]
  if (!isWord(first) || !at.expected.includes('Text') || at.expected.includes('Identifier') || at.expected.includes('Word')) return undefined
  let end = at.at + 1
  if (at.tokens[0]?.tokenType === k.test) while (end < at.tokens.length && at.tokens[end]?.tokenType !== t.LeftBrace) end++
  else while (touches(at.tokens[end - 1], at.tokens[end]) && at.tokens[end]?.tokenType !== t.RightParen) end++
  const written = textOf(at, between(first, at.tokens[end - 1] as IToken))
  if (written.includes('"') || written.includes('\n')) return undefined
  return replaced(at, at.at, end - at.at, t.TextToken, quote(written), m.textNotQuoted, { text: shortened(written) }, `write ${quote(shortened(written))}`)
}
