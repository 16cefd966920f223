import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Bundle } from '../../src/bundle/index.ts'
import { compile } from '../../src/bundle/index.ts'
import type { RuleExplanation } from '../../src/explain/index.ts'
import { explainBundle, explainText } from '../../src/explain/index.ts'
import type { Catalog } from '../../src/language/index.ts'

function bundleOf(text: string): Bundle {
  const { bundle, diagnostics } = compile({ roots: [{ name: 'rules.scale', text }] }, { compiler: 'test' })
  if (bundle === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return bundle
}

function explained(text: string, catalog?: Catalog): RuleExplanation {
  return explainBundle(bundleOf(text), catalog === undefined ? {} : { catalog })[0] as RuleExplanation
}

const lines = (explanation: RuleExplanation, id: string): readonly string[] => explanation.sections.find((section) => section.id === id)?.lines ?? []
const on = (condition: string, clauses = ''): string => `scale deployment/ads +2 when ${condition} ${clauses}`

describe('a summary', () => {
  const bounds = 'target deployment/ads { between 1 and 9 }\n'
  it.each<[string, string]>([
    [
      on('span(ads/GetAds).p99 > 400ms 5 times in 60s'),
      'When the p99 duration of GetAds on ads was above 400ms in at least 5 of the last 12 steps of 5s, add 2 replicas to deployment/ads, up to 9.',
    ],
    [
      'scale deployment/ads -10% when span(ads).error_rate over 30s <= 1% for 10m',
      'When the error rate of ads over the last 30s was at most 1% at every step of the last 10m, take 10% of its replicas (at least one) from deployment/ads, down to 1.',
    ],
    [
      on('span(ads/GetAds where has db.system).duration > 1s 3 times in 1m'),
      'When at least 3 spans of GetAds on ads where has db.system and duration > 1s ended in the last 1m, add 2 replicas to deployment/ads, up to 9.',
    ],
    [
      'scale deployment/ads to at least 5 when during mon-fri 08:00-18:00 in "Europe/Paris"',
      'While it is between 08:00 and 18:00 on Monday to Friday in Europe/Paris, keep deployment/ads at 5 replicas or more, as long as this holds.',
    ],
    [
      'scale deployment/ads to at most 4 when not (span(ads).rate > 5/s or span(ads).count > 3)',
      'When it is not so that (the rate of ads is above 5/s or the number of spans of ads is above 3), keep deployment/ads at 4 replicas or fewer, as long as this holds.',
    ],
    [
      'freeze deployment/ads down when absent(span(* where kind == client)) for 2m',
      'When no span of any service (CLIENT spans only) ended in the last 2m while other spans arrived, take no replica from deployment/ads.',
    ],
    [
      'scale deployment/ads to hold span(ads).rate at 50/s per replica',
      'Keep the rate of ads at 50/s per replica by changing the replicas of deployment/ads in proportion, between 1 and 9.',
    ],
    [
      'scale deployment/ads to 6 when replicas(deployment/ads) < 3',
      'When the number of replicas of deployment/ads is below 3, set deployment/ads to 6 replicas.',
    ],
    [
      on('span(db/Get under web/Home).own.p99 >= 400ms'),
      'When the p99 own time of Get on db below Home on web is at least 400ms, add 2 replicas to deployment/ads, up to 9.',
    ],
  ])('%s', (text, summary) => expect(explained(bounds + text).summary[0]).toBe(summary))
})

describe('sections', () => {
  it('say where each value comes from, and which are decided exactly', () => {
    const text = on('span(ads).p99 > 400ms and span(ads).mean > 100ms and span(ads).gap.p99 > 1ms and ready(deployment/ads) > 1 and span(ads).p50 / 2 > 3ms')
    expect(explained(text).values.map(({ text: value, provenance, exact }) => [value, provenance, exact])).toEqual([
      ['span(ads).p99', 'stream', true],
      ['span(ads).mean', 'stream', false],
      ['span(ads).gap.p99', 'traced', false],
      ['ready(deployment/ads)', 'world', false],
      ['span(ads).p50', 'stream', false],
    ])
  })

  it.each<[string, number, number | undefined, number | undefined]>([
    ['one step', 1, 5, 10],
    ['span(ads).p99 > 1s 5 times in 60s', 5, 25, 30],
    ['span(ads).p99 < 1s for 10m', 120, 600, 605],
    ['(span(ads).p99 < 1s 3 times in 60s) for 1m', 14, 70, 75],
    ['span(ads).p99 > 1s or span(ads).rate > 1/s 9 times in 60s', 1, 5, 10],
    ['span(ads).p99 > 1s and span(ads).rate > 1/s 9 times in 60s', 9, 45, 50],
    ['absent(span(ads)) for 1m', 12, 60, 65],
  ])('how soon: %s', (condition, steps, earliest, latest) => {
    const { reaction } = explained(on(condition === 'one step' ? 'span(ads).p99 > 1s' : condition))
    expect([reaction?.steps, (reaction?.earliestNs ?? 0) / 1e9, (reaction?.latestNs ?? 0) / 1e9]).toEqual([steps, earliest, latest])
  })

  it('count the time that a decision must stay wanted', () => {
    const { reaction } = explained('target deployment/ads { between 1 and 9 stable 5m before down }\nscale deployment/ads -1 when span(ads).p99 < 1ms')
    expect(reaction?.earliestNs).toBe(305e9)
  })

  it('do not wait for spans where only the calendar is asked', () => {
    expect(explained(on('during 08:00-09:00 in "UTC"')).reaction).toBeUndefined()
  })

  it.each<[string, number]>([
    ['span(ads).own.p99 > 1s', 5],
    ['span(ads where self > 1s).count > 3', 5],
    ['span(ads under web).duration > 1s 3 times in 1m', 5],
    ['span(ads).p99 > 1s and not span(ads).own.p99 > 1s', 5],
    ['span(ads).p99 > 1s or span(ads).own.p99 > 1s', 0],
    ['span(ads).p99 > 1s', 0],
  ])('waits for traces where it cannot answer without: %s', (condition, waits) => {
    const { reaction } = explained(on(condition))
    expect(reaction?.tracesNs).toBe(waits * 1e9)
    expect(reaction?.earliestNs).toBe((5 + waits) * 1e9)
  })

  it('name the operations that the catalog has', () => {
    const catalog: Catalog = {
      format: 1,
      services: [{ name: 'ads', operations: [{ name: '/shop.Ads/GetAds', kind: 'server', rate: 20.123 }], attributes: [] }],
      workloads: [],
    }
    expect(lines(explained(on('span(ads/GetAds).p99 > 1s'), catalog), 'counted')).toContain('In the catalog: /shop.Ads/GetAds of ads (SERVER, 20.1/s).')
    expect(lines(explained(on('span(ads/Get).p99 > 1s'), catalog), 'counted')).toContain('The catalog has no such operation.')
  })

  it('say what a stale rule does', () => {
    const unknown = lines(explained(on('span(ads).p99 > 1s', 'on missing floor 4 after 5m at least 20 spans')), 'unknown')
    expect(unknown).toContain('Stale for 5m, it keeps deployment/ads at 4 replicas or more (on missing floor).')
    expect(unknown).toContain('Few: fewer than 20 spans in the window.')
  })
})

describe('the text of a bundle', () => {
  it('has everything that the language can say', async () => {
    await expect(explainText(bundleOf(readFileSync('test/bundle/golden/everything.scale', 'utf8')))).toMatchFileSnapshot('golden/everything.txt')
  })
})
