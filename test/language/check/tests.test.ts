import { describe, expect, it } from 'vitest'
import { type Case, checkText, expectCase } from './marked.ts'

const program = 'target deployment/ads { between 1 and 9 }\nads-slow: scale deployment/ads +1 when span(ads/Get).p99 > 400ms 5 times in 60s\n'
const test = (statement: string): string => `${program}test "t" { ${statement} }`

const cases: Case[] = [
  {
    it: 'a rule that is not there',
    source: test('expect «ads-slwo» fires'),
    says: 'SC2009 no rule is named `ads-slwo`: did you mean ads-slow?',
    fixed: 'ads-slow',
  },
  {
    it: 'a workload that is not there',
    source: test('expect «deployment/adz» at 3 by 10s'),
    says: 'SC2010 no rule and no target names deployment/adz: did you mean deployment/ads?',
    fixed: 'deployment/ads',
  },
  {
    it: 'nothing of a workload of a rule that could not be read',
    source: `${test('expect deployment/new at 3 by 10s')}\nscale deployment/new +1 when«»`,
    says: 'SC1001 expected a condition, found the end',
  },
  {
    it: 'the rate of a load',
    source: test('load span(ads/Get) at «20» taking 150ms from 0s to 30s'),
    says: 'SC2103 the rate of a load must be a Rate, not a Number: did you mean 20/s?',
    fixed: '20/s',
  },
  {
    it: 'the duration of its spans',
    source: test('load span(ads/Get) at 20/s taking «150» from 0s to 30s'),
    says: 'SC2103 the duration of a span must be a Duration, not a Number: did you mean 150ms?',
    fixed: '150ms',
  },
  {
    it: 'a load of a pattern',
    source: test('load span(ads/«Get*») at 20/s taking 150ms from 0s to 30s'),
    says: 'SC3020 a load must name its spans, and `Get*` is a pattern',
    help: 'write a service and an operation without *',
  },
  {
    it: 'a load of what no span has by itself',
    source: test('load span(ads/Get where «duration > 1s») at 20/s taking 150ms from 0s to 30s'),
    says: 'SC3018 a test of a load cannot be `duration > 1s`',
    help: 'write what each of its spans has: attributes and their values, and a gap, joined by `and`',
  },
  {
    it: 'a load of what spans do not have',
    source: test('load span(ads/Get where «not (color == "red")») at 20/s taking 150ms from 0s to 30s'),
    says: 'SC3018 a test of a load cannot be `not color == "red"`',
    help: 'write what each of its spans has: attributes and their values, and a gap, joined by `and`',
  },
  {
    it: 'a gap that no caller sees',
    source: test('load span(«ads/Get where gap == 50ms») at 20/s taking 150ms from 0s to 30s'),
    says: 'SC3018 the gap of a load cannot be 50ms',
    help: 'write a gap of a server or consumer span that another calls: add `under span(…)`',
  },
  {
    it: 'a gap of what runs in its caller',
    source: test('load span(«ads/Get where gap == 50ms child of front/Home») at 20/s taking 150ms from 0s to 30s'),
    says: 'SC3018 the gap of a load cannot be 50ms',
    help: 'write a gap of a server or consumer span that another calls: add `under span(…)`',
  },
  {
    it: 'more failures than spans',
    source: test('load span(ads/Get) at 20/s taking 150ms failing «120%» from 0s to 30s'),
    says: 'SC3018 a share of failures cannot be 120%',
    help: 'write a share up to 100%',
    fixed: '100%',
  },
  {
    it: 'a time before another',
    source: test('pause «30s to 10s»'),
    says: 'SC3019 from 30s to 10s no time passes',
    help: 'write the earlier time first',
  },
  {
    it: 'two tests of one name',
    source: `${program}test "t" { expect no action }\ntest «"t"» { expect no action }`,
    says: 'SC2014 two tests are named "t"',
    help: 'rename one of the two',
  },
]

describe('test blocks', () => {
  for (const given of cases) it(given.it, () => expectCase(given))

  it('may use names and every statement', () => {
    const text = test(`
      given deployment/ads at 2
      given ready after 30s
      load span(ads/Get) at busy taking 150ms ± 10% failing 5% under span(web/Home) from 0s to (2 * start)
      replay "traces.jsonl.gz"
      pause start to 40s
      expect deployment/ads at 3 by 65s
      expect deployment/ads between 1 and 4 throughout
      expect no action on deployment/ads before start
      expect action between 10s and 20s
      expect ads-slow fires at most 2 times
      expect ads-slow unknown at 5s`)
    expect(checkText(`let busy = 20/s\nlet start = 30s\n${text}`).diagnostics).toEqual([])
  })

  it('are resolved: names, units and workloads', () => {
    const text = test(`
      given deployment/ads at 2
      load span(ads/Get where color == "red" and size > 3 and kind == client) at 60/min taking slow ± 10% under span(web/Home) from 0s to start
      pause start to 40s
      expect no action between start and 40s
      expect action on deployment/ads
      expect ads-slow fires at most 2 times
      expect ads-slow unknown at 5s`)
    const { program } = checkText(`let slow = 400ms\nlet start = 30s\n${text}`)
    expect(program.tests.map(({ name }) => name)).toEqual(['t'])
    const statements = program.tests[0]?.statements.map(({ range: _, ...statement }) => statement)
    expect(statements).toEqual([
      { kind: 'given', target: 'deployment/ads', replicas: 2 },
      {
        kind: 'load',
        span: {
          service: 'ads',
          operation: 'Get',
          spanKind: 3,
          status: undefined,
          gapNs: 0,
          attributes: [
            { attribute: { scope: 'span', name: 'color' }, value: 'red' },
            { attribute: { scope: 'span', name: 'size' }, value: 4 },
          ],
        },
        callers: [{ service: 'web', operation: 'Home', spanKind: 2, status: undefined, gapNs: 0, attributes: [], direct: false }],
        perSecond: 1,
        takingNs: 400e6,
        jitter: 0.1,
        failing: 0,
        fromNs: 0,
        toNs: 30e9,
      },
      { kind: 'pause', fromNs: 30e9, toNs: 40e9 },
      { kind: 'expectAction', no: true, target: undefined, when: { kind: 'between', fromNs: 30e9, toNs: 40e9 } },
      { kind: 'expectAction', no: false, target: 'deployment/ads', when: { kind: 'always' } },
      { kind: 'expectFires', rule: 'ads-slow', times: 2, atMost: true },
      { kind: 'expectUnknown', rule: 'ads-slow', atNs: 5e9 },
    ])
  })

  it('with an error are left out, the others stay', () => {
    const { program } = checkText(`${test('expect ads-slwo fires')}\ntest "u" { expect no action }`)
    expect(program.tests.map(({ name }) => name)).toEqual(['u'])
  })

  it('are no part of the program', () => {
    expect(checkText(test('given deployment/ads at 2')).program.targets.map((t) => t.id)).toEqual(['deployment/ads'])
  })
})
