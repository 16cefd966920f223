/**
 * Programs as people really err, each beside what is said of it and what its fixes make of it. `vitest -u` writes them; read them aloud then.
 */
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { analyse } from '../../src/bundle/index.ts'
import { render } from '../../src/cli/render.ts'
import type { Diagnostic } from '../../src/language/index.ts'

const samples = globSync('test/samples/wrong/*.scale').sort()

function diagnosticsOf(name: string, text: string): readonly Diagnostic[] {
  return analyse({ roots: [{ name, text }], resolve: () => undefined }).diagnostics
}

function applied(text: string, { fix }: Diagnostic): string {
  const edits = [...(fix?.edits ?? [])].sort((a, b) => b.range.start - a.range.start)
  return edits.reduce((before, { range, text: written }) => before.slice(0, range.start) + written + before.slice(range.end), text)
}

/** The program after one fix after the other, those of errors first, as someone would go through them in an editor. */
function mended(name: string, text: string): { readonly text: string; readonly fixes: number; readonly left: readonly Diagnostic[] } {
  let now = text
  for (let fixes = 0; ; fixes++) {
    const left = diagnosticsOf(name, now)
    const next = left.find(({ severity, fix }) => severity === 'error' && fix !== undefined) ?? left.find(({ fix }) => fix !== undefined)
    if (next === undefined || fixes === 30) return { text: now, fixes, left }
    now = applied(now, next)
  }
}

describe('test/samples/wrong', () => {
  it('are sixty at least', () => {
    expect(samples.length).toBeGreaterThanOrEqual(60)
  })

  it.each(samples.map((path) => [basename(path, '.scale'), path] as const))('%s', async (name, path) => {
    const file = basename(path)
    const text = readFileSync(path, 'utf8')
    const diagnostics = diagnosticsOf(file, text)
    expect(diagnostics).not.toEqual([])
    const after = mended(file, text)
    expect(after.fixes, 'fixes go on for ever').toBeLessThan(30)
    const out = [render(diagnostics, [{ name: file, text }], { colour: false, limit: 20 })]
    if (after.fixes > 0) {
      out.push(`--- after ${after.fixes === 1 ? 'the fix' : `${after.fixes} fixes`}\n${after.text}`)
      if (after.left.length > 0) out.push(`--- still\n${after.left.map(({ severity, message, code }) => `${severity}: ${message} [${code}]\n`).join('')}`)
    }
    await expect(out.join('\n')).toMatchFileSnapshot(`../samples/wrong/${name}.txt`)
  })

  it('are nearly all mended by their fixes', () => {
    const whole = samples.filter((path) => {
      const { fixes, left } = mended(basename(path), readFileSync(path, 'utf8'))
      return fixes > 0 && left.length === 0
    })
    expect(whole.length / samples.length).toBeGreaterThan(0.7)
  })
})
