/** Emacs, without a window, with the configuration that lsp/editors/README.md documents. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TempoDouble } from '../support/tempo/server.ts'
import { blocks } from './documented.ts'
import { Driven } from './driven.ts'

const program = '/usr/bin/emacs'
/** Packages of the distribution, among which Eglot is before Emacs 29, are found by activating them. */
const packages = ['--batch', '--eval', '(package-activate-all)']
const missing = whatIsMissing()

function whatIsMissing(): string | undefined {
  if (!existsSync(program)) return `left out: there is no ${program}`
  const { status } = spawnSync(program, [...packages, '--eval', '(kill-emacs (if (locate-library "eglot") 0 1))'])
  return status === 0 ? undefined : `left out: ${program} has no Eglot, which is in Emacs from 29 on, and before in Debian's elpa-eglot`
}

describe.skipIf(missing !== undefined)(`Emacs${missing === undefined ? '' : `, ${missing}`}`, () => {
  const documented = blocks('Emacs', 'elisp').join('\n')
  const documentedTempo = 'http://localhost:3200'
  let tempo: TempoDouble
  let editor: Driven

  beforeAll(async () => {
    tempo = await TempoDouble.start()
    tempo.spans.push({ at: Math.floor(Date.now() / 1000) - 300, name: 'GetAds', kind: 'server', resource: { 'service.name': 'adservice' } })
    editor = new Driven('emacs', { '.emacs.d/init.el': documented.replace(documentedTempo, tempo.url) })
    const { transcript } = editor
    const given = `(setq FILE "ads.scale" TRANSCRIPT "${transcript}")`
    await editor.run(program, [...packages, '-l', '.emacs.d/init.el', '--eval', given, '-l', resolve('test/editors/emacs.el')])
  }, 60_000)
  afterAll(async () => {
    editor.remove()
    await tempo.close()
  })

  it('knows rule files', () => {
    expect(editor.line('mode')).toBe('mode scale-mode')
  })

  it('shows what is wrong, and no longer when it is mended', () => {
    expect(editor.line('diagnostic 8:')).toContain('a Duration is compared with a Number')
    expect(editor.line('mended')).toBe('mended: let slow = 400ms')
  })

  it('offers fixes', () => {
    expect(editor.line('fixed')).toContain('{ between 1 and 10 cooldown 60s }')
  })

  it('completes', () => {
    expect(editor.line('completion').split(' ')).toEqual(expect.arrayContaining(['p99', 'p95', 'own', 'error_rate']))
    expect(editor.line('completed')).toContain('span(adservice/GetAds).mean > slow')
  })

  it('tells what a word means', () => {
    expect(editor.line('hover')).toContain('p99')
  })

  it('formats and renames', () => {
    expect(editor.line('format')).toBe('format: laid out')
    expect(editor.seen).toContain('let patience = 400ms')
    expect(editor.seen).toMatch(/ads-slow: scale deployment\/adservice \+2\n?.* when span\(adservice\/GetAds\)\.p99 > patience 5 times in 60s/)
    expect(editor.seen).not.toContain('failed')
  })

  it('makes comments', () => {
    expect(editor.line('comment')).toBe('comment: // let patience = 400ms')
  })

  it('hands the settings to the server', () => {
    expect(documented).toContain(documentedTempo)
    expect(editor.line('catalog')).toBe(`catalog: ${tempo.url}, 1 services`)
  })
})
