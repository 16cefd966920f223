/** Documents: made, and made anew by edits. */
import { type Parsed, parse, reparse } from '../src/language/index.ts'
import type { Document } from './contract.ts'
import { lineIndex } from './positions.ts'

export interface DocumentSource {
  readonly uri: string
  readonly name: string
  readonly version: number | null
  readonly text: string
}

/** `before`: the same document before an edit, whose tree the new one takes what it can from. */
export function createDocument({ uri, name, version, text }: DocumentSource, before?: Document): Document {
  let lines: Document['lines'] | undefined
  let parsed: Parsed | undefined
  // Trees are known of few of many edits in a row: the last that is known serves.
  let basis = before === undefined || before.name !== name ? undefined : knownOf(before)
  const document: Document = {
    uri,
    name,
    version,
    text,
    get lines() {
      lines ??= lineIndex(text)
      return lines
    },
    get parsed() {
      if (parsed === undefined) {
        const source = { name, text }
        parsed = basis === undefined ? parse(source) : reparse(basis, source)
        basis = undefined
      }
      return parsed
    },
  }
  known.set(document, () => parsed ?? basis)
  return document
}

/** What is parsed of a document, or of the one before it. */
const known = new WeakMap<Document, () => Parsed | undefined>()

function knownOf(document: Document): Parsed | undefined {
  return known.get(document)?.()
}
