/** The state of one project: its documents, its catalog, and what the last check found. */
import { dirname, posix, resolve } from 'node:path'
import { type Analysis, AnalysisMemory, analysing } from '../../src/bundle/index.ts'
import type { LintContext, SourceText } from '../../src/language/index.ts'
import type { CatalogState, Checked, Document, Project, ReplayRun, TestRun } from '../contract.ts'
import { createDocument } from '../document.ts'
import { byDocument } from '../memory.ts'
import { catalogOfFile, noCatalog } from './catalog.ts'
import { type Check, createCheck } from './checking.ts'
import { isUri, nameIn, type Unit } from './layout.ts'

/** The editor's text or the disk's. */
export interface Text {
  readonly uri: string
  readonly version: number | null
  readonly text: string
}

/** What a project asks of the workspace around it. */
export interface Surroundings {
  textOf(path: string): Text | undefined
  readFile(path: string): string | undefined
  recordings(folder: string): readonly string[]
  today(): string
  checked(project: ProjectState): void
  failed(error: unknown): void
}

export class ProjectState {
  #unit: Unit
  readonly #around: Surroundings
  readonly #documents = new Map<string, Document>()
  readonly #memory = new AnalysisMemory()
  readonly #check: Check
  #checked: Checked | undefined
  #isCurrent = false
  #catalog: CatalogState = noCatalog
  #fromTempo = false
  #replay: ReplayRun | undefined
  readonly #tests = new Map<string, TestRun>()

  constructor(unit: Unit, around: Surroundings) {
    this.#unit = unit
    this.#around = around
    this.#check = createCheck(
      () => analysing(this.#input(), this.lint, this.#memory),
      (analysis) => this.#finish(analysis),
      (error) => around.failed(error),
    )
    this.#loadRoots()
    this.reloadCatalog()
  }

  get unit(): Unit {
    return this.#unit
  }

  get catalog(): CatalogState {
    return this.#catalog
  }

  get lint(): LintContext {
    const { settings } = this.#unit
    const { catalog, view } = this.#catalog
    return {
      today: this.#around.today(),
      ...settings?.lint,
      ...(settings === undefined ? {} : { severities: settings.severities }),
      // Without a catalog there is nothing to be strict about.
      ...(catalog === undefined || view === undefined ? {} : { catalog, view, strict: settings?.strict ?? false }),
    }
  }

  /** As of now. */
  get project(): Project {
    const { folder } = this.#unit
    const around = this.#around
    return {
      folder,
      file: this.#unit.file,
      documents: this.#documents,
      resolve: (path, from) => this.#resolve(path, from.name),
      // Looked for when somebody asks, which is seldom.
      get recordings() {
        return isUri(folder) ? [] : around.recordings(folder).map((path) => nameIn(folder, path))
      },
      catalog: this.#catalog,
      lint: this.lint,
      checked: this.#checked,
      isCurrent: this.#isCurrent,
      runs: { replay: this.#replay, tests: this.#tests },
    }
  }

  /** The paths of its scale.json and of its catalog, to watch. */
  get watched(): readonly string[] {
    const { file, folder, settings } = this.#unit
    return [...(file === undefined ? [] : [file]), ...(settings?.catalog === undefined ? [] : [resolve(folder, settings.catalog)])]
  }

  documentAt(path: string): Document | undefined {
    return this.#documents.get(nameIn(this.#unit.folder, path))
  }

  pathOf(name: string): string {
    return isUri(this.#unit.folder) ? this.#unit.folder : resolve(this.#unit.folder, name)
  }

  /** Documents whose diagnostics are this project's to tell; of what they import, other projects do. */
  get roots(): readonly Document[] {
    return this.#unit.roots.flatMap((path) => this.documentAt(path) ?? [])
  }

  /** Names of documents that another one imports. */
  isImported(path: string): boolean {
    return !this.#unit.roots.includes(path) && this.documentAt(path) !== undefined
  }

  /** Takes over the text of a document, if it is one of the project's. Whether it is. */
  update(path: string, delayMs: number): boolean {
    const name = nameIn(this.#unit.folder, path)
    const before = this.#documents.get(name)
    if (before === undefined) return false
    const now = this.#around.textOf(path)
    if (now === undefined) {
      this.#documents.delete(name)
      this.recheck(delayMs)
      return true
    }
    const isSame = before.text === now.text
    this.#documents.set(name, createDocument({ ...now, name }, before))
    if (!isSame) this.recheck(delayMs)
    return true
  }

  /** The project as the layout has it now. */
  become(unit: Unit, delayMs: number): void {
    this.#unit = unit
    this.#loadRoots()
    this.reloadCatalog()
    this.recheck(delayMs)
  }

  /** An import that could not be found may be there now. */
  recheck(delayMs: number): void {
    this.#isCurrent = false
    this.#check.restart(delayMs)
  }

  finished(): Promise<void> {
    return this.#check.finished()
  }

  /** Reads the file anew, unless Tempo is asked. Whether anything is different. */
  reloadCatalog(): boolean {
    if (this.#fromTempo) return false
    const { folder, settings } = this.#unit
    const before = this.#catalog
    const name = settings?.catalog
    return this.#setCatalog(catalogOfFile(folder, name, (path) => this.#around.readFile(path), before))
  }

  /** A catalog from elsewhere goes before the file's; undefined: the file's again. */
  setLiveCatalog(state: CatalogState | undefined): boolean {
    this.#fromTempo = state !== undefined
    return state === undefined ? this.reloadCatalog() : this.#setCatalog(state)
  }

  #setCatalog(state: CatalogState): boolean {
    const before = this.#catalog
    this.#catalog = state
    const isNew = JSON.stringify(state.catalog) !== JSON.stringify(before.catalog)
    if (isNew) this.recheck(0)
    return isNew || state.problem !== before.problem || state.source !== before.source
  }

  replayed(run: ReplayRun): void {
    this.#replay = run
  }

  tested(document: string, test: string, run: TestRun): void {
    this.#tests.set(`${document}\n${test}`, run)
  }

  dispose(): void {
    this.#check.dispose()
  }

  #loadRoots(): void {
    const { folder, roots } = this.#unit
    const names = new Set(roots.map((path) => nameIn(folder, path)))
    for (const name of this.#documents.keys()) if (!names.has(name)) this.#documents.delete(name)
    for (const path of roots) this.#load(nameIn(folder, path), path)
  }

  #load(name: string, path: string): Document | undefined {
    const known = this.#documents.get(name)
    const text = this.#around.textOf(path)
    if (text === undefined) {
      this.#documents.delete(name)
      return undefined
    }
    if (known?.text === text.text && known.version === text.version) return known
    const document = createDocument({ ...text, name }, known)
    this.#documents.set(name, document)
    return document
  }

  #resolve(path: string, from: string): Document | undefined {
    if (isUri(this.#unit.folder)) return undefined
    const name = posix.join(posix.dirname(from), path)
    return this.#documents.get(name) ?? this.#load(name, resolve(this.#unit.folder, dirname(from), path))
  }

  #input() {
    const documents = new Map<SourceText, Document>()
    const sourceOf = (document: Document): SourceText => {
      documents.set(document, document)
      return document
    }
    return {
      roots: this.roots.map(sourceOf),
      resolve: (path: string, from: string) => {
        const document = this.#resolve(path, from)
        return document === undefined ? undefined : sourceOf(document)
      },
      parsed: { get: (source: SourceText) => documents.get(source)?.parsed },
    }
  }

  #finish({ program, resolved, diagnostics }: Analysis): void {
    this.#checked = { program, resolved, diagnostics: byDocument(diagnostics) }
    this.#isCurrent = true
    this.#around.checked(this)
  }
}
