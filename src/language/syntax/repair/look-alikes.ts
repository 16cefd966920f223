/** Characters that word processors, chat programs and web pages put in the place of plain ones. */
import { dayNames } from '../build/calendar.ts'
import { quote } from '../build/literals.ts'
import * as m from '../messages.ts'
import * as t from '../tokens.ts'
import { shortened } from '../words.ts'
import type { Repair, Trouble } from './kit.ts'
import { endOf, replaced } from './kit.ts'

/** `“GET /cart”` */
export function curlyQuotes(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  if (token?.tokenType !== t.CurlyQuoted) return undefined
  const text = quote(token.image.slice(1, -1))
  const parameters = { found: `\`${shortened(token.image)}\``, meant: `\`${shortened(text)}\`` }
  return replaced(at, at.at, 1, t.TextToken, text, m.lookAlike, parameters, `write ${shortened(text)}`)
}

/** `≥`, `5 × slow`, `mon–fri` */
export function lookAlikes(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  const type = token?.tokenType === t.LookAlike ? t.lookAlikes[token.image] : undefined
  if (token === undefined || type === undefined) return undefined
  const sign = String(type.PATTERN)
  const before = at.tokens[at.at - 1]
  const period = before?.tokenType === t.TimeToken || dayNames.includes(before?.image ?? '')
  // A minus that touches names would become part of one.
  const joins = type === t.Minus && !period && /\w/.test(at.text[token.startOffset - 1] ?? '')
  const written = joins ? ` ${sign}${/\w/.test(at.text[endOf(token)] ?? '') ? ' ' : ''}` : sign
  return replaced(at, at.at, 1, type, sign, m.lookAlike, { found: `\`${token.image}\``, meant: `\`${sign}\`` }, `write ${sign}`, written)
}
