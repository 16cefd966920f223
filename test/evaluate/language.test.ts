/** Rules as they are written, compiled and evaluated. */
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/bundle/index.ts'
import { createEvaluator } from '../../src/evaluate/index.ts'
import { createDictionary, SpanTable } from '../../src/spans/index.ts'
import { alive, at, busy, fill, type TestSpan, truthOf } from './builders.ts'

/** What the rules of `text` say at each step: `true`, `false` or why it is unknown. */
function say(text: string, spans: readonly TestSpan[]): (readonly string[])[] {
  const { bundle, diagnostics } = compile({ roots: [{ name: 'rules.scale', text }] }, { compiler: 'test' })
  if (bundle === undefined) throw new Error(JSON.stringify(diagnostics))
  const dictionary = createDictionary()
  const evaluator = createEvaluator({ bundle, dictionary, startAt: at(0) })
  const table = new SpanTable(dictionary, bundle.projection)
  let id = 0
  fill(table, spans, () => id++)
  evaluator.ingest(table, undefined)
  const said: (readonly string[])[] = []
  for (let due = evaluator.due(undefined, true); due !== undefined; due = evaluator.due(undefined, true)) {
    const outcomes = evaluator.step({ at: due, world: new Map(), epochs: new Map() })
    for (const { because } of outcomes) expect(because.text).not.toBe('')
    said.push(outcomes.map(truthOf))
  }
  return said
}

const steps = (from: number, to: number, milliseconds: number, more: Partial<TestSpan> = {}): TestSpan[] => {
  const found: TestSpan[] = []
  for (let end = from + 5; end <= to; end += 5) found.push(...busy(end, 4, milliseconds, more))
  return found
}

describe('the shortest program', () => {
  const program = (operation: string): string => `scale deployment/adservice +2 when span(adservice/${operation}).p99 > 400ms 5 times in 60s`

  it('fires at the fifth slow step, however the operation is spelled', () => {
    const spans = [...steps(0, 15, 100), ...steps(15, 45, 600)]
    const expected = ['false', 'false', 'false', 'false', 'false', 'false', 'false', 'true', 'true']
    for (const operation of ['GetAds', 'AdService/GetAds', 'hipstershop.AdService/GetAds', 'Get*'])
      expect(say(program(operation), spans).flat()).toEqual(expected)
  })
})

describe('a program of several rules', () => {
  const text = `
    scale deployment/a +1 when span(adservice/GetAds).duration > 400ms 3 times in 10s
    scale deployment/b +1 when span(adservice/GetAds where http.response.status_code >= 500).count >= 2 and span(adservice).error_rate > 20%
    scale deployment/c -1 when span(adservice/GetAds).p99 < 120ms for 10s
    scale deployment/d -1 when absent(span(adservice/GetAds)) for 10s
    scale deployment/e to at least 3 when during mon-fri 00:00-08:00 in "UTC"
    scale deployment/f +1 when span(adservice).p99 over 10s > 3 * span(adservice).p50 over 10s
    scale deployment/g +1 when span(adservice).rate > 60/min
    freeze deployment/h when not span(adservice).max < 1s
  `

  it('is evaluated as it reads', () => {
    const failing = { error: true, attributes: { 'http.response.status_code': 503 } }
    const spans = [...steps(0, 10, 100), ...steps(10, 15, 2000, failing), ...alive(15, 30)]
    const columns = say(text, spans)
    const ofRule = (i: number): (string | undefined)[] => columns.map((outcomes) => outcomes[i])
    expect(ofRule(0)).toEqual(['false', 'false', 'true', 'true', 'false', 'false'])
    expect(ofRule(1)).toEqual(['false', 'false', 'true', 'false', 'false', 'false'])
    expect(ofRule(2)).toEqual(['false', 'true', 'false', 'false', 'empty', 'empty'])
    expect(ofRule(3)).toEqual(['false', 'false', 'false', 'false', 'true', 'true'])
    expect(ofRule(4)).toEqual(['true', 'true', 'true', 'true', 'true', 'true'])
    expect(ofRule(5)).toEqual(['false', 'false', 'true', 'false', 'empty', 'empty'])
    expect(ofRule(6)).toEqual(['false', 'false', 'false', 'false', 'false', 'false'])
    expect(ofRule(7)).toEqual(['false', 'false', 'true', 'empty', 'empty', 'empty'])
  })
})
