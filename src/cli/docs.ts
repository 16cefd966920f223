/** `scalec docs FILES…|BUNDLE -o rules.md`: rules as a page for whoever is on call. */
import { pageHtml, pageMarkdown, pageOf } from '../explain/index.ts'
import { bundleFromPaths } from './bundle-input.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { writeWhole } from './file.ts'
import type { Terminal } from './terminal.ts'

export interface DocsOptions {
  readonly format: 'markdown' | 'html'
  /** Standard output without it. */
  readonly output?: string
  readonly title?: string
  /** The beginning of links to sources. */
  readonly sourceUrl?: string
}

export function run(paths: readonly string[], { format, output, title, sourceUrl }: DocsOptions, terminal: Terminal): ExitCode {
  const bundle = bundleFromPaths(paths, terminal)
  if (bundle === undefined) return exit.usage
  const page = pageOf(bundle, title === undefined ? {} : { title })
  const render = format === 'html' ? pageHtml : pageMarkdown
  const text = render(page, sourceUrl === undefined ? {} : { sourceUrl: sourceUrl.endsWith('/') ? sourceUrl : `${sourceUrl}/` })
  if (output === undefined || output === '-') {
    terminal.out(text)
    return exit.fine
  }
  const problem = writeWhole(output, text)
  if (problem === undefined) return exit.fine
  terminal.err(`scalec: ${problem}\n`)
  return exit.usage
}
