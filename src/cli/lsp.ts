/** `scalec lsp`: the language server. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { type ServerOptions, serveSocket, serveStdio } from '../../lsp/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { page } from './pages.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

export interface LspOptions {
  /** A port of this machine on which the client listens, as written; by default standard input and output are used. */
  readonly socket?: string
}

/**
 * A server sits beside an editor all day, and most of what it makes is garbage soon: a young generation that does not grow and an old one that grows slowly keep
 * its memory near what it holds; to optimize for size makes both smaller, at the price of more collections. Of V8's compilers the middle one is left out, whose work
 * areas outweigh what it saves.
 */
const flags = ['--optimize-for-size', '--semi-space-growth-factor=1', '--heap-growing-percent=20', '--no-maglev']

export async function run({ socket }: LspOptions, terminal: Terminal): Promise<ExitCode | undefined> {
  for (const flag of flags) setFlagsFromString(flag)
  const options: ServerOptions = { version, page, pageUrl }
  if (socket === undefined) {
    // Goes on until the client ends it.
    serveStdio(options)
    return undefined
  }
  const port = Number(socket)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    terminal.err(`scalec: --socket ${socket}: a port is a number from 1 to 65535\n`)
    return exit.usage
  }
  try {
    await serveSocket(port, options)
    return exit.fine
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    terminal.err(`scalec: nobody listens on port ${port} (${code})\n`)
    return exit.usage
  }
}

/** The pages are files beside the program, where editors can open them. */
function pageUrl(code: string): string | undefined {
  const url = new URL(`../../grammar/diagnostics/${code}.md`, import.meta.url)
  return existsSync(fileURLToPath(url)) ? url.href : undefined
}
