/** PromQL: of spans it has a form of its own here; of a metric it stays PromQL, in quotes. */
import type { IToken } from 'chevrotain'
import { report } from '../../diagnostics.ts'
import { quote } from '../build/literals.ts'
import * as m from '../messages.ts'
import * as t from '../tokens.ts'
import { keyword as k } from '../tokens.ts'
import { shortened } from '../words.ts'
import type { Repair, Trouble } from './kit.ts'
import { between, closingOf, endOf, isWord, lexedAs, rangeOf, removed, rewritten, spliced, textOf } from './kit.ts'
import { isPromql, isQuantile, statisticOf } from './statistics.ts'

/** `rate(…)`, `p99(span(…))`, `histogram_quantile(0.99, sum by (le) (rate(…)))` */
export function functionCall(at: Trouble): Repair | undefined {
  const call = callAt(at)
  if (call === undefined) return undefined
  const span = at.tokens.findIndex(({ tokenType }, i) => i > call.start && i < call.end && tokenType === k.span)
  if (span >= 0) return ofSpans(at, call, span)
  const name = (at.tokens[call.start] as IToken).image
  const selected = ofSelector(at, call, name)
  if (selected !== undefined) return selected
  if (!isPromql(name)) return undefined
  return metric(at, call, name)
}

/** `p99(ads/GetAds)`, `rate(ads/GetAds[5m])`: a service and an operation, though nothing says that they are spans. */
function ofSelector(at: Trouble, { start, end }: Call, name: string): Repair | undefined {
  // Of two metrics PromQL computes `sum(a/b)` and the like.
  if (isPromql(name) && name !== 'rate') return undefined
  const stat = statisticOf(name, [])
  const inside = at.tokens.slice(start + 2, end - 1)
  const [open, window, close] = inside.slice(-3)
  const windowed = open?.tokenType === t.LeftBracket && window?.tokenType === t.DurationToken && close?.tokenType === t.RightBracket
  const selector = windowed ? inside.slice(0, -3) : inside
  const [first, last] = [selector[0], selector.at(-1)]
  const isPath = selector.length >= 3 && selector.length % 2 === 1 && selector.every((token, i) => (i % 2 === 1 ? token.tokenType === t.Slash : isWord(token)))
  if (stat === undefined || !isPath || first === undefined || last === undefined || at.tokens[start + 1]?.tokenType !== t.LeftParen) return undefined
  const text = `span(${textOf(at, between(first, last))}).${stat}${windowed ? ` over ${window.image}` : ''}`
  return rewritten(at, start, end, text, m.functionOfSpans, { name, stat: `.${stat}` })
}

interface Call {
  /** The function's name. */
  readonly start: number
  /** Behind its last token. */
  readonly end: number
}

/** The call that the parser stopped in front of the parentheses, or the grouping, of. */
function callAt(at: Trouble): Call | undefined {
  const start = at.at - 1
  const name = at.tokens[start]
  if (!isWord(name)) return undefined
  let open = at.at
  if (isGrouping(at.tokens[open])) {
    const closed = at.tokens[open + 1]?.tokenType === t.LeftParen ? closingOf(at.tokens, open + 1) : undefined
    if (closed === undefined) return undefined
    open = closed + 1
  }
  if (at.tokens[open]?.tokenType !== t.LeftParen) return undefined
  const close = closingOf(at.tokens, open)
  if (close === undefined) return undefined
  let end = close + 1
  if (isGrouping(at.tokens[end]) && at.tokens[end + 1]?.tokenType === t.LeftParen) {
    const closed = closingOf(at.tokens, end + 1)
    if (closed !== undefined) end = closed + 1
  }
  return { start, end }
}

function isGrouping(token: IToken | undefined): boolean {
  return token?.image === 'by' || token?.image === 'without'
}

/** `p99(span(x))` → `span(x).p99`; the spans stay where they are, so that what is wrong within them is seen there. */
function ofSpans(at: Trouble, { start, end }: Call, span: number): Repair | undefined {
  const inside = at.tokens.slice(start, end)
  const selectorEnd = at.tokens[span + 1]?.tokenType === t.LeftParen ? closingOf(at.tokens, span + 1) : undefined
  if (selectorEnd === undefined || selectorEnd >= end) return undefined
  // A field such as `.self` stays; a statistic, and the duration itself, are what the function says anyway.
  const path = at.tokens[selectorEnd + 1]?.tokenType === t.Dot ? at.tokens[selectorEnd + 2] : undefined
  const kept = path !== undefined && ['self', 'seen', 'gap', 'own', 'critical'].includes(path.image) ? selectorEnd + 3 : selectorEnd + 1
  const functions = at.tokens.slice(start, span).filter((token, i) => isWord(token) && at.tokens[start + i + 1]?.tokenType !== t.Equal && !isGrouping(token))
  const numbers = inside.filter((token, i) => isNumber(token) && (start + i < span || start + i > selectorEnd)).map((token) => numberText(at, token))
  const names = functions.map(({ image }) => image)
  const chosen = names.find(isQuantile) ?? names.findLast((name) => statisticOf(name, numbers) !== undefined) ?? ''
  const stat = statisticOf(chosen, numbers)
  if (stat === undefined) return undefined
  const window = inside.find((token, i) => token.tokenType === t.DurationToken && inside[i - 1]?.tokenType === t.LeftBracket)
  const text = `.${stat}${window === undefined ? '' : ` over ${window.image}`}`
  const behind = { start: endOf(at.tokens[kept - 1] as IToken), end: endOf(at.tokens[end - 1] as IToken) }
  const name = at.tokens[start] as IToken
  const spans = textOf(at, between(at.tokens[span] as IToken, at.tokens[kept - 1] as IToken))
  const edits = [
    { range: { start: name.startOffset, end: (at.tokens[span] as IToken).startOffset }, text: '' },
    { range: behind, text },
  ]
  return {
    diagnostic: report(
      m.functionOfSpans,
      at.file,
      rangeOf(name),
      { name: chosen, stat: `.${stat}` },
      { fix: { title: `write ${shortened(`${spans}${text}`)}`, edits } },
    ),
    tokens: spliced(at, start, end, ...at.tokens.slice(span, kept), ...lexedAs(behind, text)),
  }
}

/** The PromQL as it is, in quotes. */
function metric(at: Trouble, { start, end }: Call, name: string): Repair {
  const query = textOf(at, between(at.tokens[start] as IToken, at.tokens[end - 1] as IToken)).replace(/\s+/g, ' ')
  const numbers = at.tokens
    .slice(start, end)
    .filter(isNumber)
    .map((token) => numberText(at, token))
  const stat = isQuantile(name) ? (statisticOf(name, numbers) ?? 'p99') : /rate\s*\(/.test(query) ? 'rate' : (statisticOf(name, numbers) ?? 'p99')
  const window = /\[(\d+[smhd])\]/.exec(query)?.[1]
  const ours = `span(service/operation).${stat}${window === undefined ? '' : ` over ${window}`}`
  return rewritten(
    at,
    start,
    end,
    metricOf(query, isQuantile(name)),
    m.promql,
    { text: shortened(query), ours },
    { range: between(at.tokens[start] as IToken, at.tokens[end - 1] as IToken) },
  )
}

/** A quantile of a histogram has the histogram's unit. */
function metricOf(query: string, measured: boolean): string {
  const unit = !measured ? undefined : /_seconds/.test(query) ? '1s' : /_milliseconds|_ms\b/.test(query) ? '1ms' : undefined
  return `metric(${quote(query)}${unit === undefined ? '' : `, unit ${unit}`})`
}

/** `http_requests_total{job="ads"}[5m]` */
export function seriesSelector(at: Trouble): Repair | undefined {
  const open = at.tokens[at.at]
  const name = at.tokens[at.at - 1]
  if (open?.tokenType !== t.LeftBrace || !isWord(name) || name.image === 'span' || endOf(name) !== open.startOffset) return undefined
  const close = closingOf(at.tokens, at.at)
  if (close === undefined || !at.tokens.slice(at.at + 1, close).every((token, i) => i % 4 !== 0 || isWord(token))) return undefined
  let end = close + 1
  if (at.tokens[end]?.tokenType === t.LeftBracket) end = (closingOf(at.tokens, end) ?? end - 1) + 1
  const query = textOf(at, between(name, at.tokens[end - 1] as IToken)).replace(/\s+/g, ' ')
  return rewritten(at, at.at - 1, end, metricOf(query, false), m.promql, { text: shortened(query), ours: 'span(service/operation).rate' })
}

/** `… by (pod)` behind a value */
export function grouping(at: Trouble): Repair | undefined {
  const word = at.tokens[at.at]
  if (!isGrouping(word) || at.tokens[at.at + 1]?.tokenType !== t.LeftParen) return undefined
  const close = closingOf(at.tokens, at.at + 1)
  if (close === undefined) return undefined
  const written = textOf(at, between(word as IToken, at.tokens[close] as IToken))
  return removed(at, at.at, close + 1, m.grouping, { written: shortened(written) }, `remove ${shortened(written)}`)
}

function isNumber({ tokenType }: IToken): boolean {
  return tokenType === t.NumberToken || tokenType === t.RatioToken
}

/** With a point before it, if there is one. */
function numberText(at: Trouble, token: IToken): string {
  const before = at.text[token.startOffset - 1]
  return before === '.' ? `0.${token.image}` : token.image
}
