import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exit } from '../../src/cli/exit.ts'
import { watched } from '../../src/cli/watch.ts'

/** Runs in a temporary folder; `next` resolves when the command has run again. */
function watching(files: Readonly<Record<string, string>>, named: readonly string[], more: { readonly clear?: boolean } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'scalec-watch-'))
  const write = (name: string, text: string): void => writeFileSync(join(root, name), text)
  mkdirSync(join(root, 'rules'))
  mkdirSync(join(root, 'lib'))
  for (const [name, text] of Object.entries(files)) write(name, text)
  const stop = new AbortController()
  let out = ''
  let runs = 0
  let ran = Promise.withResolvers<void>()
  const say = (text: string): void => {
    out += text
  }
  const terminal = { out: say, err: say, outColour: false, errColour: false }
  const options = { clear: false, ...more, project: join(root, 'scale.json'), signal: stop.signal }
  const ended = watched(
    named.map((name) => join(root, name)),
    options,
    terminal,
    () => {
      runs++
      ran.resolve()
      return exit.problems
    },
  )
  onTestFinished(async () => {
    stop.abort()
    await ended
    rmSync(root, { recursive: true })
  })
  return {
    write,
    stop,
    ended,
    runs: () => runs,
    out: () => out,
    /** Once the command has run after `change`. */
    ranAfter: async (change: () => void) => {
      await ran.promise
      ran = Promise.withResolvers<void>()
      change()
      await ran.promise
    },
  }
}

const project = '{"rules": ["rules"], "catalog": "catalog.json"}'
const catalog = '{"format": 1, "services": [], "workloads": []}'

describe('--watch', () => {
  it('runs again when a rule, an import, a new file, the catalog or scale.json changes', async () => {
    const files = { 'scale.json': project, 'catalog.json': catalog, 'rules/a.scale': 'import "../lib/b.scale"\n', 'lib/b.scale': '' }
    const { write, ranAfter, runs } = watching(files, ['rules'])
    await ranAfter(() => write('rules/a.scale', 'import "../lib/b.scale"\n\n'))
    await ranAfter(() => write('lib/b.scale', 'let x = 1s\n'))
    await ranAfter(() => write('rules/new.scale', ''))
    await ranAfter(() => write('catalog.json', `${catalog}\n`))
    await ranAfter(() => write('scale.json', `${project}\n`))
    expect(runs()).toBe(6)
  })

  it('does not run for what it does not read, so that outputs may lie beside rules', async () => {
    const { write, ranAfter, runs } = watching({ 'scale.json': project, 'catalog.json': catalog, 'rules/a.scale': '' }, ['rules'])
    await ranAfter(() => {
      write('rules/coverage.lcov', '')
      write('rules/a.scale', ' ')
    })
    expect(runs()).toBe(2)
  })

  it('goes on when scale.json is wrong, and sees it mended', async () => {
    const { write, ranAfter, runs } = watching({ 'scale.json': '{', 'rules/a.scale': '' }, ['rules'])
    await ranAfter(() => write('scale.json', '{}'))
    expect(runs()).toBe(2)
  })

  it('answers what the last run did, and clears the screen where there is one', async () => {
    const { ranAfter, write, stop, ended, out } = watching({ 'scale.json': '{}', 'rules/a.scale': '' }, ['rules/a.scale'], { clear: true })
    await ranAfter(() => write('rules/a.scale', ' '))
    stop.abort()
    expect(await ended).toBe(exit.problems)
    expect(out().split('\x1b[2J\x1b[3J\x1b[H')).toHaveLength(3)
    expect(out()).toContain('watching for changes')
  })
})
