/** Views of made-up projects, with the pages of the reference: what features are functions of, without a server. */
import { existsSync, readFileSync } from 'node:fs'
import type { Runs, View } from '../../lsp/contract.ts'
import { viewOfTexts } from '../../lsp/memory.ts'
import type { Catalog } from '../../src/language/index.ts'

export interface Setting {
  /** Texts by name; the first is the one that is looked at. */
  readonly files: Readonly<Record<string, string>>
  readonly catalog?: Catalog
  readonly recordings?: readonly string[]
  readonly runs?: Partial<Runs>
}

export function viewOf({ files, runs, ...more }: Setting): View {
  const [name] = Object.keys(files)
  if (name === undefined) throw new Error('a view is of a file')
  return viewOfTexts(files, name, { ...more, page, runs: { replay: undefined, tests: new Map(), ...runs } })
}

function page(path: string): string | undefined {
  const file = `grammar/${path}`
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/** The text without its `|`, and where that was. */
export function cursorIn(marked: string): { readonly text: string; readonly offset: number } {
  const offset = marked.indexOf('|')
  if (offset < 0) throw new Error(`no cursor in ${marked}`)
  return { text: marked.slice(0, offset) + marked.slice(offset + 1), offset }
}
