/** TraceQL: spans in braces, and pipes behind them. */
import type { IToken } from 'chevrotain'
import { report } from '../../diagnostics.ts'
import type { TextRange } from '../../tree.ts'
import { quote, unquote } from '../build/literals.ts'
import * as m from '../messages.ts'
import * as t from '../tokens.ts'
import { keyword as k } from '../tokens.ts'
import { shortened } from '../words.ts'
import { globOf } from './globs.ts'
import type { Repair, Trouble } from './kit.ts'
import { between, closingOf, endOf, gap, hopeless, isLiteral, isWord, lexedAs, rewritten, spliced, textOf } from './kit.ts'
import { statisticOf } from './statistics.ts'

/** `{ resource.service.name = "ads" && name = "GetAds" && duration > 400ms }`, also with a `span` before it */
export function bracesOfSpans(at: Trouble): Repair | undefined {
  if (at.tokens[at.at]?.tokenType !== t.LeftBrace) return undefined
  const named = at.tokens[at.at - 1]?.image === 'span'
  if (!named && !at.expected.includes('span')) return undefined
  const close = closingOf(at.tokens, at.at)
  if (close === undefined) return undefined
  const start = named ? at.at - 1 : at.at
  const range = between(at.tokens[start] as IToken, at.tokens[close] as IToken)
  const selector = selectorOf(at, at.at + 1, close)
  if (selector === undefined) return hopeless(at, m.spansInBraces, range, { text: 'span(service/operation where …)' })
  return rewritten(at, start, close + 1, `span(${selector})`, m.spansInBraces, { text: `span(${selector})` })
}

/** `span(service = "ads", name = "GetAds")`, `span(ads, GetAds)` */
export function selectorArguments(at: Trouble): Repair | undefined {
  const open = at.tokens.slice(0, at.at).findLastIndex(({ tokenType }, i, all) => tokenType === t.LeftParen && all[i - 1]?.tokenType === k.span)
  if (open < 0 || at.tokens.slice(open, at.at).some(({ tokenType }) => tokenType === k.where)) return undefined
  const close = closingOf(at.tokens, open)
  if (close === undefined || close < at.at) return undefined
  const [first, comma, second] = at.tokens.slice(open + 1, open + 4)
  if (
    first !== undefined &&
    (comma?.tokenType === t.Comma || comma?.tokenType === t.Colon) &&
    second !== undefined &&
    open + 2 === at.at &&
    (second.tokenType === t.TextToken || isWord(second))
  ) {
    const range = between(comma, second)
    const text = `/${second.image}`
    return {
      diagnostic: report(
        m.partsApart,
        at.file,
        between(first, second),
        { first: first.image, second: second.image, meant: `${first.image}${text}` },
        { fix: { title: `write ${shortened(`${first.image}${text}`)}`, edits: [{ range: { start: endOf(first), end: range.end }, text }] } },
      ),
      tokens: spliced(at, open + 2, open + 4, ...lexedAs({ start: comma.startOffset, end: endOf(comma) }, '/'), second),
    }
  }
  const selector = selectorOf(at, open + 1, close)
  return selector === undefined || !isServiceField(fieldName(at, open + 1).name)
    ? undefined
    : rewritten(at, open + 1, close, selector, m.selectorSpelling, { text: `span(${selector})` })
}

/** `span(…) | rate()`, `span(…) | quantile_over_time(duration, .99)` */
export function pipe(at: Trouble): Repair | undefined {
  const name = at.tokens[at.at]
  const before = at.tokens[at.at - 1]
  if (!isWord(name) || before === undefined || !gap(at, before, name).includes('|')) return undefined
  const close = at.tokens[at.at + 1]?.tokenType === t.LeftParen ? closingOf(at.tokens, at.at + 1) : at.at
  if (close === undefined) return undefined
  const last = at.tokens[close] as IToken
  const written = textOf(at, between(name, last))
  const numbers = [...written.matchAll(/(?<![\w.])(?:\d+(?:\.\d+)?|\.\d+)%?/g)].map(([number]) => number)
  const stat = statisticOf(name.image, numbers)
  const pipeAt = at.text.indexOf('|', endOf(before))
  const range: TextRange = { start: pipeAt, end: endOf(last) }
  if (stat === undefined) return hopeless(at, m.pipe, range, { written: shortened(written), stat: '.p99' })
  const whole = { start: endOf(before), end: range.end }
  return {
    diagnostic: report(
      m.pipe,
      at.file,
      range,
      { written: shortened(written), stat: `.${stat}` },
      { fix: { title: `write .${stat}`, edits: [{ range: whole, text: `.${stat}` }] } },
    ),
    tokens: spliced(at, at.at, close + 1, ...lexedAs(range, `.${stat}`)),
  }
}

interface Field {
  readonly name: string
  /** Behind its last token. */
  readonly end: number
}

/** `.service.name`, `resource.service.name`, `span:duration` */
function fieldName(at: Trouble, start: number): Field {
  let i = start
  if (at.tokens[i]?.tokenType === t.Dot) i++
  const first = at.tokens[i]
  if (!isWord(first)) return { name: '', end: start }
  if (at.tokens[i + 1]?.tokenType === t.Colon && isWord(at.tokens[i + 2])) return { name: (at.tokens[i + 2] as IToken).image, end: i + 3 }
  return { name: first.image.replace(/^span\./, ''), end: i + 1 }
}

function isServiceField(name: string): boolean {
  return ['resource.service.name', 'service.name', 'service', 'rootServiceName', 'service_name'].includes(name)
}

function isOperationField(name: string): boolean {
  return ['name', 'operation', 'span.name', 'span_name', 'operation_name', 'rootName'].includes(name)
}

/** `ads/GetAds where duration > 400ms`, of tests that are joined; undefined if they are not understood. */
function selectorOf(at: Trouble, start: number, end: number): string | undefined {
  let service = '*'
  let operation: string | undefined
  let where = ''
  let joint = ''
  for (let i = start; i < end; ) {
    const field = fieldName(at, i)
    const test = field.name === '' ? undefined : testAt(at, field.end, end)
    if (test === undefined) return undefined
    if (isServiceField(field.name) && test.equals !== undefined && joint !== ' or ') service = named(test.equals)
    else if (isOperationField(field.name) && test.equals !== undefined && joint !== ' or ') operation = named(test.equals)
    else where += `${where === '' ? '' : joint || ' and '}${test.not ? 'not ' : ''}${field.name} ${test.text}`
    i = test.end
    if (i >= end) break
    const sign = at.tokens[i] as IToken
    const or = sign.tokenType === t.OrOr || sign.tokenType === k.or
    if (!or && sign.tokenType !== t.AndAnd && sign.tokenType !== k.and && sign.tokenType !== t.Comma) return undefined
    // A service that only one side of an `or` names is no service of the selector.
    if (or && where === '') return undefined
    joint = or ? ' or ' : ' and '
    i++
  }
  const what = operation === undefined ? service : `${service}/${operation}`
  return where === '' ? what : `${what} where ${where}`
}

interface Test {
  /** Behind the field: `> 400ms`. */
  readonly text: string
  readonly not: boolean
  /** The text that the field equals. */
  readonly equals: string | undefined
  readonly end: number
}

function testAt(at: Trouble, start: number, end: number): Test | undefined {
  const sign = at.tokens[start]
  const value = at.tokens[start + 1]
  if (sign === undefined || value === undefined || start + 1 >= end) return undefined
  const written = isLiteral(value) || isWord(value) ? value.image : undefined
  if (written === undefined) return undefined
  const text = value.tokenType === t.TextToken ? unquote(value.image) : undefined
  if (gap(at, sign, value).startsWith('~')) {
    const glob = text === undefined ? undefined : globOf(text)
    return glob === undefined ? undefined : { text: glob, not: sign.tokenType === t.Bang, equals: undefined, end: start + 2 }
  }
  const operator = sign.tokenType === t.Assign ? '==' : sign.tokenType.CATEGORIES?.includes(t.ComparisonSign) ? sign.image : undefined
  if (operator === undefined) return undefined
  return { text: `${operator} ${written}`, not: false, equals: operator === '==' ? (text ?? written) : undefined, end: start + 2 }
}

/** A service or an operation as selectors write it. */
function named(text: string): string {
  return /^[A-Za-z_]\w*(?:[-.]+\w+)*(?:\/[A-Za-z_]\w*)?$/.test(text) ? text : quote(text)
}
