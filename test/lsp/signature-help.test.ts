/** Signature help: `|` marks the place; what is expected is the form and the part that comes. */
import { globSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signatureHelp } from '../../lsp/features/signature-help.ts'
import { cursorIn, viewOf } from './view.ts'

function helped(marked: string): string | undefined {
  const { text, offset } = cursorIn(marked)
  const help = signatureHelp(viewOf({ files: { 'main.scale': text } }), offset)
  const [signature] = help?.signatures ?? []
  const parameter = signature?.parameters?.[help?.activeParameter ?? 0]?.label
  if (signature === undefined || !Array.isArray(parameter)) return undefined
  return `${signature.label} → ${signature.label.slice(...parameter)}`
}

const span = 'span(SERVICE/OPERATION where TEST under ANCESTOR)'
const load = 'load span(SELECTOR) at RATE taking DURATION ± JITTER failing SHARE under span(CALLER) from START to END'

describe('signature help', () => {
  it.each([
    ['scale a/b +1 when span(|', `${span} → SERVICE`],
    ['scale a/b +1 when span(ads/|', `${span} → OPERATION`],
    ['scale a/b +1 when span(ads/Get|', `${span} → OPERATION`],
    ['scale a/b +1 when span(ads/Get where |', `${span} → TEST`],
    ['scale a/b +1 when span(ads/Get where status == error under |', `${span} → ANCESTOR`],
    ['scale a/b +1 when span(ads/Get child of front|', `${span} → ANCESTOR`],
    ['scale a/b +1 when span(ads).quantile(|', 'quantile(SHARE) → SHARE'],
    ['scale a/b +1 when span(ads).self.apdex(|', 'apdex(THRESHOLD) → THRESHOLD'],
    ['scale a/b +1 when metric(|', 'metric(QUERY, unit UNIT) → QUERY'],
    ['scale a/b +1 when metric("x", unit |', 'metric(QUERY, unit UNIT) → UNIT'],
    ['scale a/b +1 when forecast(span(ads).rate, |', 'forecast(VALUE, in AHEAD) → AHEAD'],
    ['scale a/b +1 when forecast(span(|', `${span} → SERVICE`],
    ['scale a/b +1 when max(span(ads).p99, |', 'max(VALUE, MORE) → MORE'],
    ['scale a/b +1 when replicas(|', 'replicas(WORKLOAD) → WORKLOAD'],
    ['scale a/b +1 when absent(span(ads)) for |', 'absent(span(SELECTOR)) for PERIOD → PERIOD'],
    ['scale a/b +1 when span(ads).p99 > 1s 5 times in |', 'COUNT times in WINDOW → WINDOW'],
    ['scale a/b +1 when during mon-fri 08:00-|', 'during DAYS FROM-TO in ZONE → TO'],
    ['target a/b { between |', 'between MIN and MAX → MIN'],
    ['target a/b { between 1 and |', 'between MIN and MAX → MAX'],
    ['target a/b { up at most |', 'up at most AMOUNT per PERIOD → AMOUNT'],
    ['target a/b { up at most +4 per |', 'up at most AMOUNT per PERIOD → PERIOD'],
    ['target a/b { stable 5m before |', 'stable PERIOD before DIRECTION → DIRECTION'],
    ['test "x" { load span(ads) at |', `${load} → RATE`],
    ['test "x" { load span(ads) at 20/s taking |', `${load} → DURATION`],
    ['test "x" { load span(ads) at 20/s taking 1s failing 5% from |', `${load} → START`],
    ['test "x" { load span(ads) at 20/s taking 1s under span(front) from 0s to |', `${load} → END`],
    ['test "x" { expect a/b at |', 'expect WORKLOAD at REPLICAS by TIME → REPLICAS'],
    // Also in the middle of broken text.
    ['scale a/b wen span(ads/|', `${span} → OPERATION`],
  ])('%s', (marked, wanted) => {
    expect(helped(marked)).toBe(wanted)
  })

  it.each(['|', 'scale |', 'scale a/b +1 when |', 'scale a/b +1 when span(ads).p99 > |', 'target a/b { between 1 and 10 |', 'let x = 1 // span(|'])(
    'has nothing to say at %s',
    (marked) => {
      expect(helped(marked)).toBeUndefined()
    },
  )

  it('documents the form by its page', () => {
    const { text, offset } = cursorIn('target a/b { between |')
    const view = viewOf({ files: { 'main.scale': text } })
    expect(signatureHelp(view, offset)?.signatures[0]?.documentation).toMatchObject({
      kind: 'markdown',
      value: expect.stringMatching(/^The bounds of a workload/),
    })
  })

  it('never throws, and its part is one of the form', () => {
    const texts = globSync('test/samples/**/*.scale')
      .sort()
      .map((file) => readFileSync(file, 'utf8'))
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.nat(), (whole, at) => {
        const text = whole.slice(0, at % (whole.length + 1))
        const help = signatureHelp(viewOf({ files: { 'main.scale': text } }), text.length)
        const count = help?.signatures[0]?.parameters?.length ?? 1
        expect(help?.activeParameter ?? 0).toBeLessThan(count)
      }),
      { numRuns: 500 },
    )
  })
})
