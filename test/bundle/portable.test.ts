import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type CompileInput, compile, rebuild, serialize } from '../../src/bundle/index.ts'
import { scalec } from '../cli/scalec.ts'

const files: Readonly<Record<string, string>> = {
  'rules/b/ads.scale': 'import "../../lib/limits.scale"\n/// Two\n/// lines.\nscale deployment/a +1 when span(a).p99 > slow for 1m\n',
  'rules/a.scale': 'scale deployment/a +1 when span(a).p95 > 2s for 1m // first by name, from wherever\ntarget deployment/a { between 1 and 5 }\n',
  'lib/limits.scale': 'let slow = 300ms\n',
}

/** The roots named as from `cwd`, with these line ends. */
function input(prefix: string, text: (text: string) => string = (as) => as): CompileInput {
  const source = (name: string) => ({ name: `${prefix}${name}`, text: text(files[name] ?? '') })
  return { roots: [source('rules/b/ads.scale'), source('rules/a.scale')], resolve: () => source('lib/limits.scale') }
}

function bytes(of: CompileInput, portableFrom: string): string {
  const { bundle } = compile(of, { compiler: '0.1.0', portableFrom })
  if (bundle === undefined) throw new Error('does not compile')
  expect(rebuild(bundle)).toEqual(bundle)
  return serialize(bundle)
}

const reference = bytes(input(''), '/work')

describe('a portable bundle', () => {
  it('names sources from the folder that holds them all', () => {
    const { sources, rules } = compile(input('/somewhere/'), { compiler: '0.1.0', portableFrom: '/work' }).bundle ?? { sources: [], rules: [] }
    expect(sources.map(({ name }) => name)).toEqual(['../lib/limits.scale', 'a.scale', 'b/ads.scale'])
    expect(rules.map(({ name, source: { file, line } }) => `${name} ${file}:${line}`)).toEqual([
      'deployment/a +1 #1 a.scale:1',
      'deployment/a +1 #2 b/ads.scale:4',
    ])
  })

  it('is the same bytes from any folder, by any spelling of the paths, with any line ends', () => {
    const folder = fc.array(fc.constantFrom('x', 'rules', 'zz', 'B'), { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`)
    const crlf = fc.constantFrom(
      (text: string) => text,
      (text: string) => text.replaceAll('\n', '\r\n'),
      (text: string) => `\uFEFF${text}`,
    )
    fc.assert(
      fc.property(folder, fc.constantFrom('', './', '../q/', 'x/../', '/abs/'), crlf, (cwd, prefix, ends) => {
        expect(bytes(input(prefix, ends), cwd)).toBe(reference)
      }),
    )
    expect(bytes(input('C:\\work\\'), 'D:\\')).toBe(reference)
  })

  it('comes out of scalec twice the same, whoever calls it from where', () => {
    const [one, two] = [0, 1].map(() => {
      const dir = mkdtempSync(join(tmpdir(), 'scale-portable-'))
      onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
      for (const name of ['rules/b', 'lib']) cpSync('test/bundle/golden/glance.scale', join(dir, name, 'unused.txt'), { recursive: true })
      for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
      return dir
    }) as [string, string]
    const runs = [
      scalec(['compile', 'rules', '-o', '-'], { cwd: one }),
      scalec(['compile', 'rules/b/ads.scale', 'rules/a.scale', '-o', '-'], { cwd: two }),
      scalec(['compile', join(two, 'rules'), '-o', '-'], { cwd: one }),
      scalec(['compile', '.', '-o', '-'], { cwd: join(two, 'rules') }),
    ]
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    expect(new Set(runs.map(({ out }) => out)).size).toBe(1)
  })
})
