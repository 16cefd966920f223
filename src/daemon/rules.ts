/** Where the rules come from: a bundle's file, or sources that are compiled here. */
import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Bundle, compile, type PublicKey, readPublicKeys, readTrusted, refusals } from '../bundle/index.ts'
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

/**
 * `keyFiles` hold the public keys that bundles must be signed with (`bundle.public_keys`). They are read each time, so that a reload is
 * enough to change them. Without any a bundle must not be signed.
 */
export function loadRules(source: RulesSource, keyFiles: readonly string[]): RulesResult {
  const loaded = source.kind === 'bundle' ? loadBundle(source.file, keyFiles) : keyFiles.length > 0 ? unsigned : loadSourceFiles(source.paths)
  if ('problems' in loaded) return loaded
  const refused = refusals(loaded.bundle)
  if (refused.length > 0)
    return { invalid: true, problems: refused.map(({ rule, what }) => `rule ${rule} uses ${what}, which this version of scaled cannot measure yet`) }
  return loaded
}

const unsigned: RulesProblems = {
  invalid: false,
  problems: ['bundle.public_keys asks for signed rules, and rule files have no signature: compile and sign them, and give --bundle'],
}

function loadBundle(file: string, keyFiles: readonly string[]): RulesResult {
  const keys = readKeys(keyFiles)
  if ('problems' in keys) return keys
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return { invalid: false, problems: [`cannot read the bundle: ${(error as Error).message}`] }
  }
  const read = readTrusted(text, keys)
  if ('error' in read) return { invalid: true, problems: [`${file}: ${read.error}`] }
  return { bundle: read.bundle, from: file, folders: [...new Set([file, ...keyFiles].map((path) => dirname(path)))], warnings: [] }
}

function readKeys(files: readonly string[]): readonly PublicKey[] | RulesProblems {
  const keys: PublicKey[] = []
  for (const file of files) {
    let pem: string
    try {
      pem = readFileSync(file, 'utf8')
    } catch (error) {
      return { invalid: false, problems: [`bundle.public_keys: cannot read the key: ${(error as Error).message}`] }
    }
    const found = readPublicKeys(pem)
    if ('error' in found) return { invalid: false, problems: [`bundle.public_keys: ${file} ${found.error}`] }
    keys.push(...found)
  }
  return keys
}

function loadSourceFiles(paths: readonly string[]): RulesResult {
  const sources = loadSources(paths)
  if (sources.problems.length > 0) return { invalid: false, problems: sources.problems.map(({ path, message }) => `${path} ${message}`) }
  const { diagnostics, bundle } = compile(sources, { compiler: version, portableFrom: process.cwd() })
  const texts = new Map(sources.sources().map(({ name, text }) => [name, text]))
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
