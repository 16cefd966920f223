/**
 * Which rule files are compiled together. A `scale.json` names its own. Of the files that none names, those of one folder belong together, as for `scalec test`: a
 * workspace has several sets of rules next to each other as often as one.
 */
import { basename, dirname, relative, resolve, sep } from 'node:path'
import { loadProject, type Project as ProjectSettings } from '../../src/files/index.ts'
import { type Host, isRuleFile } from './host.ts'

export interface Unit {
  /** Absolute path; the URI of a document without a file. */
  readonly folder: string
  /** Its `scale.json`. */
  readonly file: string | undefined
  /** For a document without a file those of the workspace's first project, the catalog by its absolute path. */
  readonly settings: ProjectSettings | undefined
  /** What is wrong with the `scale.json`, in a sentence; its files are then a folder's like any other. */
  readonly problem: string | undefined
  /** Absolute paths. */
  readonly roots: readonly string[]
}

/** `open`: keys of open documents, which may lie outside all folders. */
export function layoutOf(folders: readonly string[], open: readonly string[], host: Host): readonly Unit[] {
  const found = folders.map((folder) => host.find(folder))
  const rules = new Set(found.flatMap((each) => each.rules))
  const projects = new Set(found.flatMap((each) => each.projects))
  for (const key of open) {
    if (isUri(key)) continue
    if (!rules.has(key)) for (const path of host.beside(dirname(key))) rules.add(path)
    if (isRuleFile(key)) rules.add(key)
    const above = host.projectAbove(dirname(key))
    if (above !== undefined) projects.add(above)
  }
  const named = [...projects].sort(innerFirst).map((file) => unitOf(file, host))
  // Of two projects that name a file, the inner one has it.
  const taken = new Set<string>()
  const units: Unit[] = named.map((unit) => {
    const roots = unit.roots.filter((path) => !taken.has(path))
    for (const path of roots) taken.add(path)
    return { ...unit, roots }
  })
  const loose = Map.groupBy(
    [...rules].filter((path) => !taken.has(path)),
    (path) => dirname(path),
  )
  for (const [folder, roots] of loose) units.push({ folder, file: undefined, settings: undefined, problem: undefined, roots: roots.sort() })
  for (const key of open) if (isUri(key)) units.push({ folder: key, file: undefined, settings: settingsOfNew(named), problem: undefined, roots: [key] })
  return units.sort(byFolder)
}

function byFolder(a: Unit, b: Unit): number {
  return a.folder < b.folder ? -1 : a.folder > b.folder ? 1 : 0
}

/**
 * A document without a file, as an editor's new one, is judged by the first project of the workspace, and knows its catalog: that is where it will most likely be saved.
 * Projects with a catalog go before those without.
 */
function settingsOfNew(units: readonly Unit[]): ProjectSettings | undefined {
  const inOrder = units.filter(({ settings }) => settings !== undefined).sort(byFolder)
  const { folder, settings } = inOrder.find(({ settings }) => settings?.catalog !== undefined) ?? inOrder[0] ?? {}
  if (folder === undefined || settings?.catalog === undefined) return settings
  return { ...settings, catalog: resolve(folder, settings.catalog) }
}

/** The path of a document from the unit's folder, as `scalec` there prints it. */
export function nameIn(folder: string, path: string): string {
  if (isUri(path)) return basename(path)
  const name = relative(folder, path)
  return sep === '/' ? name : name.replaceAll(sep, '/')
}

export function isUri(key: string): boolean {
  return /^[\w+-]{2,}:/.test(key)
}

function innerFirst(a: string, b: string): number {
  return b.length - a.length || (a < b ? -1 : 1)
}

function unitOf(file: string, host: Host): Unit {
  const folder = dirname(file)
  const loaded = loadProject({ cwd: folder, file })
  if ('error' in loaded || loaded.project === undefined) {
    return { folder, file, settings: undefined, problem: 'error' in loaded ? loaded.error : undefined, roots: [] }
  }
  const roots = new Set<string>()
  for (const path of loaded.project.rules.map((path) => resolve(folder, path))) {
    if (isRuleFile(path)) roots.add(path)
    else for (const rule of host.find(path).rules) roots.add(rule)
  }
  return { folder, file, settings: loaded.project, problem: undefined, roots: [...roots].sort() }
}
