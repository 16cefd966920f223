/** Neovim, without a window, with the two lines that lsp/editors/README.md documents. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blocks } from './documented.ts'

const program = '/usr/bin/nvim'
const missing = existsSync(program) ? undefined : `left out: there is no ${program}`

const broken = `language 1

let slow = 400

target deployment/adservice { between 1 and 10 cooldown 60s }

/// Ads breach their latency objective.
ads-slow:   scale deployment/adservice +2 when span(adservice/GetAds).p99 > slow 5 times in 60s
`

describe.skipIf(missing !== undefined)(`Neovim${missing === undefined ? '' : `, ${missing}`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'scale-neovim-'))
  const setup = blocks('Neovim', 'lua')[1] ?? ''
  let transcript = ''

  beforeAll(() => {
    mkdirSync(join(folder, 'bin'))
    symlinkSync(resolve('dist/scalec.js'), join(folder, 'bin/scalec'))
    writeFileSync(join(folder, 'init.lua'), setup)
    writeFileSync(join(folder, 'ads.scale'), broken)
    const path = [join(folder, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter)
    const given = `lua FILE, TRANSCRIPT = [[ads.scale]], [[${join(folder, 'transcript')}]]`
    const { stderr } = spawnSync(
      program,
      ['--headless', '-n', '-u', join(folder, 'init.lua'), '-i', 'NONE', '-c', given, '-c', `luafile ${resolve('test/editors/neovim.lua')}`],
      {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: path, HOME: folder, XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder },
        timeout: 55_000,
      },
    )
    transcript = existsSync(join(folder, 'transcript')) ? readFileSync(join(folder, 'transcript'), 'utf8') : stderr
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const line = (start: string): string => {
    const found = transcript.split('\n').find((each) => each.startsWith(start))
    if (found === undefined) throw new Error(`no line "${start}" in:\n${transcript}`)
    return found
  }

  it('is set up with two lines', () => {
    expect(setup.trimEnd().split('\n')).toHaveLength(2)
    expect(line('filetype')).toBe('filetype scale')
  })

  it('shows what is wrong, and no longer when it is mended', () => {
    expect(line('diagnostic 8:')).toMatch(/^diagnostic 8:\d+ ERROR .*a Duration is compared with a Number/)
    expect(line('mended')).toBe('mended: let slow = 400ms')
  })

  it('completes', () => {
    expect(line('completion').split(' ')).toEqual(expect.arrayContaining(['p99', 'p95', 'own', 'error_rate']))
  })

  it('tells what a word means', () => {
    expect(line('hover')).toMatch(/p99/)
  })

  it('formats and renames', () => {
    expect(line('format')).toBe('format: laid out')
    expect(transcript).toContain(`let patience = 400ms`)
    expect(transcript).toMatch(/ads-slow: scale deployment\/adservice \+2\n?.* when span\(adservice\/GetAds\)\.p99 > patience 5 times in 60s/)
    expect(transcript).not.toContain('failed')
  })
})
