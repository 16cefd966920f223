/**
 * Where declarations begin. Keywords are names too, so a keyword begins a declaration only if its neighbours say so. A broken program
 * is cut by the same rules and by one more: a keyword that is first on its line begins a declaration unless the token before it
 * asks for a name.
 */
import type { IToken, TokenType } from 'chevrotain'
import * as t from './tokens.ts'
import { keyword as k } from './tokens.ts'

export type DeclarationKeyword = 'scale' | 'freeze' | 'target' | 'let' | 'defaults' | 'test' | 'import'

const starters: ReadonlySet<TokenType> = new Set([k.scale, k.freeze, k.target, k.let, k.defaults, k.test, k.import])
/** The same by number, since every token of a file is looked up. */
const isStarterNumber: readonly boolean[] = Array.from({ length: Math.max(...[...starters].map(({ tokenTypeIdx }) => tokenTypeIdx as number)) + 1 }, (_, i) =>
  [...starters].some(({ tokenTypeIdx }) => tokenTypeIdx === i),
)

export function isStarter(type: TokenType): boolean {
  return starters.has(type)
}

/** Index of the first token of each declaration, its label included. */
export function split(text: string, tokens: readonly IToken[]): number[] {
  const starts: number[] = []
  for (let i = 0; i < tokens.length; i++) {
    if (isStarterNumber[(tokens[i] as IToken).tokenTypeIdx] !== true || !begins(text, tokens, i)) continue
    const type = (tokens[i] as IToken).tokenType
    const labelled = (type === k.scale || type === k.freeze) && isLabel(tokens, i - 2)
    starts.push(labelled ? i - 2 : i)
  }
  return starts
}

/** A name and a colon at `i`. */
export function isLabel(tokens: readonly IToken[], i: number): boolean {
  return tokens[i]?.tokenType.CATEGORIES?.includes(t.Identifier) === true && tokens[i + 1]?.tokenType === t.Colon
}

function begins(text: string, tokens: readonly IToken[], i: number): boolean {
  const token = tokens[i] as IToken
  const before = tokens[i - 1]
  const next = tokens[i + 1]?.tokenType
  const afterNext = tokens[i + 2]
  if (isLabel(tokens, i) && isKeywordOfRule(tokens[i + 2])) return false
  switch (token.tokenType) {
    case k.let:
      if (isName(next) && afterNext?.tokenType === t.Assign) return true
      break
    case k.test:
    case k.import:
      if (next === t.TextToken || next === t.OpenText) return true
      break
    case k.defaults:
      if (next === t.LeftBrace && before?.tokenType !== t.Slash && before?.tokenType !== t.Colon && before?.tokenType !== k.in) return true
      break
    default: {
      // `scale deployment/x`, `scale nomad:x`; but `every scale` before the rule `deployment: scale …`.
      if (isPart(next) && (afterNext?.tokenType === t.Slash || (afterNext?.tokenType === t.Colon && !isKeywordOfRule(tokens[i + 3])))) return true
    }
  }
  if (next === t.Colon || next === t.Slash) return false
  const first = isKeywordOfRule(token) && isLabel(tokens, i - 2) ? i - 2 : i
  const asker = tokens[first - 1]
  return isFirstOnLine(text, tokens, first) && !(asker !== undefined && asksForName(asker))
}

export function isFirstOnLine(text: string, tokens: readonly IToken[], i: number): boolean {
  const before = tokens[i - 1]
  return before === undefined || text.slice(before.startOffset + before.image.length, (tokens[i] as IToken).startOffset).includes('\n')
}

function isName(type: TokenType | undefined): boolean {
  return type?.CATEGORIES?.includes(t.Identifier) === true
}

function isPart(type: TokenType | undefined): boolean {
  return isName(type) || type === t.TextToken || type?.CATEGORIES?.includes(t.Word) === true
}

function isKeywordOfRule(token: IToken | undefined): boolean {
  return token?.tokenType === k.scale || token?.tokenType === k.freeze
}

const askers: ReadonlySet<TokenType> = new Set([
  ...[t.LeftParen, t.Comma, t.Dot, t.Slash, t.Plus, t.Minus, t.Star, t.Equal, t.NotEqual, t.Less, t.LessEqual, t.Greater, t.GreaterEqual],
  ...[t.Assign, k.and, k.or, k.not, k.has, k.where, k.under, k.of, k.in, k.let, k.over, k.for, k.every, k.cooldown, k.stable, k.within, k.per, k.after],
  ...[k.before, k.mode, k.combine, k.namespace, k.given, k.expect, k.on, k.by, k.at, k.taking, k.from, k.to, k.during, k.between, k.when],
  ...[k.scale, k.freeze, k.target],
])

/** Whether a name may stand right behind this token, so that a keyword there is one. A label's colon is no asker. */
export function asksForName(token: IToken): boolean {
  return askers.has(token.tokenType)
}
