/** From sources to a bundle. */
import {
  atOnce,
  CheckMemory,
  checking,
  type Diagnostic,
  type FileTree,
  type LintContext,
  LintMemory,
  linting,
  type Parsed,
  type Program,
  parse,
  type Resolutions,
  type Sliced,
  type SourceText,
  settle,
  viewOf,
  withoutClashes,
} from '../language/index.ts'
import { overBudget } from './budget.ts'
import { canonical, digestOf } from './canonical.ts'
import { type Bundle, bundleFormat } from './ir.ts'
import { lower } from './lower.ts'
import { portable } from './portable.ts'

export interface CompileInput {
  /** Whose rules form the bundle, in any order. */
  readonly roots: readonly SourceText[]
  /**
   * The source that `import "path"` in the file named `from` means, or undefined if there is none. Its name must be the same however it
   * is reached. Without it nothing can be imported.
   */
  readonly resolve?: (path: string, from: string) => SourceText | undefined
  /** Service patterns of which a selector means the calls to them, beside those that the catalog has as peers only. */
  readonly peers?: readonly string[]
  /** What `parse` said of sources, where that is known. */
  readonly parsed?: { get(source: SourceText): Parsed | undefined }
}

export interface Analysis {
  /** The parser's, the checker's and the lints', by file and place; without those that are suppressed or switched off. */
  readonly diagnostics: readonly Diagnostic[]
  readonly program: Program
  readonly resolved: Resolutions
}

/** Parses, checks and lints: all that `scalec check` needs. */
export function analyse(input: CompileInput, context: LintContext = {}): Analysis {
  return atOnce(analysing(input, context))
}

/** What one analysis remembers for the next of the same files: with it only what an edit touches is looked at again, and what is found is the same. */
export class AnalysisMemory {
  readonly check = new CheckMemory()
  readonly lint = new LintMemory()
}

/** The same in slices, for those who have other things to do as well. */
export function* analysing(input: CompileInput, context: LintContext, memory = new AnalysisMemory()): Sliced<Analysis> {
  const diagnostics: Diagnostic[] = []
  const trees = new Map<string, FileTree>()
  const treeOf = (source: SourceText): FileTree => {
    const known = trees.get(source.name)
    if (known !== undefined) return known
    const parsed = input.parsed?.get(source) ?? parse(source)
    diagnostics.push(...parsed.diagnostics)
    trees.set(source.name, parsed.tree)
    return parsed.tree
  }
  const roots = new Set<FileTree>()
  for (const root of input.roots) {
    roots.add(treeOf(root))
    yield
  }
  const view = context.view ?? (context.catalog === undefined ? undefined : viewOf(context.catalog))
  const isPeer = (pattern: string): boolean => input.peers?.includes(pattern) === true || view?.isPeer(pattern) === true
  const resolve = (path: string, from: FileTree): FileTree | undefined => {
    const source = input.resolve?.(path, from.source.name)
    return source === undefined ? undefined : treeOf(source)
  }
  const checked = yield* checking([...roots], resolve, isPeer, memory.check)
  const { program } = checked
  const linted = yield* linting(checked, view === undefined ? context : { ...context, view }, memory.lint)
  yield
  const found = [...diagnostics, ...checked.diagnostics, ...linted, ...overBudget(program, context)]
  return { diagnostics: settle(withoutClashes(found), program.files, context), program, resolved: checked.resolved }
}

export interface CompileResult {
  readonly diagnostics: readonly Diagnostic[]
  /** Absent when a diagnostic is an error. */
  readonly bundle?: Bundle
}

export interface CompileOptions extends LintContext {
  /** The version that the bundle names. */
  readonly compiler: string
  /** The working folder, for names and line ends that do not depend on where the rules were compiled; by default both stay as they are given. */
  readonly portableFrom?: string
}

/** Diagnostics speak of the sources as they are given, also where the bundle's are portable. */
export function compile(input: CompileInput, { compiler, portableFrom, ...context }: CompileOptions): CompileResult {
  const { diagnostics, program } = analyse(input, context)
  if (diagnostics.some((diagnostic) => diagnostic.severity === 'error')) return { diagnostics }
  // Names decide the order of files and lines their offsets, so the bundle is made of the portable texts altogether.
  const told = portableFrom === undefined ? program : analyse({ ...portable(input, portableFrom), peers: program.peers }).program
  return { diagnostics, bundle: bundleOf(told, compiler) }
}

/** The bundle of a program that has no errors. */
export function bundleOf(program: Program, compiler: string): Bundle {
  const { projection, rules, targets } = lower(program)
  const sources = program.files.map(({ source }) => ({ name: source.name, text: source.text }))
  const { peers } = program
  const content = { format: bundleFormat, language: 1, compiler, sources, projection, targets, rules, ...(peers.length === 0 ? {} : { peers }) } as const
  return { ...content, digest: digestOf(content) }
}

/** The bundle's file: canonical JSON and a line end. */
export function serialize(bundle: Bundle): string {
  return `${canonical(bundle)}\n`
}
