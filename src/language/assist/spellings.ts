/** How a token may be written, where there is a choice of a few words or signs. */
import type { TokenType } from 'chevrotain'
import * as t from '../syntax/tokens.ts'

/** Categories that take any word: keywords among them are names there. */
const open: ReadonlySet<TokenType> = new Set([t.Part, t.FieldName, t.Word, t.Identifier])

const known = new Map<TokenType, readonly string[]>()

/** Of a keyword the keyword, of a sign the sign, of a category those of all that are in it; none for names, numbers and texts. */
export function spellingsOf(type: TokenType): readonly string[] {
  let found = known.get(type)
  if (found === undefined) {
    found = open.has(type) ? [] : t.vocabulary.filter((other) => other === type || isWithin(other, type)).flatMap(fixed)
    known.set(type, found)
  }
  return found
}

function isWithin(type: TokenType, category: TokenType): boolean {
  return type.CATEGORIES?.some((own) => own === category || isWithin(own, category)) === true
}

function fixed(type: TokenType): readonly string[] {
  if (Object.hasOwn(t.keyword, type.name)) return [type.name]
  return typeof type.PATTERN === 'string' ? [type.PATTERN] : []
}
