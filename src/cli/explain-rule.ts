/** `scalec explain [FILES…|BUNDLE] [--rule NAME]`: rules in plain words. */
import { explainBundle, explainText, ruleText } from '../explain/index.ts'
import { nearest } from '../language/index.ts'
import { list } from '../plan/index.ts'
import { bundleFromPaths } from './bundle-input.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { printJson } from './json.ts'
import { inputsOf, type ProjectOptions } from './project.ts'
import { rateOption } from './rate.ts'
import type { Format } from './rules.ts'
import type { Terminal } from './terminal.ts'

export interface ExplainRuleOptions extends Pick<ProjectOptions, 'project' | 'catalog'> {
  readonly format: Format
  /** Names of rules; without one, all are explained. */
  readonly rules: readonly string[]
  /** Spans a second of the whole stream, as it is written. */
  readonly rate?: string
}

export function run(files: readonly string[], options: ExplainRuleOptions, terminal: Terminal): ExitCode {
  const fail = (problem: string): ExitCode => {
    terminal.err(`scalec: ${problem}\n`)
    return exit.usage
  }
  const parsed = rateOption(options.rate)
  if ('problem' in parsed) return fail(parsed.problem)
  const inputs = inputsOf(files, options, terminal)
  if (inputs === undefined) return exit.usage
  const bundle = bundleFromPaths(inputs.paths, terminal, inputs.catalog)
  if (typeof bundle === 'number') return bundle
  const { catalog } = inputs
  const explaining = { ...(catalog === undefined ? {} : { catalog }), ...(parsed.rate === undefined ? {} : { rate: parsed.rate }) }
  const all = explainBundle(bundle, explaining)
  const unknown = options.rules.find((name) => !all.some(({ rule }) => rule === name))
  if (unknown !== undefined)
    return fail(
      noSuchRule(
        unknown,
        all.map(({ rule }) => rule),
      ),
    )
  const chosen = options.rules.length === 0 ? all : all.filter(({ rule }) => options.rules.includes(rule))
  if (options.format === 'json') terminal.out(printJson({ rules: chosen }))
  else terminal.out(options.rules.length === 0 ? explainText(bundle, explaining) : chosen.map(ruleText).join('\n'))
  return exit.fine
}

function noSuchRule(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  if (near !== undefined) return `there is no rule ${name}; did you mean ${near}?`
  if (known.length === 0) return `there is no rule ${name}, and no other`
  const more = known.length > 10 ? ` and ${known.length - 10} more` : ''
  return `there is no rule ${name}; there ${known.length === 1 ? 'is' : 'are'} ${more === '' ? list(known) : known.slice(0, 10).join(', ')}${more}`
}
