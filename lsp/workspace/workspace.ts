/** Everything that the server knows: folders, open texts, projects. The only state there is, beside what features remember between two answers. */
import { sep } from 'node:path'
import { checkMessages, type Diagnostic } from '../../src/language/index.ts'
import type { CatalogState, Document, Project, View } from '../contract.ts'
import { type Host, isRuleFile } from './host.ts'
import { isUri, layoutOf, type Unit } from './layout.ts'
import { ProjectState, type Text } from './project.ts'
import { keyOf, uriOf } from './uris.ts'

export interface WorkspaceOptions {
  readonly host: Host
  readonly page: (path: string) => string | undefined
  /** A check has finished. */
  readonly checked: (project: ProjectState) => void
  /** A project's catalog is another, or its newest state is broken. */
  readonly catalogChanged: (project: ProjectState) => void
  /** A bug of ours. */
  readonly failed: (error: unknown) => void
}

export class Workspace {
  readonly #options: WorkspaceOptions
  readonly #open = new Map<string, Text>()
  /** Of files that are not open: read once, until the editor tells of a change. */
  readonly #disk = new Map<string, string | undefined>()
  #folders: readonly string[] = []
  #projects: ProjectState[] = []
  #delayMs = 150
  #live: CatalogState | undefined
  #news = false

  constructor(options: WorkspaceOptions) {
    this.#options = options
  }

  get projects(): readonly ProjectState[] {
    return this.#projects
  }

  get folders(): readonly string[] {
    return this.#folders
  }

  /** After an edit a check begins when nothing was typed for so long. */
  setDelay(milliseconds: number): void {
    this.#delayMs = milliseconds
  }

  setFolders(folders: readonly string[]): void {
    this.#folders = [...new Set(folders)]
    this.#arrange()
  }

  opened(uri: string, version: number, text: string): void {
    const key = keyOf(uri)
    this.#open.set(key, { uri, version, text })
    if (!this.#update(key, 0)) this.#arrange()
  }

  /** The text of an open document. */
  text(uri: string): Text | undefined {
    return this.#open.get(keyOf(uri))
  }

  changed(uri: string, version: number, text: string): void {
    const key = keyOf(uri)
    this.#open.set(key, { uri, version, text })
    this.#update(key, this.#delayMs)
  }

  closed(uri: string): void {
    const key = keyOf(uri)
    this.#open.delete(key)
    this.#disk.delete(key)
    const isElsewhere = isUri(key) || !this.#folders.some((folder) => key.startsWith(`${folder}${sep}`)) || this.#textOf(key) === undefined
    if (isElsewhere) this.#arrange()
    else this.#update(key, 0)
  }

  /** Files of these URIs were made, changed or deleted. */
  filesChanged(uris: readonly string[]): void {
    let arrange = false
    this.#news = true
    for (const key of uris.map(keyOf)) {
      this.#disk.delete(key)
      if (this.#projects.some((project) => project.unit.file === key) || key.endsWith('scale.json')) arrange = true
      else if (isRuleFile(key) && !this.#open.has(key)) {
        const isThere = this.#textOf(key) !== undefined
        // A file that came or went may be an import of any project.
        if (!isThere || !this.#update(key, 0)) arrange = true
      }
      for (const project of this.#projects) if (project.watched.includes(key) && project.reloadCatalog()) this.#options.catalogChanged(project)
    }
    if (arrange) this.#arrange()
  }

  /** The project whose rule file it is; of an import, the one that imports it. */
  projectOf(uri: string): ProjectState | undefined {
    const key = keyOf(uri)
    return this.#projects.find(({ unit }) => unit.roots.includes(key)) ?? this.#projects.find((project) => project.documentAt(key) !== undefined)
  }

  documentOf(uri: string): Document | undefined {
    return this.projectOf(uri)?.documentAt(keyOf(uri))
  }

  viewOf(uri: string, cancelled: () => boolean): View | undefined {
    const state = this.projectOf(uri)
    const document = state?.documentAt(keyOf(uri))
    if (state === undefined || document === undefined) return undefined
    const project = state.project
    const workspace: Project[] = this.#projects.map((each) => (each === state ? project : each.project))
    return { document, project, workspace, page: this.#options.page, cancelled }
  }

  /** What the last check said of a root of the project. */
  diagnosticsOf(state: ProjectState, document: Document): readonly Diagnostic[] {
    const found = state.project.checked?.diagnostics.get(document.name) ?? []
    const { code } = checkMessages.unusedLet
    if (!found.some((diagnostic) => diagnostic.code === code)) return found
    // What another project imports is a library for it, as it would be within one.
    const path = keyOf(document.uri)
    return this.#projects.some((other) => other !== state && other.isImported(path)) ? found.filter((diagnostic) => diagnostic.code !== code) : found
  }

  /** A catalog for all projects, instead of those that their files name; undefined: the files' again. */
  setLiveCatalog(state: CatalogState | undefined): void {
    this.#live = state
    for (const project of this.#projects) if (project.setLiveCatalog(state)) this.#options.catalogChanged(project)
  }

  /** Whether something other than edits has changed what there is to say, since this was asked: clients that ask need to be told. */
  takeCrossFileNews(): boolean {
    const news = this.#news
    this.#news = false
    return news
  }

  /** Whatever may have changed on disk is read anew; for clients that do not tell. */
  refresh(): void {
    this.#disk.clear()
    this.#news = true
    this.#arrange()
    for (const project of this.#projects) if (project.reloadCatalog()) this.#options.catalogChanged(project)
  }

  async finished(): Promise<void> {
    await Promise.all(this.#projects.map((project) => project.finished()))
  }

  dispose(): void {
    for (const project of this.#projects) project.dispose()
  }

  /** Whether some project has the document. */
  #update(key: string, delayMs: number): boolean {
    return this.#projects.map((project) => project.update(key, delayMs)).some(Boolean)
  }

  #arrange(): void {
    const before = new Map(this.#projects.map((project) => [identityOf(project.unit), project]))
    this.#projects = layoutOf(this.#folders, [...this.#open.keys()], this.#options.host).map((unit) => {
      const known = before.get(identityOf(unit))
      before.delete(identityOf(unit))
      if (known !== undefined) {
        known.become(unit, 0)
        return known
      }
      const project = new ProjectState(unit, {
        textOf: (path) => this.#textOf(path),
        readFile: (path) => this.#options.host.read(path),
        recordings: (folder) => this.#options.host.recordings(folder),
        today: () => this.#options.host.today(),
        checked: (checked) => this.#options.checked(checked),
        failed: (error) => this.#options.failed(error),
      })
      if (this.#live !== undefined) project.setLiveCatalog(this.#live)
      project.recheck(0)
      return project
    })
    for (const gone of before.values()) gone.dispose()
  }

  #textOf(path: string): Text | undefined {
    const open = this.#open.get(path)
    if (open !== undefined || isUri(path)) return open
    if (!this.#disk.has(path)) this.#disk.set(path, this.#options.host.read(path))
    const text = this.#disk.get(path)
    return text === undefined ? undefined : { uri: uriOf(path), version: null, text }
  }
}

function identityOf({ folder, file }: Unit): string {
  return `${folder}\n${file ?? ''}`
}
