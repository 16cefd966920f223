/** Semantic tokens with memory: what a client has, so that after an edit it is told the difference. */
import type { SemanticTokens, SemanticTokensDelta } from 'vscode-languageserver/node'
import type { TextRange } from '../../src/language/index.ts'
import type { Document } from '../contract.ts'
import { semanticTokens, tokenEdits } from '../features/semantic-tokens.ts'

export interface Colours {
  full(document: Document): SemanticTokens
  delta(document: Document, previous: string): SemanticTokens | SemanticTokensDelta
  range(document: Document, range: TextRange): SemanticTokens
}

/** Documents whose last tokens are remembered; more are rarely open, and one that is forgotten is told as a whole. */
const mostRemembered = 20

export function createColours(): Colours {
  const remembered = new Map<string, { readonly id: string; readonly data: readonly number[] }>()
  let ids = 0

  function remember(uri: string, data: readonly number[]): string {
    const id = String(++ids)
    remembered.delete(uri)
    remembered.set(uri, { id, data })
    const [oldest] = remembered.keys()
    if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest)
    return id
  }

  return {
    full(document) {
      const data = [...semanticTokens(document)]
      return { resultId: remember(document.uri, data), data }
    },
    delta(document, previous) {
      const before = remembered.get(document.uri)
      const data = [...semanticTokens(document)]
      const resultId = remember(document.uri, data)
      if (before === undefined || before.id !== previous) return { resultId, data }
      return { resultId, edits: tokenEdits(before.data, data).map((edit) => ({ ...edit })) }
    },
    range: (document, range) => ({ data: [...semanticTokens(document, range)] }),
  }
}
