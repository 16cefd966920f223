/** Diagnostics to the client: pushed to those that cannot ask, and told to those that do. */
import type { Connection, Diagnostic, DocumentDiagnosticReport, WorkspaceDiagnosticReport } from 'vscode-languageserver/node'
import type { Document } from '../contract.ts'
import { type PageUrl, protocolDiagnostics, settingsDiagnostic } from '../features/diagnostics.ts'
import type { ProjectState } from '../workspace/project.ts'
import { keyOf, uriOf } from '../workspace/uris.ts'
import type { Workspace } from '../workspace/workspace.ts'

export interface PublisherOptions {
  readonly connection: Connection
  readonly workspace: Workspace
  readonly pageUrl: PageUrl
  readonly read: (path: string) => string | undefined
  /** Warnings and lints as well as errors. */
  readonly lint: () => boolean
}

interface Told {
  readonly id: string
  readonly content: string
}

export class Publisher {
  readonly #options: PublisherOptions
  /** What was pushed, by URI, as JSON. */
  readonly #pushed = new Map<string, string>()
  /** What was last asked for, by URI. */
  readonly #told = new Map<string, Told>()
  #ids = 0

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  diagnosticsOf(state: ProjectState, document: Document): readonly Diagnostic[] {
    const { workspace, pageUrl, lint } = this.#options
    const all = workspace.diagnosticsOf(state, document)
    return protocolDiagnostics(document, state.project, lint() ? all : all.filter(({ severity }) => severity === 'error'), pageUrl)
  }

  /** Sends what is different from what was sent. `withDocuments`: to clients that do not ask. */
  push(withDocuments: boolean): void {
    const { workspace } = this.#options
    const seen = new Set<string>()
    for (const state of workspace.projects) {
      this.#pushSettings(state, seen)
      if (!withDocuments || !state.project.isCurrent) {
        for (const document of state.roots) seen.add(document.uri)
        continue
      }
      for (const document of state.roots) {
        seen.add(document.uri)
        this.#send(document.uri, this.diagnosticsOf(state, document), document.version)
      }
    }
    for (const uri of [...this.#pushed.keys()]) {
      if (seen.has(uri)) continue
      this.#send(uri, [], null)
      this.#pushed.delete(uri)
    }
  }

  /** What is wrong with a project's scale.json and its catalog; where all is well, an empty list that takes back what was said. */
  #pushSettings(state: ProjectState, seen: Set<string>): void {
    const { file, problem } = state.unit
    if (file === undefined) return
    const uri = uriOf(file)
    seen.add(uri)
    const text = this.#options.read(file) ?? ''
    const catalog = state.catalog.problem
    const problems = [...(problem === undefined ? [] : [problem]), ...(catalog === undefined ? [] : [`$.catalog: ${catalog}`])]
    this.#send(
      uri,
      problems.map((each) => settingsDiagnostic(text, each)),
      null,
    )
  }

  #send(uri: string, diagnostics: readonly Diagnostic[], version: number | null): void {
    const content = JSON.stringify(diagnostics)
    // Nothing was said of most files, and need not be taken back.
    if ((this.#pushed.get(uri) ?? (version === null ? '[]' : undefined)) === content) return
    this.#pushed.set(uri, content)
    void this.#options.connection.sendDiagnostics({ uri, diagnostics: [...diagnostics], ...(version === null ? {} : { version }) })
  }

  /** The answer to a client that asks, of a document that is checked. */
  report(state: ProjectState, document: Document, previous: string | undefined): DocumentDiagnosticReport {
    const items = [...this.diagnosticsOf(state, document)]
    const content = JSON.stringify(items)
    const before = this.#told.get(document.uri)
    const now = before?.content === content ? before : { id: String(++this.#ids), content }
    this.#told.set(document.uri, now)
    return previous === now.id ? { kind: 'unchanged', resultId: now.id } : { kind: 'full', resultId: now.id, items }
  }

  /** `previous`: results that the client has, by URI as it spells it. */
  async workspaceReport(previous: ReadonlyMap<string, string>, cancelled: () => boolean): Promise<WorkspaceDiagnosticReport> {
    const { workspace } = this.#options
    const items: WorkspaceDiagnosticReport['items'] = []
    const had = new Map(Array.from(previous, ([uri, result]) => [keyOf(uri), { uri, result }]))
    for (const state of workspace.projects) {
      await state.finished()
      if (cancelled()) break
      for (const document of state.roots) {
        const key = keyOf(document.uri)
        const { uri, result } = had.get(key) ?? { uri: document.uri, result: undefined }
        had.delete(key)
        items.push({ ...this.report(state, document, result), uri, version: document.version } as WorkspaceDiagnosticReport['items'][number])
      }
    }
    for (const { uri } of had.values()) items.push({ kind: 'full', uri, version: null, items: [] })
    return { items }
  }
}
