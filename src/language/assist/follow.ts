/** The tokens of a declaration that is being written, through the grammar: where they do not fit, the least that makes them fit is imagined. */
import type { IToken, TokenType } from 'chevrotain'
import { nearest } from '../syntax/nearest.ts'
import { isFirstOnLine } from '../syntax/split.ts'
import { keyword, Name } from '../syntax/tokens.ts'
import type { Grammar } from './grammar.ts'
import { type Next, type Use, Walk, type Ways } from './walk.ts'

export interface Followed {
  readonly next: readonly Next[]
  /** The declaration may end here. */
  readonly whole: boolean
  /** Every use of a rule that began with some token, in their order. */
  readonly begun: readonly Use[]
  /** Index of a token on a new line behind a whole declaration, from which on nothing is understood. */
  readonly strayFrom: number | undefined
}

/** More mistakes than anybody makes in one declaration: from there on what does not fit is left out. */
const mostImagined = 40

/** Places in the grammar: a rule that is right has a few hundred of them. Each guess makes more, and somebody waits for the answer. */
const mostPlaces = 15_000

export function follow(grammar: Grammar, rule: string, text: string, tokens: readonly IToken[]): Followed {
  const walk = new Walk(grammar)
  const begun: Use[] = []
  let ways = walk.begin(rule)
  let imagined = 0
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as IToken
    let taken = walk.take(ways, token, i)
    if (taken === undefined && ways.whole && isFirstOnLine(text, tokens, i)) return { next: [], whole: true, begun, strayFrom: i }
    if (taken === undefined && imagined++ < mostImagined && walk.size < mostPlaces) taken = imagine(walk, ways, tokens, i)
    if (taken === undefined) continue
    ways = taken
    begun.push(...ways.begun)
  }
  return { next: walk.next(ways), whole: ways.whole, begun, strayFrom: undefined }
}

/** How many of the tokens behind it say whether a guess is good. */
const looked = 4
const mostMissing = 3

/** The ways behind token `i`, which does not fit: it is misspelt, tokens before it are missing, it stands for another one, or is too much. */
function imagine(walk: Walk, ways: Ways, tokens: readonly IToken[], i: number): Ways | undefined {
  const token = tokens[i] as IToken
  const meant = misspelt(walk, ways, token)
  if (meant !== undefined) return walk.takeAny(ways, i, meant)
  const guesses: Ways[] = []
  let before = ways
  for (let missing = 0; missing < mostMissing && walk.size < mostPlaces; missing++) {
    before = walk.takeAny(before, i)
    const behind = walk.take(before, token, i)
    if (behind !== undefined) guesses.push(behind)
    const meant = misspelt(walk, before, token)
    if (meant !== undefined) guesses.push(walk.takeAny(before, i, meant))
  }
  guesses.push(walk.takeAny(ways, i), ways)
  let best: Ways | undefined
  let most = -1
  for (const guess of guesses) {
    const fit = fitting(walk, guess, tokens, i + 1)
    if (fit <= most) continue
    best = guess
    most = fit
  }
  return best === ways ? undefined : best
}

/** The keyword that may come and that the token is nearly. */
function misspelt(walk: Walk, ways: Ways, token: IToken): TokenType | undefined {
  if (token.tokenType !== Name) return undefined
  const words = walk.next(ways).flatMap(({ type }) => (Object.hasOwn(keyword, type.name) ? [type.name] : []))
  const near = nearest(token.image, words)
  return near === undefined ? undefined : keyword[near as keyof typeof keyword]
}

function fitting(walk: Walk, from: Ways, tokens: readonly IToken[], start: number): number {
  let ways = from
  let fit = 0
  for (let i = start; i < Math.min(tokens.length, start + looked); i++, fit++) {
    const taken = walk.take(ways, tokens[i] as IToken, i)
    if (taken === undefined) break
    ways = taken
  }
  return fit
}
