/** A bundle from whatever names one: a file that scalec compile wrote, rule files, or a folder of them. */
import { statSync } from 'node:fs'
import { type Bundle, compile, readBundle } from '../bundle/index.ts'
import type { Catalog } from '../language/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { readText } from './file.ts'
import { diagnosticsText, readRules } from './rules.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

/** Several paths are rule files, which the catalog tells of peers. An exit code after what is wrong was said on `err`. */
export function bundleFromPaths(paths: readonly string[], terminal: Terminal, catalog?: Catalog): Bundle | ExitCode {
  const [path, ...others] = paths
  if (path === undefined || others.length > 0 || path.endsWith('.scale') || statSync(path, { throwIfNoEntry: false })?.isDirectory())
    return compiled(paths, terminal, catalog)
  const text = readText(path)
  const read = 'error' in text ? text : readBundle(text.text)
  if ('bundle' in read) return read.bundle
  terminal.err(`scalec: ${path}: ${read.error}\n`)
  return exit.usage
}

function compiled(paths: readonly string[], terminal: Terminal, catalog: Catalog | undefined): Bundle | ExitCode {
  const loaded = readRules(paths, terminal)
  if (loaded === undefined) return exit.usage
  const { bundle, diagnostics } = compile(loaded, { ...(catalog === undefined ? {} : { catalog }), compiler: version, portableFrom: process.cwd() })
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  terminal.err(diagnosticsText(errors, loaded.sources(), terminal.errColour, { failLevel: 'error', all: false }))
  return bundle ?? exit.problems
}
