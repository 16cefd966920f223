/** Literals: their images and their values in base units (nanoseconds, per second, 0 to 1, bytes). */
import type { IToken } from 'chevrotain'
import type { Literal, NumberLiteral, RatioLiteral, TextLiteral } from '../../tree.ts'
import * as t from '../tokens.ts'

export const nanosPer: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
}

export const secondsPer: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 }

export const bytesPer: Readonly<Record<string, number>> = {
  ...{ B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 },
}

/** What a token says; where a repair changed that, it differs from what is written. */
export function meaning(token: IToken): string {
  return (token.payload as string | undefined) ?? token.image
}

/** The token must be one of the category Literal. */
export function literalOf(token: IToken): Literal {
  const image = meaning(token)
  const range = { start: token.startOffset, end: token.startOffset + token.image.length }
  switch (token.tokenType) {
    case t.NumberToken:
      return { kind: 'number', value: Number(image), range }
    case t.DurationToken:
      return { kind: 'duration', value: durationNanos(image), range }
    case t.RatioToken:
      return { kind: 'ratio', value: percent(image), range }
    case t.RateToken: {
      const slash = image.indexOf('/')
      return { kind: 'rate', value: Number(image.slice(0, slash)) / (secondsPer[image.slice(slash + 1)] ?? 1), range }
    }
    case t.SizeToken: {
      const unit = image.replace(/^[\d.]+/, '')
      return { kind: 'size', value: Math.round(Number(image.slice(0, -unit.length)) * (bytesPer[unit] ?? 1)), range }
    }
    case t.TextToken:
      return { kind: 'text', value: unquote(image), range }
    default:
      return { kind: 'boolean', value: image === 'true', range }
  }
}

export function numberOf(token: IToken): NumberLiteral {
  return { kind: 'number', value: Number(meaning(token)), range: { start: token.startOffset, end: token.startOffset + token.image.length } }
}

export function ratioOf(token: IToken): RatioLiteral {
  return { kind: 'ratio', value: percent(meaning(token)), range: { start: token.startOffset, end: token.startOffset + token.image.length } }
}

export function textOf(token: IToken): TextLiteral {
  return { kind: 'text', value: unquote(meaning(token)), range: { start: token.startOffset, end: token.startOffset + token.image.length } }
}

/** Nanoseconds of `1m30s`, rounded to whole ones. */
export function durationNanos(image: string): number {
  let nanos = 0
  for (let start = 0; start < image.length; ) {
    let unit = start
    while (!isLetter(image.charCodeAt(unit))) unit++
    let end = unit
    while (end < image.length && isLetter(image.charCodeAt(end))) end++
    nanos += Number(image.slice(start, unit)) * (nanosPer[image.slice(unit, end)] as number)
    start = end
  }
  return Math.round(nanos)
}

/** Of the letters that units have; digits and the point come before all of them. NaN, behind the end, counts as one. */
function isLetter(code: number): boolean {
  return !(code < 65)
}

/** Read as a decimal exponent: `99.9%` is the number nearest to 0.999, which 99.9 / 100 is not. */
function percent(image: string): number {
  return Number(`${image.slice(0, -1)}e-2`)
}

/** The text between the quotes; `\n` and `\t` are what they are elsewhere, a backslash before anything else gives that. */
export function unquote(image: string): string {
  const inner = image.slice(1, -1)
  return inner.includes('\\') ? inner.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c)) : inner
}

/** The reverse of `unquote`. */
export function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`
}
