/** `scalec explain WHAT`: the page of a message. */
import { messageOf, nearest, registry } from '../language/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { printJson } from './json.ts'
import { renderMarkdown } from './markdown.ts'
import { page } from './pages.ts'
import type { Format } from './rules.ts'
import type { Terminal } from './terminal.ts'

export interface ExplainOptions {
  readonly format: Format
}

export function run(what: string, options: ExplainOptions, terminal: Terminal): ExitCode {
  if (isCode(what)) return explainCode(what.toUpperCase(), options, terminal)
  terminal.err(`scalec: ${what} is no code of a message, such as SC1001\n`)
  return exit.usage
}

/** `SC1234`, in any case. */
export function isCode(what: string): boolean {
  return /^sc\d+$/i.test(what)
}

/** Prints the page of a message. */
export function explainCode(code: string, { format }: ExplainOptions, terminal: Terminal): ExitCode {
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
