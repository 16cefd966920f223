import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { scalec } from './scalec.ts'

const folder = mkdtempSync(join(tmpdir(), 'scalec-fmt-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = (name: string): string => join(folder, name)
const read = (name: string): string => readFileSync(path(name), 'utf8')
const fmt = (...args: string[]) => scalec(['fmt', ...args], { cwd: folder })

const loose = 'let   a=1 // one\n'
const tidy = 'let a = 1 // one\n'

beforeEach(() => {
  rmSync(path('rules'), { recursive: true, force: true })
  mkdirSync(path('rules/more'), { recursive: true })
  writeFileSync(path('rules/loose.scale'), loose)
  writeFileSync(path('rules/tidy.scale'), tidy)
  writeFileSync(path('rules/more/loose.scale'), loose)
  writeFileSync(path('rules/wrong.txt'), 'let   a=\n')
})

describe('scalec fmt', () => {
  it('formats files in place, those below folders too, and names them', () => {
    expect(fmt('rules')).toEqual({ code: 0, out: 'rules/loose.scale\nrules/more/loose.scale\n', err: '' })
    expect([read('rules/loose.scale'), read('rules/more/loose.scale')]).toEqual([tidy, tidy])
    expect(fmt('rules')).toEqual({ code: 0, out: '', err: '' })
  })

  it('keeps modes and links, and does not touch what is right already', () => {
    const past = new Date('2026-01-01')
    chmodSync(path('rules/loose.scale'), 0o640)
    symlinkSync('loose.scale', path('rules/link.scale'))
    utimesSync(path('rules/tidy.scale'), past, past)
    expect(fmt('rules/link.scale', 'rules/tidy.scale').code).toBe(0)
    expect(read('rules/loose.scale')).toBe(tidy)
    expect(statSync(path('rules/loose.scale')).mode & 0o777).toBe(0o640)
    expect(lstatSync(path('rules/link.scale')).isSymbolicLink()).toBe(true)
    expect(statSync(path('rules/tidy.scale')).mtime).toEqual(past)
    expect(readdirSync(path('rules')).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('leaves a file with errors as it is, says what they are, and formats the others', () => {
    const { code, out, err } = fmt('rules/wrong.txt', 'rules/loose.scale')
    expect({ code, out }).toEqual({ code: 1, out: 'rules/loose.scale\n' })
    expect(err).toContain('rules/wrong.txt:1:9: error: ')
    expect(read('rules/wrong.txt')).toBe('let   a=\n')
  })

  it('--check lists files and changes none', () => {
    expect(fmt('--check', 'rules')).toEqual({ code: 1, out: 'rules/loose.scale\nrules/more/loose.scale\n', err: '' })
    expect(read('rules/loose.scale')).toBe(loose)
    expect(fmt('--check', 'rules/tidy.scale')).toEqual({ code: 0, out: '', err: '' })
  })

  it('--diff shows what would change', () => {
    expect(fmt('--diff', 'rules/loose.scale', 'rules/tidy.scale')).toEqual({
      code: 1,
      out: '--- rules/loose.scale\n+++ rules/loose.scale\n@@ -1 +1 @@\n-let   a=1 // one\n+let a = 1 // one\n',
      err: '',
    })
    expect(read('rules/loose.scale')).toBe(loose)
  })

  it('--stdin formats the standard input', () => {
    const piped = (input: string, ...args: string[]) => scalec(['fmt', '--stdin', ...args], { input })
    expect(piped(loose)).toEqual({ code: 0, out: tidy, err: '' })
    expect(piped(loose, '--check')).toEqual({ code: 1, out: '<stdin>\n', err: '' })
    expect(piped(loose, '--diff')).toMatchObject({ code: 1, out: expect.stringContaining('+let a = 1 // one') })
    expect(piped('let a =')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('<stdin>:1:8: error: ') })
  })

  it('says in one line what is wrong with the command line or the files', () => {
    expect(fmt()).toMatchObject({ code: 2, out: '' })
    expect(fmt('--stdin', 'rules')).toEqual({ code: 2, out: '', err: 'scalec: --stdin takes no files\n' })
    expect(fmt('nowhere.scale')).toEqual({ code: 2, out: '', err: 'scalec: nowhere.scale does not exist\n' })
  })

  it('prints JSON', () => {
    expect(JSON.parse(fmt('--check', '--format', 'json', 'rules/loose.scale', 'rules/wrong.txt').out)).toMatchObject({
      files: [
        { file: 'rules/loose.scale', changed: true },
        { file: 'rules/wrong.txt', changed: false },
      ],
      diagnostics: [{ code: 'SC1001', range: { from: { line: 1, column: 9 } } }],
    })
  })
})
