/** The bundle that a replay runs: compiled from rule files, or read from a compiled file. */
import { readFileSync } from 'node:fs'
import type { Bundle } from '../../bundle/index.ts'
import { compile, readBundle, refusals } from '../../bundle/index.ts'
import type { LintContext } from '../../language/index.ts'
import type { ExitCode } from '../exit.ts'
import { exit } from '../exit.ts'
import { diagnosticsText, readRules } from '../rules.ts'
import type { Terminal } from '../terminal.ts'
import { version } from '../version.ts'

export type BundleSource = { readonly rules: readonly string[]; readonly lint: LintContext } | { readonly bundle: string }

/** An exit code when there is none; why is said on `err`. */
export function bundleFrom(source: BundleSource, terminal: Terminal): Bundle | ExitCode {
  const bundle = 'bundle' in source ? read(source.bundle, terminal) : compiled(source.rules, source.lint, terminal)
  if (typeof bundle === 'number') return bundle
  const refused = refusals(bundle)
  for (const { rule, what } of refused) terminal.err(`scalec: rule ${rule} uses ${what}, which this version cannot measure yet\n`)
  if (refused.length > 0) return exit.problems
  if (bundle.rules.length === 0) {
    terminal.err('scalec: there is no rule to replay\n')
    return exit.problems
  }
  return bundle
}

function compiled(paths: readonly string[], lint: LintContext, terminal: Terminal): Bundle | ExitCode {
  const loaded = readRules(paths, terminal)
  if (loaded === undefined) return exit.usage
  const { bundle, diagnostics } = compile(loaded, { ...lint, compiler: version })
  terminal.err(diagnosticsText(diagnostics, loaded.sources(), terminal.errColour, { failLevel: 'error', all: false }))
  return bundle ?? exit.problems
}

function read(path: string, terminal: Terminal): Bundle | ExitCode {
  const problem = (why: string): ExitCode => {
    terminal.err(`scalec: ${path}: ${why}\n`)
    return exit.usage
  }
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    return problem(code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`)
  }
  const result = readBundle(text)
  return 'error' in result ? problem(result.error) : result.bundle
}
