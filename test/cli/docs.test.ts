import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { scalec } from './scalec.ts'

const folder = mkdtempSync(join(tmpdir(), 'scalec-docs-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'rules.scale'), '/// Ads are slow.\nslow: scale deployment/ads +2 when span(ads/GetAds).p99 > 400ms 5 times in 60s')
const run = (...args: readonly string[]) => scalec(['docs', 'rules.scale', ...args], { cwd: folder })

describe('scalec docs', () => {
  it('writes Markdown to the standard output', () => {
    const { code, out, err } = run('--title', 'The shop')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^# The shop\n/)
    expect(out).toContain('> Ads are slow.')
    expect(out).toContain('[rules.scale:2](rules.scale#L2)')
  })
  it('writes HTML where the name of the file says so, with links to where the sources are', () => {
    expect(run('-o', 'rules.html', '--source-url', 'https://git.example/main')).toEqual({ code: 0, out: '', err: '' })
    const html = readFileSync(join(folder, 'rules.html'), 'utf8')
    expect(html).toMatch(/^<!doctype html>/)
    expect(html).toContain('href="https://git.example/main/rules.scale#L2"')
  })
  it('says what cannot be written', () => {
    expect(run('-o', 'no/such/folder.md')).toEqual({ code: 2, out: '', err: 'scalec: no/such/folder.md cannot be written (ENOENT)\n' })
  })
})
