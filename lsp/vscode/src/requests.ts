/** The language server's own requests, as lsp/README.md has them: names, parameters and answers. */

export interface Position {
  readonly line: number
  readonly character: number
}

export interface Range {
  readonly start: Position
  readonly end: Position
}

export interface TestEntry {
  readonly uri: string
  readonly name: string
  readonly range: Range
  readonly nameRange: Range
}

export interface TestResult {
  /** Of a file without tests those of its project are run. A `scalec` of the workspace may be too old to tell. */
  readonly uri?: string
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'broken'
  readonly failures: readonly { readonly range: Range; readonly message: string }[]
  readonly timeline: string
}

export interface CoveredRange {
  readonly range: Range
  readonly state: 'covered' | 'partly' | 'missed'
  readonly message: string
}

export interface CoveredFile {
  readonly uri: string
  readonly ranges: readonly CoveredRange[]
}

export interface CatalogState {
  readonly source?: string
  readonly problem?: string
  readonly services: number
  readonly operations: number
  readonly workloads: number
}

export interface Requests {
  readonly 'scale/tests': { readonly params: { readonly uri?: string }; readonly answer: { readonly tests: readonly TestEntry[] } }
  readonly 'scale/runTest': {
    readonly params: { readonly uri: string; readonly name?: string }
    readonly answer: { readonly results: readonly TestResult[]; readonly problem?: string }
  }
  readonly 'scale/coverage': {
    readonly params: { readonly uri: string }
    /** `files`: the rules of a file may have their tests in another one. A `scalec` of the workspace may be too old to tell them. */
    readonly answer: { readonly ranges: readonly CoveredRange[]; readonly files?: readonly CoveredFile[]; readonly problem?: string }
  }
  readonly 'scale/replay': {
    readonly params: { readonly uri: string; readonly recording?: string }
    readonly answer: { readonly text: string; readonly problem?: string }
  }
  readonly 'scale/explain': { readonly params: { readonly uri: string; readonly position?: Position }; readonly answer: { readonly markdown: string } }
  readonly 'scale/catalogState': { readonly params: { readonly uri?: string }; readonly answer: CatalogState }
  readonly 'scale/refreshCatalog': { readonly params: { readonly uri?: string }; readonly answer: CatalogState }
}

export const catalogChanged = 'scale/catalogChanged'

/** The language server, as far as the extension speaks to it by itself. */
export interface Language {
  request<M extends keyof Requests>(method: M, params: Requests[M]['params'], token?: Cancellation): Promise<Requests[M]['answer']>
  onNotification(method: string, hear: (params: unknown) => void): { dispose(): void }
}

/** As both `vscode` and the protocol have it. */
export interface Cancellation {
  readonly isCancellationRequested: boolean
}
