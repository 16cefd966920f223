/** `scalec explain CODE` and `scalec explain WORD`; rules and decisions have tests of their own. */

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { renderMarkdown } from '../../src/cli/markdown.ts'
import { scalec } from './scalec.ts'

const folder = mkdtempSync(join(tmpdir(), 'scalec-explain-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('scalec explain', () => {
  it('prints the page of a code', () => {
    expect(scalec(['explain', 'SC1038'])).toEqual({
      code: 0,
      out: [
        'SC1038: a condition before its action',
        '',
        'A rule begins with what it does, so that a page of rules can be read by its left',
        'edge.',
        '',
        '  Wrong:',
        '    if span(ads/Get).p99 > 400ms then scale deployment/ads +2',
        '',
        '  Right:',
        '    scale deployment/ads +2 when span(ads/Get).p99 > 400ms',
        '',
      ].join('\n'),
      err: '',
    })
    expect(scalec(['explain', 'sc1038']).out).toBe(scalec(['explain', 'SC1038']).out)
  })

  it('prints the page of a word, unless a folder has its name', () => {
    const { code, out } = scalec(['explain', 'cooldown'], { cwd: folder })
    expect(code).toBe(0)
    expect(out).toMatch(/^cooldown\n/)
    expect(scalec(['explain', '.p99'], { cwd: folder })).toMatchObject({ code: 0, out: expect.stringContaining('quantile') })
    mkdirSync(join(folder, 'every'))
    writeFileSync(join(folder, 'every/ads.scale'), 'scale deployment/ads +1 when span(ads/Get).p99 > 1s for 1m\n')
    expect(scalec(['explain', 'every'], { cwd: folder }).out).toContain('deployment/ads')
  })

  it('names the nearest code of one that there is not', () => {
    expect(scalec(['explain', 'SC1099'])).toEqual({
      code: 2,
      out: '',
      err: expect.stringMatching(/^scalec: there is no message SC1099; the nearest is SC\d{4}\n$/),
    })
  })

  it('prints JSON', () => {
    expect(JSON.parse(scalec(['explain', 'SC4001', '--format', 'json']).out)).toMatchObject({
      code: 'SC4001',
      severity: 'warning',
      title: 'implied bounds',
      page: expect.stringContaining('# SC4001'),
    })
  })

  it('has its pages in the program, wherever that is', () => {
    cpSync('dist', join(folder, 'dist'), { recursive: true })
    const { status, stdout } = spawnSync(process.execPath, [join(folder, 'dist/scalec.js'), 'explain', 'SC1001'], { encoding: 'utf8', cwd: folder })
    expect({ status, first: stdout.split('\n')[0] }).toEqual({ status: 0, first: 'SC1001: something else is expected here' })
  })
})

describe('renderMarkdown', () => {
  const text = [
    '# A `title`',
    '',
    'Words of a paragraph that is longer than the line, with `a b c` and [a link](https://example.org) in it.',
    '',
    '- one item that is too long for a single line',
    '- two',
    '',
    '| a | b |',
    '| --- | --- |',
    '| 1 | **2** |',
    '',
    '```scale wrong file=a.scale',
    'let a = 1',
    '```',
  ].join('\n')

  it('wraps paragraphs and lists, and leaves code alone', () => {
    expect(renderMarkdown(text, { colour: false, width: 40 })).toBe(
      [
        'A title',
        '',
        'Words of a paragraph that is longer than',
        'the line, with `a b c` and a link in it.',
        '',
        '- one item that is too long for a single',
        '  line',
        '- two',
        '',
        '| a | b |',
        '| 1 | 2 |',
        '',
        '  Wrong, a.scale:',
        '    let a = 1',
        '',
      ].join('\n'),
    )
  })

  it('paints titles and code', () => {
    const out = renderMarkdown(text, { colour: true, width: 200 })
    expect(out).toContain('\u001b[1mA title\u001b[0m')
    expect(out).toContain('with \u001b[36ma b c\u001b[0m and')
    expect(out).toContain('\u001b[31mWrong\u001b[0m')
  })
})
