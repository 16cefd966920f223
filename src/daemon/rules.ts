/** Where the rules come from: a bundle's file, or sources that are compiled here. */
import { readFileSync } from 'node:fs'
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
  return 'error' in read ? { invalid: true, problems: [`${file}: ${read.error}`] } : { bundle: read.bundle, from: file, folders: [dirname(file)] }
}
