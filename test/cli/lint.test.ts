import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { scalec } from './scalec.ts'

const folder = mkdtempSync(join(tmpdir(), 'scalec-lint-'))
afterAll(() => rmSync(folder, { recursive: true }))
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return name
}
const run = (...args: string[]) => scalec(args, { cwd: folder })

const bounded = 'target deployment/ads { between 1 and 10 }\n'
const good = write('good.scale', `${bounded}scale deployment/ads +2 when span(ads/Get).p50 > 400ms 5 times in 60s\n`)
const misspelt = write('misspelt.scale', `${bounded}scale deployment/ads +2 when span(ads/Gett).p50 > 400ms 5 times in 60s\n`)
const implied = write('implied.scale', 'scale deployment/ads +2 when span(ads/Get).p50 > 400ms 5 times in 60s\n')
const wrong = write('wrong.scale', `${bounded}scale deployment/ads +2 when span(ads/Get).p50 > 400 5 times in 60s\n`)
const catalog = write(
  'catalog.json',
  JSON.stringify({ format: 1, services: [{ name: 'ads', operations: [{ name: 'Get', kind: 'server' }], attributes: [] }], workloads: [] }),
)

describe('scalec lint', () => {
  it('has nothing to say about good rules', () => {
    expect(run('lint', good, '--catalog', catalog)).toEqual({ code: 0, out: '1 file: nothing to say about 1 rule\n', err: '' })
  })

  it('knows the catalog, and fails of warnings unless told otherwise', () => {
    expect(run('lint', misspelt)).toMatchObject({ code: 0 })
    expect(run('lint', misspelt, '--catalog', catalog)).toEqual({
      code: 3,
      out: [
        'misspelt.scale:2:39: warning: `ads` has no operation `Gett` in the catalog: did you mean Get? [SC4202]',
        '  2 | scale deployment/ads +2 when span(ads/Gett).p50 > 400ms 5 times in 60s',
        '    |                                       ^^^^ write Get',
        '',
        '1 warning',
        '',
      ].join('\n'),
      err: '',
    })
    expect(run('lint', misspelt, '--catalog', catalog, '--fail-level', 'error').code).toBe(0)
  })

  it('makes unknown names errors where strict, as check and compile do', () => {
    for (const command of [['lint'], ['check'], ['compile', '-o', '-']])
      expect(run(...command, misspelt, '--catalog', catalog, '--strict').code, command[0]).toBe(1)
    expect(run('lint', misspelt, '--strict')).toEqual({
      code: 2,
      out: '',
      err: 'scalec: what is strict needs a catalog: --catalog FILE, or `catalog` in scale.json\n',
    })
  })

  it('leaves errors to check', () => {
    const { code, out, err } = run('lint', wrong, '--format', 'json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ errors: 1, diagnostics: [] })
    expect(err).toBe('scalec: 1 error beside this; scalec check shows them\n')
  })

  it('lets suppressions end by the calendar', () => {
    const text = (day: string): string => `// scale-ignore SC4001 until ${day}: later\nscale deployment/ads +2 when span(ads/Get).p50 > 400ms 5 times in 60s\n`
    expect(run('lint', write('later.scale', text('9999-12-31'))).code).toBe(0)
    const { code, out } = run('lint', write('past.scale', text('2020-01-31')))
    expect(code).toBe(3)
    expect(out).toContain('this suppression expired on 2020-01-31\n')
  })

  it('takes severities of the project', () => {
    write('scale.json', JSON.stringify({ rules: [implied], severities: { SC4001: 'error' } }))
    expect(run('lint').code).toBe(1)
    expect(run('compile', '-o', '-')).toMatchObject({ code: 1, out: '' })
    write('scale.json', JSON.stringify({ rules: [implied], severities: { SC4001: 'off' } }))
    expect(run('lint').code).toBe(0)
    write('scale.json', JSON.stringify({ rules: [misspelt], catalog: 'catalog.json', strict: true }))
    expect(run('check').code).toBe(1)
    rmSync(join(folder, 'scale.json'))
  })
})
