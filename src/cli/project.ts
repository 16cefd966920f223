/** What commands take from `scale.json`: their files where none are named, the catalog, and how diagnostics are judged. */
import { readCatalog } from '../catalogs/index.ts'
import { loadProject, type Project } from '../files/index.ts'
import type { Catalog } from '../language/index.ts'
import { readText } from './file.ts'
import type { Terminal } from './terminal.ts'

export interface ProjectOptions {
  /** A `scale.json`; by default the one of this folder or of one above. */
  readonly project?: string
  /** A catalog instead of the project's. */
  readonly catalog?: string
}

export interface Inputs {
  /** Rule files and folders. */
  readonly paths: readonly string[]
  readonly project: Project | undefined
  readonly catalog: Catalog | undefined
}

/** `files` as given; undefined when something is wrong, which is said on `err`. */
export function inputsOf(files: readonly string[], options: ProjectOptions, terminal: Pick<Terminal, 'err'>): Inputs | undefined {
  const fail = (problem: string): undefined => terminal.err(`scalec: ${problem}\n`) as undefined
  const loaded = loadProject(options.project === undefined ? {} : { file: options.project })
  if ('error' in loaded) return fail(loaded.error)
  const { project } = loaded
  const paths = files.length > 0 ? files : project?.rules
  if (paths === undefined) return fail('name rule files or folders, or put a scale.json here that does')
  const path = options.catalog ?? project?.catalog
  if (path === undefined) return { paths, project, catalog: undefined }
  const from = options.catalog === undefined ? ` (${project?.file}: $.catalog)` : ''
  const file = readText(path)
  if ('error' in file) return fail(`${path}${from}: ${file.error}`)
  const read = readCatalog(file.text)
  if ('error' in read) return fail(`${path}${from}: ${read.error}`)
  return { paths, project, catalog: read.catalog }
}
