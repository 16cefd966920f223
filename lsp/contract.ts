/**
 * What every feature is a function of: a view of one document, in the project that it belongs to, at one moment. Features are pure: they know no connection,
 * no file system and no clock. They are asked about offsets into `document.text`, reason in them (`TextRange`), and answer in the protocol's types, whose
 * ranges `document.lines` makes in the end. `server.ts` makes views and sends what features return; a test makes one with `viewOfTexts` (memory.ts).
 *
 * The feature of each file below features/, all of them synchronous:
 *   completion      completion(view, offset): CompletionList            resolveCompletion(item, view): CompletionItem
 *   hover           hover(view, offset): Hover | undefined
 *   signature-help  signatureHelp(view, offset): SignatureHelp | undefined
 *   inlay-hints     inlayHints(view, range): readonly InlayHint[]
 *   code-lens       codeLenses(view): readonly CodeLens[]
 * Completion and signature help are asked at once, whatever `isCurrent` says: there, only `documents` are of now. All others wait for the check.
 */
import type { Catalog, CatalogView, Diagnostic, LintContext, Parsed, Program, Resolutions } from '../src/language/index.ts'
import type { LineIndex } from './positions.ts'

export interface View {
  readonly document: Document
  readonly project: Project
  /** All of them, in the order of their folders; `project` is one. For what crosses projects: symbols of the workspace. */
  readonly workspace: readonly Project[]
  /** A page of the reference by its path below grammar/: `words/p99.md`, `diagnostics/SC1001.md`. */
  readonly page: (path: string) => string | undefined
  /** The client no longer wants the answer. Asked between units of work; what is answered then is thrown away. */
  readonly cancelled: () => boolean
}

/** A rule file: the editor's text where it is open, else the disk's. Never changed: an edit makes another one. */
export interface Document {
  readonly uri: string
  /** Its name in diagnostics and trees: the path from the project's folder, as `scalec` there would print it. */
  readonly name: string
  /** The editor's; null where it is not open. */
  readonly version: number | null
  readonly text: string
  readonly lines: LineIndex
  /** Tree and syntax errors of exactly this text; found when first asked for. Most of it comes from the text before the edit, where there was one. */
  readonly parsed: Parsed
}

/** What is compiled together: the rules of a scale.json, or of one folder that has none. */
export interface Project {
  /** Absolute path, or a URI's start where there are no paths. Names of documents are relative to it. */
  readonly folder: string
  /** Absolute path of its scale.json. */
  readonly file: string | undefined
  /** Rule files and what they import, by name. Their texts and trees are always of now. */
  readonly documents: ReadonlyMap<string, Document>
  /** The document that `import "path"` in `from` means. */
  readonly resolve: (path: string, from: Document) => Document | undefined
  /** Files that `replay "path"` may name, as `documents` names its own; undefined where nobody has looked. */
  readonly recordings?: readonly string[]
  readonly catalog: CatalogState
  /** How diagnostics are judged; the catalog is in it. */
  readonly lint: LintContext
  /** The last finished check. Behind an edit it is of older texts until `isCurrent` again; undefined before the first. */
  readonly checked: Checked | undefined
  readonly isCurrent: boolean
  readonly runs: Runs
}

/** Of one moment: its trees are those of the documents' texts then. */
export interface Checked {
  readonly program: Program
  /** By nodes of those trees. Nodes that were not edited since are in the documents' trees of now as well, and have moved with their text. */
  readonly resolved: Resolutions
  /** By document name: all that `scalec check` would say, suppressions and severities applied; by place. */
  readonly diagnostics: ReadonlyMap<string, readonly Diagnostic[]>
}

export interface CatalogState {
  /** The last good one. */
  readonly catalog: Catalog | undefined
  /** Questions to it, with remembered answers. */
  readonly view: CatalogView | undefined
  /** Where it is from: a path as people would type it in the project's folder, or Tempo's URL; undefined: the project names none. */
  readonly source: string | undefined
  /** Why the newest could not be used, in a sentence; the last good one goes on. */
  readonly problem: string | undefined
}

/** What was run in this session, for lenses and the test explorer. */
export interface Runs {
  readonly replay: ReplayRun | undefined
  /** By `document name\ntest name`. */
  readonly tests: ReadonlyMap<string, TestRun>
}

export interface ReplayRun {
  /** As it was asked for. */
  readonly recording: string
  /** By rule name: at how many steps it fired. A rule that is not here was not in that replay. */
  readonly fired: ReadonlyMap<string, number>
  readonly steps: number
}

export interface TestRun {
  readonly outcome: 'passed' | 'failed' | 'broken'
  /** What failed or broke it, and where; sentences without a full stop. */
  readonly failures: readonly { readonly range: { readonly start: number; readonly end: number }; readonly message: string }[]
  /** What the test saw, as `scalec test` prints it. */
  readonly timeline: string
  /** Of the test's declaration when it ran: another text means that the outcome is old. */
  readonly text: string
  /** `rulesOf` the project when it ran: with other rules the outcome is old as well. Undefined where nobody noted it. */
  readonly rules?: string
}
