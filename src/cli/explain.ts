/** `scalec explain WHAT`: rules in plain words, a decision of the log, or the page of a message or of a word. */
import { existsSync } from 'node:fs'
import { messageOf, nearest, pageOfWord, registry } from '../language/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import type { ExplainRuleOptions } from './explain-rule.ts'
import { printJson } from './json.ts'
import { renderMarkdown } from './markdown.ts'
import { page } from './pages.ts'
import type { Format } from './rules.ts'
import type { Terminal } from './terminal.ts'

export interface ExplainOptions extends ExplainRuleOptions {
  readonly decision?: string
  readonly last: boolean
}

/** A code has a page, and so has a word of the language; a decision needs a log; anything else is rules. */
export async function run(what: readonly string[], options: ExplainOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.decision !== undefined || options.last) return (await import('./explain-decision.ts')).run(what, options, terminal)
  const [only] = what
  if (what.length === 1 && only !== undefined && isCode(only)) return explainCode(only.toUpperCase(), options, terminal)
  const word = what.length === 1 && only !== undefined && !existsSync(only) ? explainWord(only, options, terminal) : undefined
  if (word !== undefined) return word
  return (await import('./explain-rule.ts')).run(what, options, terminal)
}

/** `SC1234`, in any case. */
export function isCode(what: string): boolean {
  return /^sc\d+$/i.test(what)
}

/** Prints the page of a message. */
export function explainCode(code: string, { format }: { readonly format: Format }, terminal: Terminal): ExitCode {
  const message = messageOf(code)
  const text = page(`diagnostics/${code}.md`)
  if (message === undefined || text === undefined) {
    const near = nearest(
      code,
      registry.map((entry) => entry.code),
    )
    terminal.err(`scalec: there is no message ${code}${near === undefined ? '' : `; the nearest is ${near}`}\n`)
    return exit.usage
  }
  const { severity, title } = message
  if (format === 'json') terminal.out(printJson({ code, severity, title, page: text }))
  else terminal.out(renderMarkdown(text, { colour: terminal.outColour, width: 80 }))
  return exit.fine
}

/** Prints the page of a word, such as `cooldown` or `.p99`; undefined if the language has no such word. */
function explainWord(word: string, { format }: { readonly format: Format }, terminal: Terminal): ExitCode | undefined {
  const name = word.replace(/^\./, '')
  const path = pageOfWord(name)
  const text = path === undefined ? undefined : page(path)
  if (text === undefined) return undefined
  if (format === 'json') terminal.out(printJson({ word: name, page: text }))
  else terminal.out(renderMarkdown(text, { colour: terminal.outColour, width: 80 }))
  return exit.fine
}
