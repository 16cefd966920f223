/** Numbers and their units as others write them. */
import * as m from '../messages.ts'
import * as t from '../tokens.ts'
import { keyword as k } from '../tokens.ts'
import { rateUnitOf, unitOf } from '../units.ts'
import type { Repair, Trouble } from './kit.ts'
import { between, hopeless, isWord, rangeOf, removed, replaced, rewritten, textOf, touches } from './kit.ts'

/** `400 ms`, `5 %`. The parser stops at the unit, or at the number if it took that for the start of `N times`. */
export function unitApart(at: Trouble): Repair | undefined {
  for (const i of [at.at, at.at + 1]) {
    const number = at.tokens[i - 1]
    const word = at.tokens[i]
    if (number?.tokenType !== t.NumberToken || word === undefined || word.tokenType === k.times) continue
    const unit = unitOf(word.image)
    if (unit === undefined) continue
    const text = `${number.image}${unit.text}`
    return replaced(at, i - 1, 2, unit.type, text, m.unitApart, { number: number.image, unit: word.image }, `write ${text}`)
  }
  return undefined
}

/** `400msec`, `1min`, `5MS`, `1Gi`, `50rps` */
export function wrongUnit(at: Trouble): Repair | undefined {
  const word = at.tokens[at.at]
  if (word?.tokenType !== t.DigitWord) return undefined
  const [, number, written] = /^(\d+(?:\.\d+)?)([A-Za-zµ]+)$/.exec(word.image) ?? []
  if (number === undefined || written === undefined) return undefined
  const unit = unitOf(written)
  if (unit === undefined) return hopeless(at, m.unknownUnit, rangeOf(word), { text: word.image, unit: written })
  return replaced(at, at.at, 1, unit.type, `${number}${unit.text}`, m.unitSpelling, { unit: written }, `write ${number}${unit.text}`)
}

/** `50 per second`, `50 requests per second`, `50 req/s` */
export function perSecond(at: Trouble): Repair | undefined {
  for (const i of [at.at, at.at + 1]) {
    const number = at.tokens[i - 1]
    if (number?.tokenType !== t.NumberToken) continue
    const what = at.tokens[i]
    const per = isWord(what) && countedThings.has(what.image.toLowerCase()) ? i + 1 : i
    const unit = at.tokens[per + 1]
    if ((at.tokens[per]?.tokenType !== k.per && at.tokens[per]?.tokenType !== t.Slash) || unit === undefined) continue
    const meant = rateUnitOf(unit.image)
    if (meant === undefined) continue
    return rewritten(at, i - 1, per + 2, `${number.image}/${meant}`, m.unitSpelling, { unit: textOf(at, between(at.tokens[i] ?? unit, unit)) })
  }
  return undefined
}

const countedThings: ReadonlySet<string> = new Set(['req', 'reqs', 'request', 'requests', 'calls', 'spans', 'queries', 'ops', 'messages', 'events'])

/** `.5`, `1_000`, `1,000`, `10k`, `1e3` */
export function numberSpelling(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  const next = at.tokens[at.at + 1]
  if (token?.tokenType === t.Dot && next !== undefined && touches(token, next) && /^\d/.test(next.image)) {
    const text = `0.${next.image}`
    return rewritten(at, at.at, at.at + 2, text, m.numberSpelling, { written: `.${next.image}`, meant: text })
  }
  const before = at.tokens[at.at - 1]
  if (
    token?.tokenType === t.Comma &&
    before?.tokenType === t.NumberToken &&
    touches(before, token) &&
    touches(token, next) &&
    /^\d{3}$/.test(next?.image ?? '')
  )
    return rewritten(at, at.at - 1, at.at + 2, `${before.image}${next?.image}`, m.numberSpelling, {
      written: `${before.image},${next?.image}`,
      meant: `${before.image}${next?.image}`,
    })
  if (token?.tokenType !== t.DigitWord) return undefined
  const meant = plainNumber(token.image)
  return meant === undefined ? undefined : rewritten(at, at.at, at.at + 1, meant, m.numberSpelling, { written: token.image, meant })
}

function plainNumber(image: string): string | undefined {
  if (/^\d[\d_]*\d$/.test(image)) return image.replaceAll('_', '')
  const [, digits, power] = /^(\d+(?:\.\d+)?)(k|K|e\d)$/.exec(image) ?? []
  if (digits === undefined || power === undefined) return undefined
  const value = Number(/k/i.test(power) ? `${digits}e3` : image)
  return Number.isSafeInteger(value) ? String(value) : undefined
}

/** `span(a/b).99%`, `span(a/b).p99%`, `span(a/b).p99.9` */
export function quantileSign(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  const before = at.tokens[at.at - 1]
  if (token?.tokenType === t.Percent && before !== undefined && /^p\d+$/.test(before.image))
    return removed(at, at.at, at.at + 1, m.needlessSign, { sign: '%', after: `\`.${before.image}\`` }, 'remove the %')
  if (before?.tokenType !== t.Dot || (token?.tokenType !== t.RatioToken && token?.tokenType !== t.NumberToken)) return undefined
  const q = token.tokenType === t.RatioToken ? token.image : `${token.image}%`
  return rewritten(at, at.at, at.at + 1, quantileStat(q), m.quantileSpelling, { written: token.image, meant: quantileStat(q) })
}

/** `99%` → `p99`, `99.5%` → `quantile(99.5%)`: the statistic behind the spans. */
export function quantileStat(ratio: string): string {
  const named: Readonly<Record<string, string>> = {
    '50%': 'p50',
    '75%': 'p75',
    '90%': 'p90',
    '95%': 'p95',
    '99%': 'p99',
    '99.9%': 'p999',
    '0%': 'min',
    '100%': 'max',
  }
  return named[ratio] ?? `quantile(${ratio})`
}

/** `0.99`, `.99`, `99`, `99%` → `99%` */
export function shareOf(written: string): string | undefined {
  if (/%$/.test(written)) return written
  const value = Number(written)
  if (!Number.isFinite(value) || value < 0 || value > 100 || written === '') return undefined
  return `${Number((value <= 1 ? value * 100 : value).toPrecision(8))}%`
}
