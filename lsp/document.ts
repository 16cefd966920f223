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

/** `before`: the same document before an edit, whose tree the new one takes over when it is asked for its own. Who asks the earlier one again has it parsed anew. */
export function createDocument({ uri, name, version, text }: DocumentSource, before?: Document): Document {
  let lines: Document['lines'] | undefined
  const held: Held = { parsed: undefined, basis: before === undefined || before.name !== name ? undefined : basisOf(before) }
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
      if (held.parsed === undefined) {
        const basis = take(held.basis)
        const source = { name, text }
        held.parsed = basis === undefined ? parse(source) : reparse(basis, source)
        held.basis = undefined
      }
      return held.parsed
    },
  }
  holders.set(document, held)
  return document
}

/** The tree of a document, or, until that is asked for, the holder of an earlier one's. */
interface Held {
  parsed: Parsed | undefined
  basis: Held | undefined
}

const holders = new WeakMap<Document, Held>()

/** Trees are made of few of many edits in a row: the last that was made serves. */
function basisOf(document: Document): Held | undefined {
  const held = holders.get(document)
  return held?.parsed === undefined ? held?.basis : held
}

/** A tree that is taken as the basis of another is nobody else's. */
function take(held: Held | undefined): Parsed | undefined {
  const parsed = held?.parsed
  if (held !== undefined) held.parsed = undefined
  return parsed
}
