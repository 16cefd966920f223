import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { scalec } from './scalec.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'scalec-init-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
})

describe('scalec init', () => {
  it('makes a project that every command is content with', () => {
    const { code, out } = scalec(['init', 'new/project'], { cwd: dir })
    expect(code).toBe(0)
    expect(out).toContain('Next: cd new/project, then scalec check')
    const cwd = join(dir, 'new/project')
    for (const args of [
      ['check', '--fail-level', 'warning'],
      ['lint'],
      ['fmt', '--check', 'rules'],
      ['test', '--fail-on-empty', '--coverage', '--threshold', '100%'],
      ['compile', '-o', 'rules.bundle.json'],
      ['explain', '--rule', 'ads-slow'],
      ['diff', 'rules.bundle.json', 'rules', '--format', 'markdown'],
      ['rbac'],
    ]) {
      const result = scalec(args, { cwd })
      expect(result, args.join(' ')).toMatchObject({ code: 0, err: '' })
    }
    // The commands of its README are commands.
    const readme = readFileSync(join(cwd, 'README.md'), 'utf8')
    for (const [, command = ''] of readme.matchAll(/^(?:- run: )?scalec (\w+)/gm)) expect(scalec([command, '--help']).code, command).toBe(0)
  })

  it('overwrites nothing', () => {
    writeFileSync(join(dir, 'README.md'), 'mine')
    const first = scalec(['init'], { cwd: dir })
    expect([first.code, first.out.includes('README.md exists and is left as it is')]).toEqual([0, true])
    expect(readFileSync(join(dir, 'README.md'), 'utf8')).toBe('mine')
    writeFileSync(join(dir, 'rules/first.scale'), '// mine too\n')
    expect(scalec(['init'], { cwd: dir })).toMatchObject({ code: 2, err: 'scalec: scale.json exists: this is a project already\n' })
    expect(readFileSync(join(dir, 'rules/first.scale'), 'utf8')).toBe('// mine too\n')
  })

  it('says where it cannot write', () => {
    writeFileSync(join(dir, 'file'), '')
    expect(scalec(['init', 'file/below'], { cwd: dir })).toMatchObject({ code: 2, err: 'scalec: file/below cannot be made (ENOTDIR)\n' })
    expect(existsSync(join(dir, 'rules'))).toBe(false)
  })
})
