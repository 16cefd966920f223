/** Kakoune, without a window, with the configuration that lsp/editors/README.md documents. */
import { existsSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TempoDouble } from '../support/tempo/server.ts'
import { blocks } from './documented.ts'
import { Driven } from './driven.ts'

const program = '/usr/bin/kak'
const missing = whatIsMissing()

function whatIsMissing(): string | undefined {
  if (!existsSync(program)) return `left out: there is no ${program}`
  const isThere = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'kak-lsp')))
  return isThere ? undefined : 'left out: there is no kak-lsp on the PATH, which `cargo install kak-lsp` makes'
}

describe.skipIf(missing !== undefined)(`Kakoune${missing === undefined ? '' : `, ${missing}`}`, () => {
  const [setup = ''] = blocks('Kakoune', 'kak')
  const [settings = ''] = blocks('Kakoune', 'toml')
  const documentedTempo = 'http://localhost:3200'
  let tempo: TempoDouble
  let editor: Driven

  beforeAll(async () => {
    tempo = await TempoDouble.start()
    tempo.spans.push({ at: Math.floor(Date.now() / 1000) - 300, name: 'ListAds', kind: 'server', resource: { 'service.name': 'adservice' } })
    const kakrc = setup.replace(/root_globs = .*\n/, (line) => `${line}${settings.replace(documentedTempo, tempo.url)}`)
    editor = new Driven('kakoune', { '.config/kak/kakrc': kakrc })
    const { folder, transcript } = editor
    await editor.run(program, ['-ui', 'dummy', '-e', `source ${resolve('test/editors/kakoune.kak')}`, 'ads.scale'], {
      TRANSCRIPT: transcript,
      // Kakoune's session, and the bridge's.
      XDG_RUNTIME_DIR: folder,
      TMPDIR: folder,
    })
  }, 60_000)
  afterAll(async () => {
    editor.remove()
    await tempo.close()
  })

  it('knows rule files', () => {
    expect(editor.line('filetype')).toBe('filetype scale')
  })

  it('shows what is wrong, and no longer when it is mended', () => {
    expect(editor.seen).toMatch(/^diagnostic: .*\[SC2101\]\n.*a Duration is compared with a Number/m)
    expect(editor.line('mended')).toBe('mended: let slow = 400ms')
  })

  it('completes', () => {
    expect(editor.seen.match(/\|p\d+(?= )/g)).toEqual(expect.arrayContaining(['|p99', '|p95', '|p90']))
  })

  it('tells what a word means', () => {
    expect(editor.line('hover')).toContain('let slow = 400')
    expect(editor.seen).toContain('\nA Number.')
  })

  it('formats and renames', () => {
    expect(editor.line('format')).toBe('format: ads-slow: scale')
    expect(editor.seen).toContain('let patience = 400ms')
    expect(editor.seen).toMatch(/ads-slow: scale deployment\/adservice \+2\n?.* when span\(adservice\/GetAds\)\.p99 > patience 5 times in 60s/)
    expect(editor.seen).not.toContain('failed')
  })

  it('hands the settings to the server', () => {
    expect(settings).toContain(documentedTempo)
    expect(editor.line('warnings')).toBe('warnings: 1')
    expect(tempo.requests.length).toBeGreaterThan(0)
  })
})
