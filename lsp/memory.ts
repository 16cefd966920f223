/** Views of texts that are given, without a server: for tests, and for whoever has no files. */
import { posix } from 'node:path'
import { analyse } from '../src/bundle/index.ts'
import { type Catalog, type Diagnostic, type LintContext, type SourceText, viewOf } from '../src/language/index.ts'
import type { CatalogState, Checked, Document, Project, Runs, View } from './contract.ts'
import { createDocument } from './document.ts'

export interface MemoryOptions {
  readonly catalog?: Catalog
  readonly lint?: LintContext
  readonly runs?: Runs
  readonly page?: (path: string) => string | undefined
  readonly recordings?: readonly string[]
  /** The texts of the last check, where they differ from those of now: as in the middle of typing. */
  readonly checkedTexts?: Readonly<Record<string, string>>
}

const nothingRun: Runs = { replay: undefined, tests: new Map() }

/** A view of the text called `name` among others by name; all of them are roots of one project, checked. */
export function viewOfTexts(texts: Readonly<Record<string, string>>, name: string, options: MemoryOptions = {}): View {
  const documents = documentsOf(texts)
  const document = documents.get(name)
  if (document === undefined) throw new Error(`there is no text ${name}`)
  const { catalog, runs = nothingRun, page = () => undefined } = options
  const lint: LintContext = { ...options.lint, ...(catalog === undefined ? {} : { catalog }) }
  let checked: Checked | undefined
  const project: Project = {
    folder: '/',
    file: undefined,
    documents,
    resolve: (path, from) => documents.get(posix.join(posix.dirname(from.name), path)),
    ...(options.recordings === undefined ? {} : { recordings: options.recordings }),
    catalog: catalogState(catalog),
    lint,
    // Many features need none.
    get checked() {
      checked ??= checkedOf(options.checkedTexts === undefined ? documents : documentsOf(options.checkedTexts), lint)
      return checked
    },
    isCurrent: options.checkedTexts === undefined,
    runs,
  }
  return { document, project, workspace: [project], page, cancelled: () => false }
}

function documentsOf(texts: Readonly<Record<string, string>>): ReadonlyMap<string, Document> {
  return new Map(Object.entries(texts).map(([name, text]) => [name, createDocument({ uri: `file:///${name}`, name, version: 1, text })]))
}

function catalogState(catalog: Catalog | undefined): CatalogState {
  if (catalog === undefined) return { catalog, view: undefined, source: undefined, problem: undefined }
  return { catalog, view: viewOf(catalog), source: 'catalog.json', problem: undefined }
}

function checkedOf(documents: ReadonlyMap<string, Document>, lint: LintContext): Checked {
  const parsed = new Map([...documents.values()].map(({ parsed }) => [parsed.tree.source, parsed]))
  const sources = new Map<string, SourceText>([...parsed.keys()].map((source) => [source.name, source]))
  const resolve = (path: string, from: string) => sources.get(posix.join(posix.dirname(from), path))
  const { program, resolved, diagnostics } = analyse({ roots: [...sources.values()], resolve, parsed }, lint)
  return { program, resolved, diagnostics: byDocument(diagnostics) }
}

/** By the names of their files. */
export function byDocument(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, readonly Diagnostic[]> {
  return Map.groupBy(diagnostics, ({ file }) => file)
}
