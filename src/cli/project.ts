/** What commands take from `scale.json`: their files where none are named, the catalog, and how diagnostics are judged. */
import { loadProject, type Project, readCatalog } from '../files/index.ts'
import type { Catalog, LintContext } from '../language/index.ts'
import { readText } from './file.ts'
import type { Terminal } from './terminal.ts'

export interface ProjectOptions {
  /** A `scale.json`; by default the one of this folder or of one above. */
  readonly project?: string
  /** A catalog instead of the project's. */
  readonly catalog?: string
  /** Names that the catalog does not have are errors; as the project says by default. */
  readonly strict?: boolean
}

export interface Inputs {
  /** Rule files and folders. */
  readonly paths: readonly string[]
  readonly project: Project | undefined
  readonly catalog: Catalog | undefined
  /** For `analyse` and `compile`. */
  readonly lint: LintContext
}

const nothingNamed = 'name rule files or folders, or put a scale.json here that does'

/** `files` as given, else the project's, for commands that need nothing else of it; undefined when there are none, which is said on `err`. */
export function rulesOf(files: readonly string[], options: ProjectOptions, terminal: Pick<Terminal, 'err'>): readonly string[] | undefined {
  if (files.length > 0) return files
  const loaded = loadProject(options.project === undefined ? {} : { file: options.project })
  const rules = 'error' in loaded ? undefined : loaded.project?.rules
  if (rules === undefined) terminal.err(`scalec: ${'error' in loaded ? loaded.error : nothingNamed}\n`)
  return rules
}

/** `files` as given; undefined when something is wrong, which is said on `err`. */
export function inputsOf(files: readonly string[], options: ProjectOptions, terminal: Pick<Terminal, 'err'>): Inputs | undefined {
  const fail = (problem: string): undefined => terminal.err(`scalec: ${problem}\n`) as undefined
  const loaded = loadProject(options.project === undefined ? {} : { file: options.project })
  if ('error' in loaded) return fail(loaded.error)
  const { project } = loaded
  const paths = files.length > 0 ? files : project?.rules
  if (paths === undefined) return fail(nothingNamed)
  const path = options.catalog ?? project?.catalog
  const strict = options.strict ?? project?.strict ?? false
  if (path === undefined) {
    if (strict) return fail('what is strict needs a catalog: --catalog FILE, or `catalog` in scale.json')
    return { paths, project, catalog: undefined, lint: lintContext(project) }
  }
  const from = options.catalog === undefined ? ` (${project?.file}: $.catalog)` : ''
  const file = readText(path)
  if ('error' in file) return fail(`${path}${from}: ${file.error}`)
  const read = readCatalog(file.text)
  if ('error' in read) return fail(`${path}${from}: ${read.error}`)
  return { paths, project, catalog: read.catalog, lint: { ...lintContext(project), catalog: read.catalog, strict } }
}

/** The only place where the compiler learns what day it is. */
function lintContext(project: Project | undefined): LintContext {
  const today = new Date().toISOString().slice(0, 10)
  return { today, ...project?.lint, ...(project === undefined ? {} : { severities: project.severities }) }
}
