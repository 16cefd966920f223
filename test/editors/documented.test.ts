/** Every documented configuration starts the same server. */
import { expect, it } from 'vitest'
import { blocks } from './documented.ts'

it.each([
  ['Neovim', 'lua', 2],
  ['Helix', 'toml', 1],
  ['Emacs', 'elisp', 1],
  ['Kakoune', 'kak', 1],
])('%s is told how to start the server, and for which files', (section, language, count) => {
  const servers = blocks(section, language).filter((block) => /scalec['"][\s\S]*['"]lsp['"][\s\S]*['"]--stdio['"]/.test(block))
  expect(servers).toHaveLength(count)
  for (const block of servers) expect(block).toMatch(/\.scale|extension = \{ scale|file-types = \["scale"\]/)
})
