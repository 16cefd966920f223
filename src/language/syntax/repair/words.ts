/** Words: misspelt, missing, or of other languages. */
import type { IToken, TokenType } from 'chevrotain'
import { report } from '../../diagnostics.ts'
import { quote, unquote } from '../build/literals.ts'
import * as m from '../messages.ts'
import { ranked } from '../nearest.ts'
import { asksForName } from '../split.ts'
import * as t from '../tokens.ts'
import { keyword as k } from '../tokens.ts'
import { foundPhrase, shortened } from '../words.ts'
import { likeOf } from './globs.ts'
import type { Repair, Trouble } from './kit.ts'
import { between, closingOf, endOf, isWord, rangeOf, removed, replaced, rewritten, spliced, synthetic } from './kit.ts'

/** Keywords that a word may stand for: the expected ones first. */
export function misspellings(at: Trouble): Repair[] {
  const token = at.tokens[at.at]
  if (!isWord(token)) return []
  const expected = new Set(at.expected)
  const near = ranked(token.image, t.keywords)
    .filter((word) => word.length > 3 || word.length !== token.image.length || sameLetters(word, token.image))
    // `min` is no `in`.
    .filter((word) => word.length > 2 || word[0] === token.image[0])
  return [...near.filter((word) => expected.has(word)), ...near.filter((word) => !expected.has(word))].slice(0, 4).map((meant) => misspelling(at, meant))
}

/** Of short words another letter makes another word: `foo` is no `for`, `fro` may be. */
function sameLetters(a: string, b: string): boolean {
  return [...a].sort().join('') === [...b.toLowerCase()].sort().join('')
}

function misspelling(at: Trouble, meant: string): Repair {
  const word = (at.tokens[at.at] as IToken).image
  return replaced(at, at.at, 1, k[meant as t.Keyword], meant, m.misspelt, { word, meant }, `write ${meant}`)
}

/** What other languages say where a keyword of ours stands. */
const synonyms: Partial<Record<t.Keyword, readonly string[]>> = {
  when: ['if', 'while', 'whenever', 'once', 'where', 'on'],
  in: ['within', 'per', 'during', 'over', 'of', 'out', 'from', 'inside'],
  at: ['is', '=', '==', 'to', 'be', 'has'],
  to: ['until', 'till', 'up', '-', 'and'],
  taking: ['lasting', 'duration', 'latency', 'with', 'takes', 'for'],
  times: ['time', 'x', 'occurrences', 'steps'],
  per: ['every', 'in', 'each', 'a', '/'],
  before: ['for', 'until', 'on'],
  after: ['for', 'within'],
  and: ['to', ','],
  by: ['at', 'in', 'within', 'before', 'until', 'till'],
  throughout: ['always', 'all'],
  replica: ['replicas', 'pod', 'pods', 'instance', 'instances', 'container', 'worker', 'node'],
}

/** `scale deployment/ads +2 if …`, `5 times within 60s` */
export function synonym(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  if (token === undefined) return undefined
  // Where much may stand, a word that means something of its own is not taken for another.
  const few = at.expected.length <= 2
  for (const name of at.expected) {
    const meant = name as t.Keyword
    const others = Object.hasOwn(synonyms, meant) ? synonyms[meant] : undefined
    if (others?.includes(token.image) && (few || meant === 'when')) return misspelling(at, meant)
  }
  return undefined
}

/** `above`, `is greater than`, `exceeds` */
export function comparisonInWords(at: Trouble): Repair | undefined {
  const first = at.tokens[at.at]
  if (!isWord(first) || !at.expected.some((name) => name === 'Operator' || name === 'ComparisonSign')) return undefined
  let i = at.at
  if (first.image === 'is' || first.image === 'are') i++
  const word = at.tokens[i]?.image.toLowerCase() ?? ''
  const sign = Object.hasOwn(comparisons, word) ? comparisons[word] : undefined
  if (sign === undefined) {
    if (i === at.at || (word !== 'not' && !/^[\w"]/.test(word))) return undefined
    return rewritten(at, at.at, word === 'not' ? i + 1 : i, word === 'not' ? '!=' : '==', m.comparisonSpelling, {
      sign: word === 'not' ? 'is not' : first.image,
      meant: word === 'not' ? '!=' : '==',
    })
  }
  i++
  if (['than', 'to'].includes(at.tokens[i]?.image ?? '')) i++
  const written = at.text.slice(first.startOffset, endOf(at.tokens[i - 1] as IToken))
  return rewritten(at, at.at, i, sign, m.comparisonSpelling, { sign: shortened(written), meant: sign })
}

const comparisons: Readonly<Record<string, string>> = {
  ...{ above: '>', exceeds: '>', exceed: '>', greater: '>', more: '>', higher: '>', larger: '>', slower: '>', gt: '>' },
  ...{ below: '<', less: '<', fewer: '<', lower: '<', smaller: '<', faster: '<', lt: '<' },
  ...{ gte: '>=', ge: '>=', lte: '<=', le: '<=', equals: '==', equal: '==', eq: '==', ne: '!=', neq: '!=' },
}

/** `rpc.method like "Get%"`, `contains "Get"`, `not in ("a", "b")` */
export function sqlWords(at: Trouble): Repair | undefined {
  const word = at.tokens[at.at]
  const field = at.tokens[at.at - 1]
  const value = at.tokens[at.at + 1]
  if (word === undefined || field === undefined || !at.expected.includes('matches')) return undefined
  if (word.image === 'not' && (value?.tokenType === k.in || value?.tokenType === k.matches)) {
    const front = { start: field.startOffset, end: field.startOffset }
    const edits = [
      { range: front, text: 'not ' },
      { range: { start: word.startOffset, end: value.startOffset }, text: '' },
    ]
    return {
      diagnostic: report(
        m.notOrder,
        at.file,
        between(word, value),
        { field: field.image, word: value.image },
        { fix: { title: `write not ${field.image} ${value.image}`, edits } },
      ),
      tokens: spliced(at, at.at - 1, at.at + 1, synthetic(front, k.not, 'not'), field),
    }
  }
  if (value?.tokenType !== t.TextToken) return undefined
  const text = patternOf(word.image.toLowerCase(), unquote(value.image))
  return text === undefined ? undefined : rewritten(at, at.at, at.at + 2, text, m.comparisonSpelling, { sign: word.image, meant: text })
}

function patternOf(word: string, text: string): string | undefined {
  switch (word.replaceAll('_', '')) {
    case 'like':
    case 'ilike':
      return likeOf(text)
    case 'contains':
    case 'includes':
      return `matches ${quote(`*${text}*`)}`
    case 'startswith':
    case 'starts':
      return `matches ${quote(`${text}*`)}`
    case 'endswith':
    case 'ends':
      return `matches ${quote(`*${text}`)}`
    default:
      return undefined
  }
}

/** `up 4 per 60s`, `down by 10% per 60s`: a limit is an `at most`. */
export function limitOfTarget(at: Trouble): Repair | undefined {
  const direction = at.tokens[at.at - 1]
  const word = at.tokens[at.at]
  if (word === undefined || !at.expected.includes('at') || (direction?.tokenType !== k.up && direction?.tokenType !== k.down)) return undefined
  if (word.image === 'by' || word.image === 'max') return rewritten(at, at.at, at.at + 1, 'at most', m.misspelt, { word: word.image, meant: 'at most' })
  if (!amounts.has(word.tokenType)) return undefined
  const place = { start: endOf(direction), end: endOf(direction) }
  const fix = { title: 'insert at most', edits: [{ range: place, text: ' at most' }] }
  return {
    diagnostic: report(m.unexpected, at.file, rangeOf(word), { expected: '`at most`', found: foundPhrase(word) }, { fix }),
    tokens: spliced(at, at.at, at.at, synthetic(place, k.at, 'at'), synthetic(place, k.most, 'most')),
  }
}

const amounts: ReadonlySet<TokenType> = new Set([t.NumberToken, t.RatioToken, t.Plus, t.Minus])

/** `in a minute`, `for one hour` */
export function onePeriod(at: Trouble): Repair | undefined {
  const [keyword, one, unit] = at.tokens.slice(Math.max(0, at.at - 2), at.at + 1)
  const period = Object.hasOwn(onePeriods, unit?.image ?? '') ? onePeriods[unit?.image ?? ''] : undefined
  if (keyword === undefined || !periods.has(keyword.tokenType) || !ones.has(one?.image ?? '') || period === undefined) return undefined
  const written = `${one?.image} ${unit?.image}`
  return rewritten(at, at.at - 1, at.at + 1, period, m.misspelt, { word: written, meant: period })
}

const ones: ReadonlySet<string> = new Set(['a', 'an', 'one', 'the'])
const onePeriods: Readonly<Record<string, string>> = { second: '1s', minute: '1m', hour: '1h', day: '1d', week: '7d' }

/** `> 400ms at least 5 times in 60s`: the parser takes it for a clause. */
export function atLeastTimes(at: Trouble): Repair | undefined {
  const [word, least, number] = at.tokens.slice(Math.max(0, at.at - 3), at.at)
  if (at.tokens[at.at]?.tokenType !== k.times || word?.tokenType !== k.at || least?.tokenType !== k.least || number?.tokenType !== t.NumberToken)
    return undefined
  const before = at.tokens[at.at - 4]
  return before === undefined
    ? undefined
    : removed(at, at.at - 3, at.at - 1, m.needlessSign, { sign: 'at least', after: `\`${shortened(before.image)}\`` }, 'remove at least')
}

/** `absent span(ads) for 5m`, `no span(ads) for 5m`; the parser stops at the spans. */
export function absenceInWords(at: Trouble): Repair | undefined {
  const word = at.tokens[at.at - 1]
  if (at.tokens[at.at]?.tokenType !== k.span || word === undefined || !absences.has(word.image)) return undefined
  const close = closingOf(at.tokens, at.at + 1)
  if (close === undefined) return undefined
  const spans = at.text.slice((at.tokens[at.at] as IToken).startOffset, endOf(at.tokens[close] as IToken))
  const meant = `absent(${spans})`
  return rewritten(at, at.at - 1, close + 1, meant, m.misspelt, { word: shortened(`${word.image} ${spans}`), meant: shortened(meant) })
}

const absences: ReadonlySet<string> = new Set(['absent', 'no', 'missing', 'without'])

/** `for the last 5m`, `in the past minute` */
export function lastPeriod(at: Trouble): Repair | undefined {
  let start = at.at
  let end = at.at
  while (fillers.has(at.tokens[start - 1]?.image ?? '')) start--
  while (fillers.has(at.tokens[end]?.image ?? '')) end++
  const before = at.tokens[start - 1]
  if (end === start || before === undefined || !periods.has(before.tokenType) || !/^\d/.test(at.tokens[end]?.image ?? '')) return undefined
  const written = at.text.slice((at.tokens[start] as IToken).startOffset, endOf(at.tokens[end - 1] as IToken))
  return removed(at, start, end, m.needlessSign, { sign: written, after: `\`${before.image}\`` }, `remove ${written}`)
}

const fillers: ReadonlySet<string> = new Set(['the', 'last', 'past', 'previous', 'about', 'at', 'least'])
const periods: ReadonlySet<TokenType> = new Set([k.for, k.in, k.over])

/** `> 400ms or for 1m`: the parser takes the `for` for the name of what is missing. */
export function danglingOperator(at: Trouble): Repair | undefined {
  const number = at.tokens[at.at - 1]?.tokenType === t.NumberToken
  const times = number && at.tokens[at.at]?.tokenType === k.times
  // Of `or for 5 minutes` the parser takes the number as well.
  const end = number && !times ? at.at - 1 : at.at
  const [operator, word] = at.tokens.slice(Math.max(0, end - 2), end)
  if (operator === undefined || word === undefined || at.at >= at.tokens.length || !(times || behindFormulas.has(word.tokenType))) return undefined
  const categories = operator.tokenType.CATEGORIES ?? []
  if (!categories.includes(t.Operator) && !categories.includes(t.ComparisonSign)) return undefined
  const joint = operator.tokenType === k.and || operator.tokenType === k.or
  const sign = operator.payload === undefined ? operator.image : String(operator.payload)
  const parameters = {
    expected: `a ${joint ? 'condition' : 'value'} behind \`${sign}\``,
    found: times ? `\`${word.image} times\`` : foundPhrase(word),
    ...(joint ? { help: `write the other condition, or leave out the \`${sign}\`` } : {}),
  }
  return {
    diagnostic: report(m.unexpected, at.file, times ? between(word, at.tokens[at.at] as IToken) : rangeOf(word), parameters),
    // Without the operator there may be more to find behind it.
    ...(joint && end === at.at ? { tokens: spliced(at, end - 2, end - 1), trust: 'guess' as const } : { tokens: at.tokens, trust: 'stop' as const }),
  }
}

/** What stands behind a condition or value, with something of its own to follow. */
const behindFormulas: ReadonlySet<TokenType> = new Set([k.for, k.over, k.every, k.cooldown, k.priority, k.between])

/** The one sign or keyword that is expected, left out. */
export function missing(at: Trouble): Repair | undefined {
  // A block that is open at its end, whatever else might have stood there.
  const [name, ...others] = at.at >= at.tokens.length && at.expected.includes('RightBrace') ? ['RightBrace'] : at.expected
  const before = at.tokens[at.at - 1]
  const type = name === undefined || others.length > 0 ? undefined : (insertable.get(name) ?? k[name as t.Keyword])
  if (type === undefined || before === undefined) return undefined
  const found = at.tokens[at.at]
  // What a keyword asks for is no keyword: where one stands, more is missing than the one before it.
  if (asksForName(synthetic(rangeOf(before), type, '')) && type !== k.when && found !== undefined && isKeyword(found)) return undefined
  const says = typeof type.PATTERN === 'string' ? type.PATTERN : type.name
  const place = { start: endOf(before), end: endOf(before) }
  const text =
    type === t.RightParen || type === t.LeftParen ? says : type === t.RightBrace && at.text.slice(0, place.end).includes('\n') ? `\n${says}` : ` ${says}`
  return {
    diagnostic: report(
      m.unexpected,
      at.file,
      found === undefined ? place : rangeOf(found),
      { expected: `\`${says}\``, found: foundPhrase(found) },
      { fix: { title: `insert ${says}`, edits: [{ range: place, text }] } },
    ),
    tokens: spliced(at, at.at, at.at, synthetic(place, type, says)),
    trust: 'guess',
  }
}

function isKeyword({ tokenType }: IToken): boolean {
  return k[tokenType.name as t.Keyword] === tokenType
}

const insertable: ReadonlyMap<string, TokenType> = new Map(
  [t.LeftParen, t.RightParen, t.LeftBrace, t.RightBrace, t.Assign, t.Comma, t.Slash].map((type) => [type.name, type]),
)
