import { describe, expect, it } from 'vitest'
import { type Case, checkText, expectCase, notable } from './marked.ts'

const rule = (condition: string, action = '+1'): string => `scale deployment/ads ${action} when ${condition}`
const slow = 'span(ads/Get).p99 > 400ms'

const thresholds: Case[] = [
  {
    it: 'a share above one',
    source: rule('«span(ads/Get).error_rate > 100%»'),
    says: 'SC3001 `span(ads/Get).error_rate > 100%` can never be true: it is a share, at most 100%',
    help: 'compare with a value that can be reached',
  },
  {
    it: 'a duration below zero',
    source: rule('«span(ads/Get).p99 < 0ms»'),
    says: 'SC3001 `span(ads/Get).p99 < 0s` can never be true: a duration is at least 0s',
    help: 'compare with a value that can be reached',
  },
  {
    it: 'arithmetic that cannot reach it',
    source: rule('«span(ads/Get).error_rate * 2 > 3»'),
    says: 'SC3001 `span(ads/Get).error_rate * 2 > 3` can never be true: it lies between 0 and 2',
    help: 'compare with a value that can be reached',
  },
  {
    it: 'what is always so',
    source: rule('«span(ads/Get).count >= 0»'),
    says: 'SC4005 `span(ads/Get).count >= 0` is true whenever it is known: it counts spans, at least 0',
    help: 'compare with a value that tells something',
  },
  {
    it: 'two constants',
    source: `let a = 1\n${rule('«a > 2»')}`,
    says: 'SC3002 `1 > 2` is always false: both sides are constants',
    help: 'compare a value of spans, of a metric or of replicas',
  },
  {
    it: 'a contradiction',
    source: rule(`${slow} and «span(ads/Get).p99 < 100ms»`),
    says: 'SC3017 `span(ads/Get).p99 > 400ms` and `span(ads/Get).p99 < 100ms` are never true together',
    help: 'use `or`, or turn one of the two around',
  },
  {
    it: 'more replicas than the bounds allow',
    source: `target deployment/ads { between 1 and 6 }\n${rule('«replicas(deployment/ads) > 6»', '-1')}`,
    says: 'SC3001 `replicas(deployment/ads) > 6` can never be true: deployment/ads has at most 6 replicas',
    help: 'compare with a value that can be reached',
  },
]

const windows: Case[] = [
  {
    it: 'not in whole steps',
    source: rule(`${slow} 5 times in «62s»`),
    says: 'SC3003 a window of 1m2s is not a multiple of the step of 5s',
    help: 'write 1m or 1m5s, or change `every`',
    fixed: '1m5s',
  },
  {
    it: 'more times than steps',
    source: rule(`${slow} 5 times in «20s»`),
    says: 'SC3004 5 times can never be: 20s are 4 steps of 5s',
    help: 'write 25s or more, or at most 4 times',
    fixed: '25s',
  },
  {
    it: 'a count of nothing',
    source: rule(`${slow} «0» times in 20s`),
    says: 'SC2106 a count of times must be a whole number of at least 1',
    fixed: '1',
  },
  {
    it: 'no time at all',
    source: rule(`${slow} for «0s»`),
    says: 'SC3011 `for` of 0s is no time at all',
    help: 'write a duration above 0s',
  },
  {
    it: 'shorter than the step',
    source: rule('span(ads/Get).p99 over «2s» > 400ms'),
    says: 'SC4003 a window of 2s is shorter than the step of 5s, which is used instead',
    help: 'write 5s, or a shorter `every`',
    fixed: '5s',
  },
  {
    it: 'a step between multiples of 100ms',
    source: `${rule(slow)} every «250ms»`,
    says: 'SC3005 `every 250ms` is not a positive multiple of 100ms',
    help: 'write every 300ms',
    fixed: '300ms',
  },
  {
    it: 'a period of no time',
    source: rule('during 08:00-«08:00»'),
    says: 'SC3012 from 08:00 to 08:00 no time passes',
    help: 'leave out the times for whole days',
  },
]

const actions: Case[] = [
  {
    it: 'no change',
    source: `scale deployment/ads «+0» when ${slow}`,
    says: 'SC3010 `+0` changes nothing',
    help: 'write the replicas to add or remove, such as +1',
  },
  {
    it: 'half a replica',
    source: `scale deployment/ads +«1.5» when ${slow}`,
    says: 'SC2106 a number of replicas must be a whole number of at least 1',
    fixed: '2',
  },
  {
    it: 'more than everything',
    source: `scale deployment/ads «-150%» when ${slow} for 1m`,
    says: 'SC3015 `-150%` removes more replicas than there are',
    help: 'write at most -100%',
    fixed: '-100%',
  },
  {
    it: 'a number above the bounds',
    source: `target deployment/ads { between 1 and 6 }\nscale deployment/ads «to 8» when ${slow}`,
    says: 'SC3007 `to 8` and the bounds of deployment/ads, 1 to 6, can never meet',
    help: 'change one of the two',
  },
  {
    it: 'bounds of a rule apart from those of its target',
    source: `target deployment/ads { between 1 and 6 }\n${rule(slow)} «between 8 and 9»`,
    says: 'SC3007 between 8 and 9 and the bounds of deployment/ads, 1 to 6, can never meet',
    help: 'change one of the two',
  },
  {
    it: 'what is held in another unit',
    source: 'scale deployment/ads to hold span(ads/Get).rate at «50» per replica when replicas(deployment/ads) > 1',
    says: 'SC2103 what is held must be a Rate, not a Number: did you mean 50/s?',
    fixed: '50/s',
  },
  {
    it: 'a constant that is held',
    source: 'scale deployment/ads to hold «3» at 4 when replicas(deployment/ads) > 1',
    says: 'SC3021 a constant cannot be held: nothing changes it',
    help: 'hold a value of spans or of a metric',
  },
  {
    it: 'a duration shared among replicas',
    source: 'scale deployment/ads to hold span(ads/Get).p99 at 50ms« per replica» when replicas(deployment/ads) > 1',
    says: 'SC2119 a Duration cannot be shared among replicas',
    help: 'leave out `per replica`, or hold a rate or a count',
    fixed: '',
  },
]

const clauses: Case[] = [
  {
    it: 'bounds the wrong way round',
    source: 'target deployment/ads { «between 9 and 2» }',
    says: 'SC3006 between 9 and 2 nothing lies',
    help: 'write between 2 and 9',
    fixed: 'between 2 and 9',
  },
  {
    it: "a target's clause behind a rule",
    source: `${rule(slow)} «stable 5m before down»`,
    says: 'SC2012 `stable … before down` does not belong in a rule',
    help: 'move it to `target … { }`, or to `defaults`',
  },
  {
    it: "a rule's clause in a target",
    source: 'target deployment/ads { between 1 and 4 «every 5s» }',
    says: 'SC2012 `every` does not belong in a target',
    help: 'move it to a rule, behind its condition, or to `defaults`',
  },
  {
    it: 'a clause given twice',
    source: `${rule(slow)} cooldown 5m «cooldown 6m»`,
    says: 'SC2013 `cooldown` is given twice',
    help: 'keep one of the two',
    fixed: '',
  },
  {
    it: 'a limit with the other sign',
    source: 'target deployment/ads { between 1 and 4 up at most «-2» per 60s }',
    says: 'SC3016 a limit of up steps is written with +, not -',
    fixed: '+2',
  },
  {
    it: 'an unknown mode',
    source: 'target deployment/ads { between 1 and 4 mode «out_only» }',
    says: 'SC2011 `out_only` is not a mode: did you mean out-only?',
    fixed: 'out-only',
  },
  {
    it: 'no zone of that name',
    source: rule('during mon-fri 08:00-18:00 in «"Paris"»'),
    says: 'SC2015 there is no time zone "Paris": did you mean "Europe/Paris"?',
    help: 'write a name of the IANA database, such as "Europe/Paris"',
    fixed: '"Europe/Paris"',
  },
]

const pairs: Case[] = [
  {
    it: 'overlapping bands',
    source: `up: ${rule(slow)}\ndown: scale deployment/ads -1 when «span(ads/Get).p99 < 500ms for 10m»`,
    says: 'SC3008 `up` adds and `down` removes replicas at the same `span(ads/Get).p99`, between 400ms and 500ms',
    help: 'leave a gap between the two thresholds',
  },
  {
    it: 'bands without a gap',
    source: `up: ${rule(slow)}\ndown: scale deployment/ads -1 when «span(ads/Get).p99 <= 400ms for 10m»`,
    says: 'SC4004 there is no gap of `span(ads/Get).p99` between `up`, which adds, and `down`, which removes replicas',
    help: 'leave a gap, or the two rules take turns',
  },
  {
    it: 'two rules of one name',
    source: `ads: ${rule(slow)}\n«ads»: ${rule('span(ads/Get).error_rate > 5%')}`,
    says: 'SC3009 two rules are named `ads`',
    help: 'rename one of the two',
  },
  {
    it: 'removing after a single step',
    source: `down: scale deployment/ads -1 when «span(ads/Get).p99 < 100ms»`,
    says: 'SC4002 `down` removes replicas after a single step',
    help: 'say how long it must hold, such as `for 10m`, or declare `stable 5m before down` in the target',
    fixed: 'span(ads/Get).p99 < 100ms for 5m',
  },
]

describe('rules that cannot work', () => {
  for (const [name, cases] of Object.entries({ thresholds, windows, actions, clauses, pairs }))
    describe(name, () => {
      for (const given of cases) it(given.it, () => expectCase(given))
    })

  it('warns of implied bounds, and declares them', () => {
    const text = `${rule(slow)} // as agreed\n`
    const [only, ...others] = checkText(text).diagnostics
    expect(others).toEqual([])
    expect(`${only?.code} ${only?.severity} ${only?.message}`).toBe('SC4001 warning deployment/ads has no bounds: 1 to 10 replicas are implied')
    expect(only?.fix?.edits.map((edit) => edit.text)).toEqual(['\n\ntarget deployment/ads { between 1 and 10 }'])
    expect(only?.fix?.edits[0]?.range.start).toBe(text.length - 1)
  })

  it('says nothing of bands that a calendar, another signal or another branch keeps apart', () => {
    const apart = [
      `${rule(slow)}\n${rule('span(ads/Get).p99 < 300ms for 10m', '-1')}`,
      `${rule(`${slow} and during mon-fri`)}\n${rule('span(ads/Get).p99 < 500ms for 10m and during sat-sun', '-1')}`,
      `${rule(`${slow} or span(ads/Get).count > 1000`)}\n${rule('span(ads/Get).p99 < 300ms for 10m', '-1')}`,
      `${rule(slow)}\n${rule('not span(ads/Get).p99 > 300ms 1 times in 10m', '-1')}`,
      `${rule(`${slow} and span(ads/Get).rate > 10/s`)}\n${rule('(span(ads/Get).p99 < 500ms and span(ads/Get).rate < 2/s) for 10m', '-1')}`,
    ]
    for (const text of apart) expect(notable(checkText(text)), text).toEqual([])
  })

  it('finds overlapping bands through logic', () => {
    const overlapping = [
      `${rule(slow)}\n${rule('not span(ads/Get).p99 > 500ms and during mon-fri', '-1')}`,
      `${rule(`span(ads/Get).count > 1000 or ${slow}`)}\n${rule('(span(ads/Get).p99 < 500ms or span(ads/Get).rate < 2/s) for 10m', '-1')}`,
      `${rule('400ms < span(ads/Get).p99 over 1m')}\n${rule('span(ads/Get).p99 over 10m < 500ms', '-1')}`,
    ]
    for (const text of overlapping)
      expect(
        notable(checkText(text)).map((d) => d.code),
        text,
      ).toContain('SC3008')
  })
})
