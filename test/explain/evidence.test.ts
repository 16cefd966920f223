/** What traces say of a decision, as it is read back from the log. */
import { describe, expect, it } from 'vitest'
import { type BlameEvidence, decisionText, explainDecision, type RankedEvidence, readRecord } from '../../src/explain/index.ts'
import { decisionLine } from '../../src/recordings/index.ts'
import { planned, rule } from '../plan/build.ts'

const ranked: RankedEvidence = {
  window: { from: '2026-05-04T16:30:00.000Z', to: '2026-05-04T16:30:15.000Z', traces: 75 },
  baseline: { from: '2026-05-04T16:20:00.000Z', to: '2026-05-04T16:29:55.000Z', traces: 1 },
  sureness: 'clear',
  why: 'cart is at fault, and not frontend, which calls it: it added 290ms to a trace.',
  note: 'pages-slow looks at frontend only: unless deployment/frontend is what runs cart, more of it may not help.',
  services: [
    { service: 'cart', added: 290e6, share: 0.97, plain: 303e6, self: 290e6, gap: 0, own: 290e6, critical: 290e6 },
    { service: 'frontend', added: 12, share: 0, self: -20e3, gap: 999, own: -19e3, critical: 0 },
  ],
  exemplars: [{ traceId: 'ab'.repeat(16), what: 'the worst that pages-slow counted', waterfall: ['* cart/Get ███'] }],
}

const line = (blame?: unknown): string => decisionLine(planned(4, [[rule('slow', '+2'), 'true']]), blame as BlameEvidence)

function text(blame: BlameEvidence): string {
  const result = readRecord(line(blame))
  if ('error' in result) throw new Error(result.error)
  return decisionText(explainDecision(result.decision))
}

describe('what traces say of a decision', () => {
  it('is shown behind what the stages did', () => {
    expect(text(ranked)).toContain(`
  Why this service and not its caller
    cart is at fault, and not frontend, which calls it: it added 290ms to a trace.
    pages-slow looks at frontend only: unless deployment/frontend is what runs cart, more of it may
    not help.

                              what rose, a trace (plain: the p99 of its spans)
    service     added  share     plain      self       gap       own  critical
    cart        290ms    97%    +303ms    +290ms         0    +290ms    +290ms
    frontend        -     0%         -     -20us         0     -19us         0
    (75 traces completed from 16:30:00 to 16:30:15, against 1 from 16:20:00 to 16:29:55)

    abababababababababababababababab, the worst that pages-slow counted:
    * cart/Get ███

    █ own work  ░ waits for what it calls  · gap, caller to callee  ▒ off the path  * critical path
`)
  })

  it('says why there is nothing to show', () => {
    expect(text({ missing: 'there is no trace from before the trouble to compare with; 10 are needed' })).toContain(`
  Why this service and not its caller
    not known: there is no trace from before the trouble to compare with; 10 are needed
`)
  })

  it('is no section of decisions without it', () => {
    const result = readRecord(line())
    if ('error' in result) throw new Error(result.error)
    expect(explainDecision(result.decision)).not.toHaveProperty('blame')
    expect(decisionText(explainDecision(result.decision))).not.toContain('caller')
  })

  it.each<[string, unknown]>([
    ['blame is no object', 7],
    ['blame.missing is no text', { missing: 7 }],
    ['blame.why is no text', { ...ranked, why: undefined }],
    ['blame.window.traces is no number', { ...ranked, window: { ...ranked.window, traces: 'many' } }],
    ['blame.confidence.chance is no number', { ...ranked, confidence: { agreement: 1, resamples: 40 } }],
    ['blame.services is no list', { ...ranked, services: {} }],
    ['blame.services[1].share is no number', { ...ranked, services: [ranked.services[0], { ...ranked.services[1], share: null }] }],
    ['blame.exemplars[0].waterfall[0] is no text', { ...ranked, exemplars: [{ ...ranked.exemplars[0], waterfall: [7] }] }],
  ])('is read with care: %s', (error, blame) => {
    expect(readRecord(line(blame))).toEqual({ error })
  })
})
