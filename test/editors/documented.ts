/** What lsp/editors/README.md tells people to put into their editors' configuration. */
import { readFileSync } from 'node:fs'

const text = readFileSync('lsp/editors/README.md', 'utf8')

/** The code blocks of a section. */
export function blocks(section: string, language: string): readonly string[] {
  const [, body = ''] = text.split(`\n## ${section}\n`)
  const [own = ''] = body.split('\n## ')
  return [...own.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter(([, of]) => of === language).map(([, , code = '']) => code)
}
