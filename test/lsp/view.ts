/** Views of made-up projects: what features are functions of, without a server. */
import { existsSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import type { Checked, Document, Project, Runs, View } from '../../lsp/contract.ts'
import { createDocument } from '../../lsp/document.ts'
import { type Catalog, check, type LintContext, lint, settle, viewOf as viewOfCatalog, withoutClashes } from '../../src/language/index.ts'

export interface Setting {
  /** Texts by name; the first is the one that is looked at. */
  readonly files: Readonly<Record<string, string>>
  readonly catalog?: Catalog
  readonly recordings?: readonly string[]
  readonly runs?: Partial<Runs>
  /** The last check is of these texts, not of those that are there now. */
  readonly checkedFiles?: Readonly<Record<string, string>>
}

export function viewOf({ files, catalog, recordings, runs, checkedFiles }: Setting): View {
  const documents = documentsOf(files)
  const [document] = documents.values()
  if (document === undefined) throw new Error('a view is of a file')
  const context: LintContext = catalog === undefined ? {} : { catalog }
  const catalogView = catalog === undefined ? undefined : viewOfCatalog(catalog)
  let checked: Checked | undefined
  const project: Project = {
    folder: '/project',
    file: undefined,
    documents,
    resolve: resolveIn(documents),
    ...(recordings === undefined ? {} : { recordings }),
    catalog: { catalog, view: catalogView, source: catalog === undefined ? undefined : 'catalog.json', problem: undefined },
    lint: context,
    get checked() {
      checked ??= checkedOf(checkedFiles === undefined ? documents : documentsOf(checkedFiles), context)
      return checked
    },
    isCurrent: checkedFiles === undefined,
    runs: { replay: undefined, tests: new Map(), ...runs },
  }
  return { document, project, workspace: [project], page, cancelled: () => false }
}

function documentsOf(files: Readonly<Record<string, string>>): ReadonlyMap<string, Document> {
  return new Map(Object.entries(files).map(([name, text]) => [name, createDocument({ uri: `file:///project/${name}`, name, version: 1, text })]))
}

function resolveIn(documents: ReadonlyMap<string, Document>): Project['resolve'] {
  return (path, from) => documents.get(posix.join(posix.dirname(from.name), path))
}

function checkedOf(documents: ReadonlyMap<string, Document>, context: LintContext): Checked {
  const resolve = resolveIn(documents)
  const roots = [...documents.values()].map(({ parsed }) => parsed.tree)
  const checked = check(roots, (path, from) => {
    const document = documents.get(from.source.name)
    return document === undefined ? undefined : resolve(path, document)?.parsed.tree
  })
  const found = [...[...documents.values()].flatMap(({ parsed }) => parsed.diagnostics), ...checked.diagnostics, ...lint(checked, context)]
  const diagnostics = settle(withoutClashes(found), checked.program.files, context)
  return {
    program: checked.program,
    resolved: checked.resolved,
    diagnostics: new Map([...documents.keys()].map((name) => [name, diagnostics.filter(({ file }) => file === name)])),
  }
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
