/** Text → words, for those who colour or complete it. A word is what the parser would take it for, also where the text around it is broken. */
import type { IToken, TokenType } from 'chevrotain'
import type { Comment, TextRange } from '../tree.ts'
import { type Lexed, lexPiece, rangeOf } from './lex.ts'
import * as t from './tokens.ts'

export type WordSort =
  | 'keyword'
  | 'name'
  | 'pattern'
  | 'number'
  | 'duration'
  | 'ratio'
  | 'rate'
  | 'size'
  | 'timeOfDay'
  | 'text'
  | 'openText'
  | 'sign'
  | 'unknown'

export interface ScannedWord {
  readonly range: TextRange
  /** As it stands in the text. */
  readonly text: string
  readonly sort: WordSort
}

export interface Scanned {
  /** In the order of the text. */
  readonly words: readonly ScannedWord[]
  readonly comments: readonly Comment[]
}

/** `text` may be a part of a file that begins and ends with declarations. */
export function scan(text: string): Scanned {
  const lexed: Lexed = { tokens: [], comments: [], foreign: [] }
  lexPiece(text, 0, text.length, lexed)
  return { words: lexed.tokens.map(wordOf), comments: lexed.comments }
}

function wordOf(token: IToken): ScannedWord {
  return { range: rangeOf(token), text: token.image, sort: sorts.get(token.tokenType) ?? (isKeyword(token.tokenType) ? 'keyword' : 'sign') }
}

const sorts: ReadonlyMap<TokenType, WordSort> = new Map<TokenType, WordSort>([
  [t.Name, 'name'],
  [t.Pattern, 'pattern'],
  [t.NumberToken, 'number'],
  [t.DurationToken, 'duration'],
  [t.RatioToken, 'ratio'],
  [t.RateToken, 'rate'],
  [t.SizeToken, 'size'],
  [t.TimeToken, 'timeOfDay'],
  [t.TextToken, 'text'],
  [t.OpenText, 'openText'],
  [t.SingleQuoted, 'text'],
  [t.CurlyQuoted, 'text'],
  [t.DigitWord, 'unknown'],
  [t.LookAlike, 'unknown'],
])

const keywords: ReadonlySet<TokenType> = new Set(Object.values(t.keyword))

function isKeyword(type: TokenType): boolean {
  return keywords.has(type)
}
