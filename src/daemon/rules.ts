/** Where the rules come from: a bundle's file, or sources that are compiled here. */
import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Bundle, compile, readBundle, refusals } from '../bundle/index.ts'
import { loadSources } from '../files/index.ts'
import type { Diagnostic } from '../language/index.ts'
import { version } from './version.ts'

export type RulesSource = { readonly kind: 'bundle'; readonly file: string } | { readonly kind: 'rules'; readonly paths: readonly string[] }

export interface LoadedRules {
  readonly bundle: Bundle
  /** What was given, for people. */
  readonly from: string
  /** Folders whose changes may change the rules. */
  readonly folders: readonly string[]
  /** The compiler's, one line each. */
  readonly warnings: readonly string[]
}

export interface RulesProblems {
  /** One line each. */
  readonly problems: readonly string[]
  /** The rules themselves are wrong; otherwise they could not be read. */
  readonly invalid: boolean
}

export type RulesResult = LoadedRules | RulesProblems

export function loadRules(source: RulesSource): RulesResult {
  const loaded = source.kind === 'bundle' ? loadBundle(source.file) : loadSourceFiles(source.paths)
  if ('problems' in loaded) return loaded
  const refused = refusals(loaded.bundle)
  if (refused.length > 0)
    return { invalid: true, problems: refused.map(({ rule, what }) => `rule ${rule} uses ${what}, which this version of scaled cannot measure yet`) }
  return loaded
}

function loadBundle(file: string): RulesResult {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return { invalid: false, problems: [`cannot read the bundle: ${(error as Error).message}`] }
  }
  const read = readBundle(text)
  return 'error' in read ? { invalid: true, problems: [`${file}: ${read.error}`] } : { bundle: read.bundle, from: file, folders: [dirname(file)], warnings: [] }
}

function loadSourceFiles(paths: readonly string[]): RulesResult {
  const sources = loadSources(paths)
  if (sources.problems.length > 0) return { invalid: false, problems: sources.problems.map(({ path, message }) => `${path} ${message}`) }
  const { diagnostics, bundle } = compile(sources, { compiler: version })
  const texts = new Map([...sources.roots, ...(bundle?.sources ?? [])].map(({ name, text }) => [name, text]))
  const lines = (severity: Diagnostic['severity']) => diagnostics.filter((d) => d.severity === severity).map((d) => lineOf(d, texts))
  if (bundle === undefined) return { invalid: true, problems: lines('error') }
  // The folders that were given too, since a new file may appear there.
  const folders = new Set([
    ...paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory()),
    ...sources.paths().map((path) => dirname(path)),
  ])
  return { bundle, from: paths.join(' '), folders: [...folders], warnings: lines('warning') }
}

/** `ads.scale:3:5: error SC2003: …`, as compilers write it. */
function lineOf({ file, range, severity, code, message, help }: Diagnostic, texts: ReadonlyMap<string, string>): string {
  const before = (texts.get(file) ?? '').slice(0, range.start)
  const line = before.split('\n').length
  const column = range.start - (before.lastIndexOf('\n') + 1) + 1
  return `${file}:${line}:${column}: ${severity} ${code}: ${message}${help === undefined ? '' : `; ${help}`}`
}
