/** Which fixes of a file are made at once. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compatibleFixes } from '../../lsp/features/fix-all.ts'
import type { Diagnostic, Fix, TextRange } from '../../src/language/index.ts'

const diagnostic = (range: TextRange, edits: Fix['edits']): Diagnostic => ({
  code: 'SC4001',
  severity: 'warning',
  message: '',
  file: 'a.scale',
  range,
  fix: { title: '', edits },
})

const range = fc.tuple(fc.nat(200), fc.nat(8)).map(([start, length]): TextRange => ({ start, end: start + length }))
const diagnostics = fc.array(
  fc.tuple(range, range).map(([of, edited]) => diagnostic(of, [{ range: edited, text: 'x' }])),
  { maxLength: 40 },
)

const meet = (a: TextRange, b: TextRange): boolean => a.start <= b.end && b.start <= a.end
const covers = (a: TextRange, b: TextRange): boolean => a.start <= b.start && b.end <= a.end

describe('all fixes at once', () => {
  it('are the first of those that touch, without those whose place another one rewrites: as if each were compared with each', () => {
    fc.assert(
      fc.property(diagnostics, (all) => {
        const expected: Fix[] = []
        for (const { fix, range: place } of all) {
          if (fix === undefined) continue
          const others = all.flatMap((other) => (other.fix === undefined || other.fix === fix ? [] : other.fix.edits))
          const isAway = fix.edits.every((edit) => !meet(edit.range, place))
          if (isAway && others.some((edit) => covers(edit.range, place))) continue
          if (!expected.some((taken) => taken.edits.some((a) => fix.edits.some((b) => meet(a.range, b.range))))) expected.push(fix)
        }
        expect(compatibleFixes(all)).toEqual(expected)
      }),
    )
  })
})
