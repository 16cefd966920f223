/** Texts that were edited and not saved, kept in the browser: neither a reload nor a closed tab loses them. */

export interface Draft {
  readonly text: string
  /** The file's text on disk, as it was when this was written over it. */
  readonly over: string
}

const keyOf = (uri: string): string => `scale-playground-draft ${uri}`

/** Undefined: none any more. */
export function keepDraft(uri: string, draft: Draft | undefined): void {
  try {
    if (draft === undefined) localStorage.removeItem(keyOf(uri))
    else localStorage.setItem(keyOf(uri), JSON.stringify(draft))
  } catch {
    // Without a store, or in a full one, the text is in the editor only.
  }
}

export function readDraft(uri: string): Draft | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(keyOf(uri)) ?? 'null')
    return isDraft(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isDraft(value: unknown): value is Draft {
  return typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string' && 'over' in value && typeof value.over === 'string'
}
