/** Text → typed tree, where most of the text is parsed already. */
import type { SourceText } from '../tree.ts'
import { type Parsed, parse } from './parse.ts'

/** What `parse(source)` gives, with the help of what it gave for an earlier text of the same name. */
export function reparse(_before: Parsed, source: SourceText): Parsed {
  return parse(source)
}
