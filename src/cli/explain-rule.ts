/** `scalec explain FILES…|BUNDLE [--rule NAME]`: rules in plain words. */
import { explainBundle, explainText, ruleText } from '../explain/index.ts'
import { nearest } from '../language/index.ts'
import { bundleFromPaths } from './bundle-input.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { printJson } from './json.ts'
import type { Format } from './rules.ts'
import type { Terminal } from './terminal.ts'

export interface ExplainRuleOptions {
  readonly format: Format
  /** Names of rules; without one, all are explained. */
  readonly rules: readonly string[]
}

export function run(paths: readonly string[], { format, rules: names }: ExplainRuleOptions, terminal: Terminal): ExitCode {
  const bundle = bundleFromPaths(paths, terminal)
  if (bundle === undefined) return exit.usage
  const all = explainBundle(bundle)
  for (const name of names) {
    if (all.some(({ rule }) => rule === name)) continue
    const known = all.map(({ rule }) => rule)
    const near = nearest(name, known)
    const hint =
      near !== undefined
        ? `did you mean ${near}?`
        : known.length === 0
          ? 'there is none'
          : `there are ${known.slice(0, 10).join(', ')}${known.length > 10 ? ' …' : ''}`
    terminal.err(`scalec: there is no rule ${name}; ${hint}\n`)
    return exit.usage
  }
  const chosen = names.length === 0 ? all : all.filter(({ rule }) => names.includes(rule))
  if (format === 'json') terminal.out(printJson({ rules: chosen }))
  else terminal.out(names.length === 0 ? explainText(bundle) : chosen.map(ruleText).join('\n'))
  return exit.fine
}
