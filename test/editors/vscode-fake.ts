/**
 * A small `vscode`: as much of the editor as the extension uses, and what the editor would have shown, in `seen`. Names are those of the API, so a test reads like somebody
 * at the editor.
 */
import { globSync } from 'node:fs'
import { basename, join, relative } from 'node:path'

type Listener<T> = (value: T) => void

export interface Disposable {
  dispose(): void
}

export class EventEmitter<T> {
  readonly #listeners = new Set<Listener<T>>()
  readonly event = (listener: Listener<T>): Disposable => {
    this.#listeners.add(listener)
    return { dispose: () => void this.#listeners.delete(listener) }
  }
  fire(value: T): void {
    for (const listener of this.#listeners) listener(value)
  }
  dispose(): void {
    this.#listeners.clear()
  }
}

/** Spelt as the editor spells it: more is escaped than by Node's `pathToFileURL`. */
export class Uri {
  readonly scheme: string
  readonly path: string

  private constructor(scheme: string, path: string) {
    this.scheme = scheme
    this.path = path
  }
  static parse(text: string): Uri {
    const { protocol, pathname } = new URL(text)
    return new Uri(protocol.slice(0, -1), decodeURIComponent(pathname))
  }
  static file(path: string): Uri {
    return new Uri('file', path)
  }
  static from({ scheme, path }: { readonly scheme: string; readonly path: string }): Uri {
    return new Uri(scheme, path)
  }
  get fsPath(): string {
    return this.path
  }
  toString(): string {
    const path = this.path.split('/').map((part) => encodeURIComponent(part).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`))
    return `${this.scheme}:${this.scheme === 'file' ? '//' : ''}${path.join('/')}`
  }
}

export class Position {
  readonly line: number
  readonly character: number
  constructor(line: number, character: number) {
    this.line = line
    this.character = character
  }
}

export class Range {
  readonly start: Position
  readonly end: Position
  constructor(startLine: number, startCharacter: number, endLine: number, endCharacter: number) {
    this.start = new Position(startLine, startCharacter)
    this.end = new Position(endLine, endCharacter)
  }
}

export class Location {
  readonly uri: Uri
  readonly range: Range
  constructor(uri: Uri, range: Range) {
    this.uri = uri
    this.range = range
  }
}

export class ThemeColor {
  readonly id: string
  constructor(id: string) {
    this.id = id
  }
}

export class CancellationTokenSource {
  readonly token = { isCancellationRequested: false, onCancellationRequested: new EventEmitter<void>().event }
}

export const StatusBarAlignment = { Left: 1, Right: 2 } as const
export const ViewColumn = { Beside: -2 } as const
export const ProgressLocation = { Window: 10 } as const
export const TestRunProfileKind = { Run: 1, Debug: 2, Coverage: 3 } as const

// Tests

export class TestMessage {
  readonly message: string
  location: Location | undefined
  constructor(message: string) {
    this.message = message
  }
}

export class TestRunRequest {
  readonly include: readonly TestItem[] | undefined
  readonly exclude: readonly TestItem[] | undefined
  constructor(include?: readonly TestItem[], exclude?: readonly TestItem[]) {
    this.include = include
    this.exclude = exclude
  }
}

export class BranchCoverage {
  readonly executed: boolean | number
  readonly location: Range
  readonly label: string
  constructor(executed: boolean | number, location: Range, label: string) {
    this.executed = executed
    this.location = location
    this.label = label
  }
}

export class StatementCoverage {
  readonly executed: boolean | number
  readonly location: Range
  readonly branches: readonly BranchCoverage[]
  constructor(executed: boolean | number, location: Range, branches: readonly BranchCoverage[]) {
    this.executed = executed
    this.location = location
    this.branches = branches
  }
}

export class FileCoverage {
  readonly uri: Uri
  readonly statements: { readonly covered: number; readonly total: number }
  private constructor(uri: Uri, details: readonly StatementCoverage[]) {
    this.uri = uri
    this.statements = { covered: details.filter(({ executed }) => Boolean(executed)).length, total: details.length }
  }
  static fromDetails(uri: Uri, details: readonly StatementCoverage[]): FileCoverage {
    return new FileCoverage(uri, details)
  }
}

class TestItems {
  readonly #items = new Map<string, TestItem>()
  get size(): number {
    return this.#items.size
  }
  add(item: TestItem): void {
    this.#items.set(item.id, item)
  }
  get(id: string): TestItem | undefined {
    return this.#items.get(id)
  }
  delete(id: string): void {
    this.#items.delete(id)
  }
  replace(items: readonly TestItem[]): void {
    this.#items.clear()
    for (const item of items) this.add(item)
  }
  [Symbol.iterator](): IterableIterator<[string, TestItem]> {
    return this.#items.entries()
  }
}

export interface TestItem {
  readonly id: string
  readonly label: string
  readonly uri: Uri | undefined
  readonly children: TestItems
  range: Range | undefined
}

export interface TestRun {
  /** What became of each test, by its name: `passed`, or its messages. */
  readonly outcomes: Map<string, string>
  readonly messages: Map<string, readonly TestMessage[]>
  readonly coverage: FileCoverage[]
  output: string
  isEnded: boolean
}

export interface Profile {
  readonly label: string
  readonly kind: number
  readonly run: (request: TestRunRequest, token: CancellationTokenSource['token']) => Promise<void>
  loadDetailedCoverage?: (run: TestRun, coverage: FileCoverage) => Promise<readonly StatementCoverage[]>
  dispose(): void
}

export interface Controller {
  readonly items: TestItems
  readonly profiles: Profile[]
  readonly runs: TestRun[]
  refreshHandler?: () => Promise<void>
}

interface StatusItem {
  text: string
  tooltip: string
  command: string
  name: string
  backgroundColor: ThemeColor | undefined
  isShown: boolean
}

interface Editor {
  readonly document: { readonly languageId: string; readonly uri: Uri; readonly isUntitled: boolean; readonly isDirty: boolean; save(): Promise<boolean> }
  readonly selection: { readonly active: Position }
}

/** What the editor has shown so far, and what somebody would answer it. */
export const seen = {
  controllers: [] as Controller[],
  status: [] as StatusItem[],
  messages: [] as string[],
  /** What somebody presses in a message; undefined: nothing. */
  press: undefined as string | undefined,
  /** Output channels that were brought to view, by name. */
  outputs: [] as string[],
  /** The languages of texts in editors of their own. */
  languages: [] as string[],
  /** Texts in editors of their own, by name. */
  texts: new Map<string, string>(),
  previews: [] as string[],
  terminals: [] as { readonly name: string; readonly shellPath: string; readonly shellArgs: readonly string[] }[],
  offered: [] as (readonly string[])[],
  choose: (_items: readonly { readonly label: string }[]): number | undefined => 0,
  settings: {} as Record<string, unknown>,
  /** Paths of texts that were written to disk. */
  saved: [] as string[],
  /** What somebody finds on disk, when asked for a file. */
  browsed: undefined as string | undefined,
  folder: '',
}

export const commands = {
  registered: new Map<string, (...given: unknown[]) => unknown>(),
  registerCommand(name: string, run: (...given: unknown[]) => unknown): Disposable {
    if (commands.registered.has(name)) throw new Error(`command '${name}' already exists`)
    commands.registered.set(name, run)
    return { dispose: () => void commands.registered.delete(name) }
  },
  async executeCommand(name: string, ...given: unknown[]): Promise<unknown> {
    if (name === 'markdown.showPreviewToSide') {
      const uri = given[0] as Uri
      seen.previews.push(providers.get(uri.scheme)?.provideTextDocumentContent(uri) ?? '')
      return undefined
    }
    const run = commands.registered.get(name)
    if (run === undefined) throw new Error(`command '${name}' not found`)
    return run(...given)
  },
}

const activeEditor = new EventEmitter<Editor | undefined>()
async function say(message: string, ...items: readonly string[]): Promise<string | undefined> {
  seen.messages.push(message)
  return items.find((item) => item === seen.press)
}

export const window = {
  activeTextEditor: undefined as Editor | undefined,
  onDidChangeActiveTextEditor: activeEditor.event,
  /** Somebody opens the file, the cursor at a place. */
  activate(path: string, line = 0, character = 0): void {
    window.show(Uri.file(path), false, new Position(line, character))
  },
  /** A text is in view. */
  show(uri: Uri, isDirty: boolean, active = new Position(0, 0)): void {
    const save = async (): Promise<boolean> => {
      seen.saved.push(uri.path)
      return true
    }
    window.activeTextEditor = { document: { languageId: 'scale', uri, isUntitled: uri.scheme === 'untitled', isDirty, save }, selection: { active } }
    activeEditor.fire(window.activeTextEditor)
  },
  createStatusBarItem(): StatusItem & Disposable & { show(): void; hide(): void } {
    const item = {
      ...{ text: '', tooltip: '', command: '', name: '', backgroundColor: undefined, isShown: false },
      show: () => {
        item.isShown = true
      },
      hide: () => {
        item.isShown = false
      },
      dispose: () => {},
    }
    seen.status.push(item)
    return item
  },
  createOutputChannel: (name: string) => ({ show: () => void seen.outputs.push(name), error: () => {}, dispose: () => {} }),
  showInformationMessage: say,
  showWarningMessage: say,
  showErrorMessage: say,
  async showQuickPick<T extends { readonly label: string }>(items: readonly T[]): Promise<T | undefined> {
    seen.offered.push(items.map(({ label }) => label))
    const chosen = seen.choose(items)
    return chosen === undefined ? undefined : items[chosen]
  },
  showOpenDialog: async (): Promise<readonly Uri[] | undefined> => (seen.browsed === undefined ? undefined : [Uri.file(seen.browsed)]),
  withProgress: <T>(_: unknown, run: () => Promise<T>): Promise<T> => run(),
  async showTextDocument({ uri }: { readonly uri: Uri }): Promise<void> {
    seen.texts.set(basename(uri.path), providers.get(uri.scheme)?.provideTextDocumentContent(uri) ?? '')
  },
  createTerminal(options: { readonly name: string; readonly shellPath: string; readonly shellArgs: readonly string[] }): { show(): void } {
    seen.terminals.push(options)
    return { show: () => {} }
  },
}

const providers = new Map<string, { provideTextDocumentContent(uri: Uri): string }>()
const nothing = { dispose: () => {} }

export const workspace = {
  isTrusted: true,
  get workspaceFolders() {
    return [{ uri: Uri.file(seen.folder), name: basename(seen.folder) }]
  },
  getConfiguration: (section: string) => ({ get: (key: string) => seen.settings[`${section}.${key}`] }),
  asRelativePath: (uri: Uri) => relative(seen.folder, uri.fsPath),
  findFiles: async (pattern: string) => globSync(pattern, { cwd: seen.folder }).map((path) => Uri.file(join(seen.folder, path))),
  registerTextDocumentContentProvider(scheme: string, provider: { provideTextDocumentContent(uri: Uri): string }): Disposable {
    providers.set(scheme, provider)
    return nothing
  },
  openTextDocument: async (uri: Uri) => ({ uri }),
  onDidOpenTextDocument: () => nothing,
  changed: new EventEmitter<{ readonly document: { readonly languageId: string; readonly uri: Uri } }>(),
  onDidChangeTextDocument: (listener: Listener<{ readonly document: { readonly languageId: string; readonly uri: Uri } }>) => workspace.changed.event(listener),
  configured: new EventEmitter<{ affectsConfiguration(section: string): boolean }>(),
  onDidChangeConfiguration: (listener: Listener<{ affectsConfiguration(section: string): boolean }>) => workspace.configured.event(listener),
  trusted: new EventEmitter<void>(),
  onDidGrantWorkspaceTrust: (listener: Listener<void>) => workspace.trusted.event(listener),
  createFileSystemWatcher: () => ({ onDidCreate: () => nothing, onDidChange: () => nothing, onDidDelete: () => nothing, dispose: () => {} }),
}

export const languages = {
  async setTextDocumentLanguage<T>(document: T, language: string): Promise<T> {
    seen.languages.push(language)
    return document
  },
}

export const tests = {
  createTestController(): Controller & Disposable & Record<string, unknown> {
    const controller: Controller & Disposable & Record<string, unknown> = {
      items: new TestItems(),
      profiles: [],
      runs: [],
      createTestItem: (id: string, label: string, uri?: Uri): TestItem => ({ id, label, uri, children: new TestItems(), range: undefined }),
      createRunProfile(label: string, kind: number, run: Profile['run']): Profile {
        const profile: Profile = { label, kind, run, dispose: () => {} }
        controller.profiles.push(profile)
        return profile
      },
      createTestRun() {
        const run: TestRun = { outcomes: new Map(), messages: new Map(), coverage: [], output: '', isEnded: false }
        controller.runs.push(run)
        const told =
          (outcome: string) =>
          (item: TestItem, messages: TestMessage | readonly TestMessage[] = []) => {
            run.outcomes.set(item.label, outcome)
            run.messages.set(item.label, [messages].flat())
          }
        return Object.assign(run, {
          ...{
            enqueued: told('enqueued'),
            started: told('started'),
            passed: told('passed'),
            failed: told('failed'),
            errored: told('errored'),
            skipped: told('skipped'),
          },
          appendOutput: (text: string) => {
            run.output += text
          },
          addCoverage: (coverage: FileCoverage) => void run.coverage.push(coverage),
          end: () => {
            run.isEnded = true
          },
        })
      },
      dispose: () => {},
    }
    seen.controllers.push(controller)
    return controller
  },
}
