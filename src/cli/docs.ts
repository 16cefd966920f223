/** `scalec docs [FILES…|BUNDLE] -o rules.md`: rules as a page for whoever is on call. */
import { pageHtml, pageMarkdown, pageOf } from '../explain/index.ts'
import { bundleFromPaths } from './bundle-input.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { writeWhole } from './file.ts'
import { inputsOf, type ProjectOptions } from './project.ts'
import type { Terminal } from './terminal.ts'

export interface DocsOptions extends Pick<ProjectOptions, 'project' | 'catalog'> {
  readonly format: 'markdown' | 'html'
  /** Standard output without it. */
  readonly output?: string
  readonly title?: string
  /** The beginning of links to sources. */
  readonly sourceUrl?: string
}

export function run(files: readonly string[], { format, output, title, sourceUrl, ...options }: DocsOptions, terminal: Terminal): ExitCode {
  const inputs = inputsOf(files, options, terminal)
  if (inputs === undefined) return exit.usage
  const bundle = bundleFromPaths(inputs.paths, terminal, inputs.catalog)
  if (typeof bundle === 'number') return bundle
  const { catalog } = inputs
  const page = pageOf(bundle, { ...(catalog === undefined ? {} : { catalog }), ...(title === undefined ? {} : { title }) })
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
