/** One spelling for what can be spelt in several ways. The unit stays the one that was chosen: `90s` is not `1m30s`. */
import type { IToken } from 'chevrotain'
import { quote, unquote } from '../syntax/build/literals.ts'
import * as t from '../syntax/tokens.ts'

export function spelling({ tokenType, image }: IToken): string {
  switch (tokenType) {
    case t.TextToken:
      return quote(unquote(image))
    case t.DurationToken:
      return image.replaceAll('µs', 'us')
    case t.SizeToken:
      return image.replace('KB', 'kB')
    case t.TimeToken:
      return image.padStart(5, '0')
    default:
      return image
  }
}
