/** What `explain` and `docs` are about: a compiled bundle, or rule files that are compiled first. */
import type { Bundle } from '../bundle/index.ts'
import { compile, readBundle } from '../bundle/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { readText } from './file.ts'
import { diagnosticsText, readRules } from './rules.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

/** One `*.json` path is a bundle, anything else rule files or folders. An exit code when there is none; why is said on `err`. */
export function bundleAt(paths: readonly string[], terminal: Terminal): Bundle | ExitCode {
  const [only] = paths
  return paths.length === 1 && only !== undefined && /\.jsonl?$/.test(only) ? compiled(only, terminal) : fromRules(paths, terminal)
}

function compiled(path: string, terminal: Terminal): Bundle | ExitCode {
  const file = readText(path)
  const result = 'error' in file ? file : readBundle(file.text)
  if ('bundle' in result) return result.bundle
  terminal.err(`scalec: ${path}: ${result.error}\n`)
  return exit.usage
}

function fromRules(paths: readonly string[], terminal: Terminal): Bundle | ExitCode {
  const loaded = readRules(paths, terminal)
  if (loaded === undefined) return exit.usage
  const { bundle, diagnostics } = compile(loaded, { compiler: version })
  if (bundle !== undefined) return bundle
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  terminal.err(diagnosticsText(errors, loaded.sources(), terminal.errColour, { failLevel: 'error', all: false }))
  return exit.problems
}
