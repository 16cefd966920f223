/** Neovim, without a window, with the two lines that lsp/editors/README.md documents. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TempoDouble } from '../support/tempo/server.ts'
import { blocks } from './documented.ts'
import { Driven } from './driven.ts'

const program = '/usr/bin/nvim'
const missing = existsSync(program) ? undefined : `left out: there is no ${program}`

describe.skipIf(missing !== undefined)(`Neovim${missing === undefined ? '' : `, ${missing}`}`, () => {
  const setup = blocks('Neovim', 'lua')[1] ?? ''
  const [, settings = ''] = (blocks('Neovim', 'lua')[2] ?? '').split('\n').map((line) => line.replace(/ --.*/, ''))
  const documentedTempo = 'http://localhost:3200'
  let tempo: TempoDouble
  let editor: Driven

  beforeAll(async () => {
    tempo = await TempoDouble.start()
    tempo.spans.push({ at: Math.floor(Date.now() / 1000) - 300, name: 'GetAds', kind: 'server', resource: { 'service.name': 'adservice' } })
    const withSettings = setup.replace(/cmd = \{.*?\}/, (cmd) => `${cmd}, ${settings.replace(documentedTempo, tempo.url)}`)
    editor = new Driven('neovim', { 'init.lua': withSettings })
    const { folder, transcript } = editor
    const given = `lua FILE, TRANSCRIPT = [[ads.scale]], [[${transcript}]]`
    const script = `luafile ${resolve('test/editors/neovim.lua')}`
    await editor.run(program, ['--headless', '-n', '-u', join(folder, 'init.lua'), '-i', 'NONE', '-c', given, '-c', script], {
      XDG_STATE_HOME: folder,
      XDG_CACHE_HOME: folder,
    })
  }, 60_000)
  afterAll(async () => {
    editor.remove()
    await tempo.close()
  })

  it('is set up with two lines', () => {
    expect(setup.trimEnd().split('\n')).toHaveLength(2)
    expect(editor.line('filetype')).toBe('filetype scale')
  })

  it('shows what is wrong, and no longer when it is mended', () => {
    expect(editor.line('diagnostic 8:')).toMatch(/^diagnostic 8:\d+ ERROR .*a Duration is compared with a Number/)
    expect(editor.line('mended')).toBe('mended: let slow = 400ms')
  })

  it('completes', () => {
    expect(editor.line('completion').split(' ')).toEqual(expect.arrayContaining(['p99', 'p95', 'own', 'error_rate']))
  })

  it('tells what a word means', () => {
    expect(editor.line('hover')).toMatch(/p99/)
  })

  it('formats and renames', () => {
    expect(editor.line('format')).toBe('format: laid out')
    expect(editor.seen).toContain(`let patience = 400ms`)
    expect(editor.seen).toMatch(/ads-slow: scale deployment\/adservice \+2\n?.* when span\(adservice\/GetAds\)\.p99 > patience 5 times in 60s/)
    expect(editor.seen).not.toContain('failed')
  })
  it('hands the settings to the server', () => {
    expect(settings).toContain(documentedTempo)
    expect(editor.line('catalog')).toBe(`catalog: ${tempo.url}, 1 services`)
  })
})
