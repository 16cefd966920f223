import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { unifiedDiff } from '../../src/cli/unified.ts'

const plain = { colour: false }

describe('a unified diff', () => {
  it('is nothing where nothing changed', () => {
    expect(unifiedDiff('x', 'a\n', 'a\n', plain)).toBe('')
  })

  it('shows changes with three lines around them', () => {
    const lines = Array.from({ length: 20 }, (_, i) => `line ${i}\n`)
    const after = lines.map((line, i) => (i === 4 || i === 18 ? `new ${line}` : line))
    expect(unifiedDiff('x.scale', lines.join(''), after.join(''), plain)).toBe(`--- x.scale
+++ x.scale
@@ -2,7 +2,7 @@
 line 1
 line 2
 line 3
-line 4
+new line 4
 line 5
 line 6
 line 7
@@ -16,5 +16,5 @@
 line 15
 line 16
 line 17
-line 18
+new line 18
 line 19
`)
  })

  it('says where the last line has no end', () => {
    expect(unifiedDiff('x', 'a', 'a\n', plain)).toBe('--- x\n+++ x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n')
    expect(unifiedDiff('x', '', 'a\n', plain)).toBe('--- x\n+++ x\n@@ -0,0 +1 @@\n+a\n')
  })

  it('is coloured for terminals', () => {
    expect(unifiedDiff('x', 'a\n', 'b\n', { colour: true })).toContain('\u001b[31m-a\u001b[0m\n\u001b[32m+b\u001b[0m\n')
  })

  const folder = mkdtempSync(join(tmpdir(), 'scalec-diff-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('turns the one text into the other, as patch(1) reads it', ({ skip }) => {
    if (!hasPatch()) skip('there is no patch(1) here')
    const text = fc
      .tuple(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', ''), { maxLength: 30 }), fc.constantFrom('', '\n'))
      .map(([lines, end]) => lines.join('\n') + end)
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = unifiedDiff('x', before, after, plain)
        if (diff === '') return before === after
        const [file, patch] = [join(folder, 'x'), join(folder, 'x.patch')]
        writeFileSync(file, before)
        writeFileSync(patch, diff)
        execFileSync('patch', ['--quiet', '--fuzz=0', file, patch])
        return readFileIfAny(file) === after
      }),
      { numRuns: 60 },
    )
  })
})

function hasPatch(): boolean {
  try {
    execFileSync('patch', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** patch(1) deletes a file that it empties. */
function readFileIfAny(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
