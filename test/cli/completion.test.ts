/** The scripts are run by their shells where those are installed. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { describe, expect, it, onTestFinished } from 'vitest'
import { commands } from '../../src/cli/commands/index.ts'
import { specOf } from '../../src/cli/completion/spec.ts'
import { shells } from '../../src/cli/completion.ts'

const program = new Command('scalec').version('0')
for (const declare of commands) declare(program, { terminal: { out: () => {}, err: () => {}, outColour: false, errColour: false }, finish: () => {} })
const spec = specOf(program)

function installed(shell: string): boolean {
  return spawnSync(shell, ['-c', 'true']).status === 0
}

/** What bash offers for the last of these words. */
function offered(words: readonly string[], cwd?: string): string[] {
  const array = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  const script = `${shells.bash(spec)}\nCOMP_WORDS=(${array})\nCOMP_CWORD=${words.length - 1}\n_scalec\nprintf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-u', '-c', script], { encoding: 'utf8', ...(cwd === undefined ? {} : { cwd }) })
  if (status !== 0 || stderr !== '') throw new Error(`bash ended with ${status}: ${stderr}`)
  return stdout.split('\n').filter((line) => line !== '')
}

describe('completion', () => {
  it('knows every command and every option', () => {
    expect(spec.commands.map(({ name }) => name)).toEqual(program.commands.map((command) => command.name()).sort())
    for (const script of Object.values(shells).map((shell) => shell(spec)))
      for (const command of program.commands) {
        expect(script).toContain(command.name())
        for (const { long } of command.options) expect(script).toContain(long?.replace(/^--/, ''))
      }
  })

  it('is offered for commands, options, their values and files by bash', () => {
    const dir = mkdtempSync(join(tmpdir(), 'scale-completion-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    writeFileSync(join(dir, 'ads rules.scale'), '')
    mkdirSync(join(dir, 'addons'))
    const names = spec.commands.map(({ name }) => name)
    expect(offered(['scalec', ''])).toEqual(expect.arrayContaining([...names, 'help', '--version']))
    expect(offered(['scalec', 'comp'])).toEqual(['compile', 'completion'])
    expect(offered(['scalec', 'diff', '--'])).toEqual(['--format', '--help'])
    expect(offered(['scalec', 'diff', '--format', ''])).toEqual(['text', 'json', 'markdown'])
    expect(offered(['scalec', 'diff', 'a.json', '--format', '=', 'm'])).toEqual(['markdown'])
    expect(offered(['scalec', 'diff', '--format', '='])).toEqual(['text', 'json', 'markdown'])
    expect(offered(['scalec', 'completion', ''])).toEqual(['bash', 'zsh', 'fish'])
    expect(offered(['scalec', 'help', 'ver'])).toEqual(['verify'])
    expect(offered(['scalec', 'check', 'ad'], dir).sort()).toEqual(['addons', 'ads rules.scale'])
    expect(offered(['scalec', 'sign', 'x', '--key', 'a'], dir).sort()).toEqual(['addons', 'ads rules.scale'])
    expect(offered(['scalec', 'check', 'no'], dir)).toEqual([])
    expect(offered(['scalec', 'catalog', 'from-r'])).toEqual(['from-recording'])
    expect(offered(['scalec', 'catalog', 'from-recording', 'ads'], dir)).toEqual(['ads rules.scale'])
  })

  for (const shell of ['bash', 'zsh', 'fish'] as const)
    it.skipIf(!installed(shell))(`is a script that ${shell} reads`, () => {
      const { status, stderr } = spawnSync(shell, ['-n'], { input: shells[shell](spec), encoding: 'utf8' })
      expect([status, stderr]).toEqual([0, ''])
    })

  it('quotes what shells would read otherwise', () => {
    const odd = {
      name: 'x',
      options: [],
      commands: [{ name: 'y', description: "it's [a]: \\", options: [{ flags: ['--z'], description: "don't: [b]", value: false, choices: [] }], choices: [] }],
    }
    expect(shells.zsh(odd)).toContain(`'y:it'\\''s [a]\\: \\'`)
    expect(shells.zsh(odd)).toContain(`'*--z[don'\\''t\\: \\[b\\]]'`)
    expect(shells.fish(odd)).toContain(`-d 'it\\'s [a]: \\\\'`)
    const { status } = spawnSync('bash', ['-n'], { input: shells.bash(odd) })
    expect(status).toBe(0)
  })
})
