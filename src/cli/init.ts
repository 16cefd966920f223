/** `scalec init [DIR]`: a commented first project. */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { codeOf, writeNew } from './file.ts'
import { templates } from './init/templates.ts'
import type { Terminal } from './terminal.ts'

/** Overwrites nothing: in a folder that is a project already it writes nothing at all, elsewhere it leaves files out that are there. */
export function run(folder: string, terminal: Terminal): ExitCode {
  const project = join(folder, 'scale.json')
  if (existsSync(project)) {
    terminal.err(`scalec: ${project} exists: this is a project already\n`)
    return exit.usage
  }
  for (const [path, text] of templates) {
    const file = join(folder, path)
    if (existsSync(file)) {
      terminal.out(`${file} exists and is left as it is\n`)
      continue
    }
    const problem = makeFolder(dirname(file)) ?? writeNew(file, text)
    if (problem !== undefined) {
      terminal.err(`scalec: ${problem}\n`)
      return exit.usage
    }
    terminal.out(`${file}\n`)
  }
  const there = folder === '.' ? '' : `cd ${/^[\w./-]+$/.test(folder) ? folder : JSON.stringify(folder)}, then `
  terminal.out(`Next: ${there}scalec check, scalec test; rules/first.scale explains itself.\n`)
  return exit.fine
}

function makeFolder(path: string): string | undefined {
  try {
    mkdirSync(path, { recursive: true })
    return undefined
  } catch (error) {
    return `${path} cannot be made (${codeOf(error)})`
  }
}
