/** Signs of other languages. */
import type { IToken } from 'chevrotain'
import { report } from '../../diagnostics.ts'
import type { TextRange } from '../../tree.ts'
import { unquote } from '../build/literals.ts'
import * as m from '../messages.ts'
import * as t from '../tokens.ts'
import { keyword as k } from '../tokens.ts'
import { shortened } from '../words.ts'
import { globOf } from './globs.ts'
import type { Repair, Trouble } from './kit.ts'
import { between, endOf, gap, isWord, lexedAs, rangeOf, removed, replaced, rewritten, spliced, synthetic, touches } from './kit.ts'

/** `&&`, `||`, `!`, a single `=`, `=>`, `<>` */
export function signs(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  const next = at.tokens[at.at + 1]
  switch (token?.tokenType) {
    case t.AndAnd:
    case t.OrOr:
    case t.Bang: {
      const word = token.tokenType === t.AndAnd ? 'and' : token.tokenType === t.OrOr ? 'or' : 'not'
      // `!(a)` becomes `not (a)`, and `a&&b` gets its spaces.
      const before = at.text[token.startOffset - 1] ?? ' '
      const after = at.text[endOf(token)] ?? ' '
      const written = `${word !== 'not' && /\S/.test(before) ? ' ' : ''}${word}${/\S/.test(after) ? ' ' : ''}`
      return replaced(at, at.at, 1, k[word], word, m.wordForSign, { sign: token.image, word }, `write ${word}`, written)
    }
    case t.Assign: {
      const pair = next !== undefined && touches(token, next) ? next : undefined
      if (pair?.tokenType === t.Greater) return replaced(at, at.at, 2, t.GreaterEqual, '>=', m.comparisonSpelling, { sign: '=>', meant: '>=' }, 'write >=')
      if (pair?.tokenType === t.Less) return replaced(at, at.at, 2, t.LessEqual, '<=', m.comparisonSpelling, { sign: '=<', meant: '<=' }, 'write <=')
      // `===`, of JavaScript, is `==` and this.
      if (at.tokens[at.at - 1]?.tokenType === t.Equal && touches(at.tokens[at.at - 1], token))
        return replaced(at, at.at - 1, 2, t.Equal, '==', m.comparisonSpelling, { sign: '===', meant: '==' }, 'write ==')
      return replaced(at, at.at, 1, t.Equal, '==', m.singleEqual, {}, 'write ==')
    }
    case t.Greater:
      if (at.tokens[at.at - 1]?.tokenType === t.Less && touches(at.tokens[at.at - 1], token))
        return replaced(at, at.at - 1, 2, t.NotEqual, '!=', m.comparisonSpelling, { sign: '<>', meant: '!=' }, 'write !=')
      return undefined
    default:
      return undefined
  }
}

/** `name =~ "Get.*"`, `name !~ "Get.*"` */
export function regularExpression(at: Trouble): Repair | undefined {
  const sign = at.tokens[at.at]
  const value = at.tokens[at.at + 1]
  const field = at.tokens[at.at - 1]
  const negative = sign?.tokenType === t.Bang
  if ((sign?.tokenType !== t.Assign && !negative) || !gap(at, sign, value).startsWith('~') || field === undefined) return undefined
  const range = { start: sign.startOffset, end: endOf(sign) + 1 }
  const whole = { start: range.start, end: value?.tokenType === t.TextToken ? endOf(value) : range.end }
  const pattern = value?.tokenType === t.TextToken ? globOf(unquote(value.image)) : undefined
  const [text, none] = pattern === undefined ? ['matches "…"', undefined] : [pattern, 'fix' as const]
  const parameters = { sign: negative ? '!~' : '=~', meant: negative ? `not … ${text}` : text }
  if (none === undefined || value === undefined)
    return { diagnostic: report(m.regularExpression, at.file, whole, parameters), tokens: at.tokens, trust: 'stop' }
  const front = { start: field.startOffset, end: field.startOffset }
  const edits = [...(negative ? [{ range: front, text: 'not ' }] : []), { range: whole, text }]
  return {
    diagnostic: report(m.regularExpression, at.file, whole, parameters, { fix: { title: `write ${parameters.meant}`, edits } }),
    tokens: spliced(at, at.at - 1, at.at + 2, ...(negative ? [synthetic(front, k.not, 'not')] : []), field, ...lexedAs(whole, text)),
  }
}

/** `rate[5m]`, as PromQL has it. */
export function brackets(at: Trouble): Repair | undefined {
  const [open, window, close] = at.tokens.slice(at.at, at.at + 3)
  if (open?.tokenType !== t.LeftBracket || window?.tokenType !== t.DurationToken || close?.tokenType !== t.RightBracket) return undefined
  const whole: TextRange = between(open, close)
  const text = `over ${window.image}`
  const fix = { title: `write ${text}`, edits: [{ range: whole, text: ` ${text}` }] }
  return {
    diagnostic: report(m.windowInBrackets, at.file, whole, { window: window.image }, { fix }),
    tokens: spliced(at, at.at, at.at + 3, synthetic(rangeOf(open), k.over, 'over'), window),
  }
}

/** `between 1-10`, `between 1 to 10`, `between 1, 10` */
export function rangeSigns(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  const before = at.tokens[at.at - 1]
  if (token === undefined || before?.tokenType !== t.NumberToken || at.tokens[at.at - 2]?.tokenType !== k.between || !at.expected.includes('and'))
    return undefined
  let end = at.at
  for (let next = at.tokens[end]; next !== undefined && rangeWords.has(next.image); next = at.tokens[++end]);
  if (end === at.at || at.tokens[end]?.tokenType !== t.NumberToken) return undefined
  const written = at.text.slice(token.startOffset, endOf(at.tokens[end - 1] as IToken))
  return rewrittenApart(at, at.at, end, 'and', written)
}

/** `during mon-fri 08:00 to 18:00`, `during 8-18`: the parser takes the second for a number of times. */
export function hours(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  const [before, behind] = [at.tokens[at.at - 1], at.tokens[at.at + 1]]
  if (token === undefined || before === undefined || behind === undefined) return undefined
  if (before.tokenType === t.TimeToken && behind.tokenType === t.TimeToken && at.expected.includes('Minus') && rangeWords.has(token.image))
    return replaced(at, at.at, 1, t.Minus, '-', m.misspelt, { word: token.image, meant: '-' }, 'write -')
  // Without a day the parser stops at the hour itself.
  const start = before.tokenType === k.during ? at.at : at.at - 1
  const [first, sign, second] = at.tokens.slice(start, start + 3)
  const [from, to] = [hourOf(first), hourOf(second)]
  const last = at.tokens.slice(0, start).findLast(({ tokenType }) => tokenType === k.during || tokenType === k.and || tokenType === k.or)
  if (sign?.tokenType !== t.Minus || from === undefined || to === undefined || last?.tokenType !== k.during) return undefined
  const meant = `${from}-${to}`
  return rewritten(at, start, start + 3, meant, m.misspelt, { word: `${first?.image}-${second?.image}`, meant })
}

/** `18:00` of `18`. */
function hourOf(token: IToken | undefined): string | undefined {
  const { tokenType, image = '' } = token ?? {}
  if (tokenType === t.TimeToken) return image
  return tokenType === t.NumberToken && /^\d{1,2}$/.test(image) && Number(image) <= 24 ? `${image.padStart(2, '0')}:00` : undefined
}

/** What others write between the two ends of a range. */
export const rangeWords: ReadonlySet<string> = new Set(['to', '-', ',', '.', '/', ':', 'up', 'until'])

function rewrittenApart(at: Trouble, start: number, end: number, meant: 'and', word: string): Repair {
  const range = between(at.tokens[start] as IToken, at.tokens[end - 1] as IToken)
  const before = touches(at.tokens[start - 1], at.tokens[start]) ? ' ' : ''
  const after = touches(at.tokens[end - 1], at.tokens[end]) ? ' ' : ''
  return replaced(
    at,
    start,
    end - start,
    k[meant],
    meant,
    m.misspelt,
    { word: shortened(word), meant },
    `write ${meant}`,
    `${before}${meant}${after}${range.end === range.start ? ' ' : ''}`,
  )
}

/** `where a == 1, b == 2` */
export function commaForWord(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  const next = at.tokens[at.at + 1]
  if (token?.tokenType !== t.Comma || !at.expected.includes('RightParen') || !(next?.tokenType === t.LeftParen || isWord(next))) return undefined
  const where = at.tokens.slice(0, at.at).findLastIndex(({ tokenType }) => tokenType === k.where)
  const span = at.tokens.slice(0, at.at).findLastIndex(({ tokenType }) => tokenType === k.span)
  return where > span && span >= 0 ? rewrittenApart(at, at.at, at.at + 1, 'and', ',') : undefined
}

/** `for: 5m`, `every 5s, cooldown 60s`, `…;` */
export function needless(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  const before = at.tokens[at.at - 1]
  if (token === undefined || before === undefined || !needlessTypes.has(token.tokenType)) return undefined
  const after = `\`${shortened(before.payload === undefined ? before.image : String(before.payload))}\``
  return removed(at, at.at, at.at + 1, m.needlessSign, { sign: token.image, after }, `remove the ${token.image}`)
}

const needlessTypes: ReadonlySet<IToken['tokenType']> = new Set([t.Colon, t.Comma, t.Semicolon, t.Assign])

/** `let slow: 400ms`, `let slow := 400ms` */
export function constantSigns(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  if (token?.tokenType !== t.Colon || at.tokens[0]?.tokenType !== k.let || at.at !== 2) return undefined
  const both = at.tokens[3]?.tokenType === t.Assign
  return replaced(at, 2, both ? 2 : 1, t.Assign, '=', m.misspelt, { word: both ? ':=' : ':', meant: '=' }, 'write =', touches(at.tokens[1], token) ? ' =' : '=')
}
