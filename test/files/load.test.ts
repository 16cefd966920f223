import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadSources } from '../../src/files/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'scale-files-'))
afterAll(() => rmSync(folder, { recursive: true }))
for (const [name, text] of Object.entries({ 'b.scale': 'b', 'a.scale': 'a', 'sub/c.scale': 'c', 'node_modules/no.scale': 'no', 'notes.txt': 'no' })) {
  mkdirSync(join(folder, name, '..'), { recursive: true })
  writeFileSync(join(folder, name), text)
}
const at = (name: string) => join(folder, name)

describe('loadSources', () => {
  it('takes files, and those below folders in the order of their names', () => {
    const { roots, problems } = loadSources([at('sub/c.scale'), folder])
    expect(problems).toEqual([])
    expect(roots.map(({ text }) => text)).toEqual(['c', 'a', 'b'])
  })

  it('reads what is imported when it is asked for, and keeps one name for one file', () => {
    const loaded = loadSources([at('a.scale')])
    expect(loaded.sources()).toHaveLength(1)
    expect(loaded.resolve('sub/c.scale', at('a.scale'))).toEqual({ name: at('sub/c.scale'), text: 'c' })
    expect(loaded.resolve('../a.scale', at('sub/c.scale'))).toBe(loaded.roots[0])
    expect(loaded.resolve('nowhere.scale', at('a.scale'))).toBeUndefined()
    expect(loaded.sources().map(({ text }) => text)).toEqual(['a', 'c'])
    expect(loaded.paths()).toEqual(['a.scale', 'sub/c.scale', 'nowhere.scale'].map(at))
  })

  it('names sources as they were given, without detours', () => {
    const path = relative('.', at('a.scale'))
    expect(loadSources([`./${path}`, at('a.scale')]).roots.map(({ name }) => name)).toEqual([path])
  })

  it('says what cannot be read and reads the rest', () => {
    const { roots, problems } = loadSources([at('nowhere'), at('a.scale/x'), at('a.scale')])
    expect(roots).toHaveLength(1)
    expect(problems).toEqual([
      { path: at('nowhere'), message: 'does not exist' },
      { path: at('a.scale/x'), message: 'is below a file, not a folder' },
    ])
  })
})
