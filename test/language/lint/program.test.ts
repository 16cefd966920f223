/** Lints of the program alone. */
import { describe, expect, it } from 'vitest'
import { type Case, expectCase, lintText, target } from './marked.ts'

const rule = (condition: string, more = ''): string => `r: scale deployment/a +1 when ${condition}${more}`
const never = (why: string): string => `SC3023 \`r\` can never fire: ${why}`

const neverFires: readonly Case[] = [
  {
    it: 'a quantile below a lower one',
    rules: rule('«span(a/b).p50 > 400ms and span(a/b).p99 < 200ms»'),
    says: never('`span(a/b).p50 > 400ms` and `span(a/b).p99 < 200ms` are never true together'),
  },
  { it: 'a quantile above a lower one', rules: rule('span(a/b).p50 > 200ms and span(a/b).p99 < 400ms') },
  { it: 'quantiles of different windows', rules: rule('span(a/b).p50 over 1m > 400ms and span(a/b).p99 < 200ms') },
  { it: 'quantiles of different spans', rules: rule('span(a/b).p50 > 400ms and span(a/c).p99 < 200ms') },
  {
    it: 'a mean above the longest',
    rules: rule('«span(a/b).mean >= 2s and span(a/b).max < 2s»'),
    says: never('`span(a/b).mean >= 2s` and `span(a/b).max < 2s` are never true together'),
  },
  {
    it: 'more errors than spans',
    rules: rule('«span(a/b).errors > 10 and span(a/b).count < 5»'),
    says: never('`span(a/b).errors > 10` and `span(a/b).count < 5` are never true together'),
  },
  {
    it: 'parts that exclude each other through `not` and parentheses',
    rules: rule('«not (span(a/b).rate > 5/s or span(a/c).rate > 1/s) and (span(a/b).rate > 9/s for 1m)»'),
    says: never('`span(a/b).rate <= 5/s` and `span(a/b).rate > 9/s` are never true together'),
  },
  {
    it: 'every way of an `or`',
    rules: rule('«(span(a/b).rate > 9/s or span(a/b).rate < 2/s) and span(a/b).rate == 5/s»'),
    says: never('`span(a/b).rate > 9/s` and `span(a/b).rate == 5/s` are never true together'),
  },
  {
    it: 'two changing values on both sides of each other',
    rules: rule('«span(a/b).p99 > 2 * span(a/c).p99 and span(a/b).p99 <= 2 * span(a/c).p99»'),
    says: never('`span(a/b).p99 > 2 * span(a/c).p99` and `span(a/b).p99 <= 2 * span(a/c).p99` are never true together'),
  },
  { it: 'a value compared with itself', rules: rule('«span(a/b).p99 > span(a/b).p99»'), says: never('`span(a/b).p99 > span(a/b).p99` can never be true') },
  {
    it: 'a value compared with a greater one',
    rules: rule('«span(a/b).p50 > span(a/b).max»'),
    says: never('`span(a/b).p50 > span(a/b).max` can never be true'),
  },
  {
    it: 'a share above all shares',
    rules: rule('«span(a/b).error_rate > 120% + span(a/c).error_rate»'),
    says: never('`span(a/b).error_rate > 120% + span(a/c).error_rate` can never be true'),
  },
  {
    it: 'counts that do not fit side by side',
    rules: rule('«(span(a/b).p99 > 400ms 8 times in 60s) and (span(a/b).p99 < 100ms 5 times in 60s)»'),
    says: never('`span(a/b).p99 > 400ms` and `span(a/b).p99 < 100ms` are never true together, and both must be at more steps than there are'),
  },
  { it: 'counts that fit', rules: rule('(span(a/b).p99 > 400ms 7 times in 60s) and (span(a/b).p99 < 100ms 5 times in 60s)') },
  {
    it: 'a count beside a `for`',
    rules: rule('«(span(a/b).p99 > 400ms 5 times in 60s) and (span(a/b).p99 < 100ms for 45s)»'),
    says: never('`span(a/b).p99 > 400ms` and `span(a/b).p99 < 100ms` are never true together, and both must be at more steps than there are'),
  },
  { it: 'a count before a `for`', rules: rule('(span(a/b).p99 > 400ms 5 times in 60s) and (span(a/b).p99 < 100ms for 35s)') },
  {
    it: 'a span where there is none',
    rules: rule('«(absent(span(a/b)) for 1m) and span(a/b).count > 0»'),
    says: never('`span(a/b).count > 0` needs a span, and there must be none for 1m'),
  },
  {
    it: 'no span where there is none',
    rules: rule('(absent(span(a/b)) for 1m) and span(a/b).count < 3 and span(a/c).count > 0'),
  },
  { it: 'a `for` whose last spans were before', rules: rule('(absent(span(a/b)) for 1m) and (span(a/b).p99 < 1s for 5m)') },
  { it: 'calendars without a common time', rules: rule('«during mon-fri and during sat, sun»'), says: never('its calendars have no time in common') },
  { it: 'a night that reaches into the next day', rules: rule('during fri 22:00-06:00 and during sat 05:00-07:00') },
  { it: 'calendars of two zones', rules: rule('during 08:00-09:00 in "Europe/Paris" and during 10:00-11:00 in "Asia/Tokyo"') },
  { it: 'the rest of the whole week', rules: rule('«not during mon-sun»'), says: never('the calendar has no such time') },
  { it: 'a time longer than the calendar', rules: rule('«during mon-fri 08:00-10:00 for 3h»'), says: never("the calendar's time never lasts 3h") },
  { it: 'a time as long as the calendar', rules: rule('during mon-fri 08:00-10:00 for 2h') },
  { it: 'an hour that comes twice in autumn', rules: rule('during 02:00-03:00 in "Europe/Paris" for 2h') },
  {
    it: 'a selector that nothing passes',
    rules: rule('span(a/b where «x == "1" and x == "2"»).rate > 1/s'),
    says: 'SC3024 no span passes both `x == "1"` and `x == "2"`',
  },
  {
    it: 'a count of spans that nothing passes',
    rules: rule('span(a/b where «duration < 1s and duration > 2s»).self > 1s 3 times in 1m'),
    says: 'SC3024 no span passes both `duration < 1s` and `duration > 2s`',
  },
  { it: 'tests of one attribute that go together', rules: rule('span(a/b where x != "1" and x in ("2", "3") and has x).rate > 1/s') },
  {
    it: 'a test for what must be missing',
    rules: rule('absent(span(a/b where «has x and not has x»)) for 1m'),
    says: 'SC3024 no span passes both `has x` and `not has x`',
  },
  {
    it: 'one alternative of several',
    rules: rule('span(a/b).rate > 5/s or «(span(a/c).p50 > 2s and span(a/c).max < 1s)»').replace(/«\((.*)\)»/, '(«$1»)'),
    says: 'SC4106 the alternative `span(a/c).p50 > 2s and span(a/c).max < 1s` can never be true: `span(a/c).p50 > 2s` and `span(a/c).max < 1s` are never true together',
  },
]

const alwaysHolds: readonly Case[] = [
  {
    it: 'a freeze of the whole week',
    rules: 'f: freeze deployment/a up when «during mon-sun»',
    says: 'SC4101 `f` always holds: deployment/a never goes up',
    help: 'write `mode observe` or `mode out-only` in the target if that is meant',
  },
  { it: 'a freeze of some days', rules: 'f: freeze deployment/a when during mon-sat' },
  {
    it: 'a freeze of two halves',
    rules: 'f: freeze deployment/a when «span(a/b).p99 > 1s or span(a/b).p99 <= 1s»',
    says: 'SC4101 `f` always holds: deployment/a never goes up or down',
  },
  {
    it: 'a rule of two halves that lasts',
    rules: rule('«(span(a/b).p99 > 1s or not span(a/b).p95 > 2s) for 5m»'),
    says: 'SC4102 the condition of `r` holds whenever it is known',
  },
  { it: 'a rule that waits for what is never so', rules: rule('not (span(a/b).p99 > 1s for 5m)') },
]

const hold = (value: string, at: string): string => `r: scale deployment/a to hold ${value} at ${at}`
const total = (value: string): string => `SC4108 \`${value}\` does not fall as replicas are added: deployment/a would go on to its bounds`

const heldTotals: readonly Case[] = [
  {
    it: 'a rate of all',
    rules: hold('«span(a/b).rate»', '50/s'),
    says: total('span(a/b).rate'),
    fixed: hold('span(a/b).rate', '50/s per replica'),
  },
  {
    it: 'a sum of counts, some time ahead, before a condition',
    rules: hold('«forecast(span(a/b).count over 1m + span(a/c).count over 1m, in 5m)»', '500 when during mon-fri'),
    says: total('forecast(span(a/b).count over 1m + span(a/c).count over 1m, in 5m)'),
    fixed: hold('forecast(span(a/b).count over 1m + span(a/c).count over 1m, in 5m)', '500 per replica when during mon-fri'),
  },
  { it: 'a rate for each', rules: hold('span(a/b).rate', '50/s per replica') },
  { it: 'a rate for each, divided by hand', rules: hold('span(a/b).rate / ready(deployment/a)', '50/s') },
  { it: 'what piles up', rules: hold('span(a/Put).rate - span(a/Take).rate', '5/s') },
  { it: 'slow ones, of which there may be fewer', rules: hold('span(a/b where duration > 1s).rate', '5/s') },
  { it: 'a latency', rules: hold('span(a/b).p95', '300ms') },
  { it: 'a metric', rules: hold('metric("queue_length")', '100') },
]

const shadowed: readonly Case[] = [
  {
    it: 'a weaker rule at a stricter threshold',
    rules: `hot: scale deployment/a +1 when «span(a/b).p95 > 800ms 5 times in 60s»
warm: scale deployment/a +2 when span(a/b).p99 > 400ms 4 times in 2m`,
    says: 'SC4103 `hot` never makes a difference: whenever it is true, so is `warm`, which decides',
  },
  {
    it: 'a stronger rule at a stricter threshold',
    rules: `hot: scale deployment/a +2 when span(a/b).p99 > 800ms
warm: scale deployment/a +1 when span(a/b).p99 > 400ms`,
  },
  {
    it: 'a faster way down, of which the slower is taken',
    rules: `idle: scale deployment/a -2 when «span(a/b).p99 < 50ms for 10m»
calm: scale deployment/a -1 when span(a/b).p99 < 100ms for 10m`,
    says: 'SC4103 `idle` never makes a difference: whenever it is true, so is `calm`, which decides',
  },
  {
    it: 'two rules of one name, which is an error',
    rules: `one: scale deployment/a +2 when span(a/b).p99 > 400ms
«one»: scale deployment/a +1 when span(a/b).p99 > 800ms`,
    says: 'SC3009 two rules are named `one`',
  },
  {
    it: 'a rule said twice',
    rules: `one: scale deployment/a +1 when span(a/b).count > 5 and during mon-fri 08:00-12:00
two: scale deployment/a +1 when «during mon-fri 09:00-11:00 and span(a/b).count > 5 or span(a/b).count > 5 and during mon 08:00-12:00»`,
    says: 'SC4103 `two` never makes a difference: whenever it is true, so is `one`, which decides',
  },
  {
    it: 'the same rule twice: the second',
    rules: `one: scale deployment/a +1 when span(a/b).duration > 400ms 5 times in 60s
two: scale deployment/a +1 when «span(a/b).duration > 400ms 5 times in 60s»`,
    says: 'SC4103 `two` never makes a difference: whenever it is true, so is `one`, which decides',
  },
  {
    it: 'fewer and shorter spans in a longer time',
    rules: `hot: scale deployment/a +1 when «span(a/b where x == 1).duration > 400ms 5 times in 60s»
warm: scale deployment/a +1 when span(a/b).duration > 300ms 4 times in 60s`,
    says: 'SC4103 `hot` never makes a difference: whenever it is true, so is `warm`, which decides',
  },
  {
    it: 'a lower floor',
    rules: `low: scale deployment/a to at least 3 when «during mon 08:00-10:00»
high: scale deployment/a to at least 5 when during mon-fri 08:00-18:00`,
    says: 'SC4103 `low` never makes a difference: whenever it is true, so is `high`, which decides',
  },
  {
    it: 'a rule that rests',
    rules: `hot: scale deployment/a +1 when span(a/b).p99 > 800ms
warm: scale deployment/a +2 when span(a/b).p99 > 400ms cooldown 10m`,
  },
  {
    it: 'a rule that only watches',
    rules: `hot: scale deployment/a +1 when span(a/b).p99 > 800ms
warm: scale deployment/a +2 when span(a/b).p99 > 400ms observe`,
  },
  {
    it: 'a rule of another step',
    rules: `hot: scale deployment/a +1 when span(a/b).p99 > 800ms every 10s
warm: scale deployment/a +2 when span(a/b).p99 > 400ms`,
  },
  {
    it: 'a rule that needs more spans',
    rules: `hot: scale deployment/a +1 when span(a/b).p99 > 800ms
warm: scale deployment/a +2 when span(a/b).p99 > 400ms at least 50 spans`,
  },
  {
    it: 'idle steps that one of them counts',
    rules: `hot: scale deployment/a +1 when span(a/b).p99 > 800ms for 1m at least 50 spans
warm: scale deployment/a +2 when span(a/b).p99 > 400ms for 1m`,
  },
  {
    it: 'counts of counts, stale for longer where the window is longer',
    rules: `hot: scale deployment/a +1 when (span(a/b).p99 > 1s 2 times in 15s or span(a/c).count > 1) 2 times in 15s
warm: scale deployment/a +2 when (span(a/b).p99 > 1s 2 times in 20s or span(a/c).count > 1) 1 times in 20s`,
  },
  {
    it: 'a rule that is always frozen',
    rules: `up: scale deployment/a +1 when «span(a/b).p99 > 800ms»
f: freeze deployment/a up when span(a/b).p99 > 400ms`,
    says: 'SC4104 `up` never acts: whenever it is true, `f` holds its target',
  },
  {
    it: 'a freeze of the other way',
    rules: `up: scale deployment/a +1 when span(a/b).p99 > 800ms
f: freeze deployment/a down when span(a/b).p99 > 400ms`,
  },
]

const superfluous: readonly Case[] = [
  {
    it: 'a looser part of an `and`',
    rules: rule('span(a/b).p99 > 800ms and «span(a/b).p99 > 400ms» and span(a/b).rate > 5/s'),
    says: 'SC4105 `span(a/b).p99 > 400ms` adds nothing: it is true whenever `span(a/b).p99 > 800ms` is',
    fixed: rule('span(a/b).p99 > 800ms and span(a/b).rate > 5/s'),
  },
  {
    it: 'a stricter part of an `or`',
    rules: rule('«span(a/b).p99 > 800ms» or span(a/b).p99 > 400ms'),
    says: 'SC4105 `span(a/b).p99 > 800ms` adds nothing: `span(a/b).p99 > 400ms` is true whenever it is',
    fixed: rule('span(a/b).p99 > 400ms'),
  },
  {
    it: 'a part said twice',
    rules: rule('(span(a/b).rate > 5/s and span(a/c).rate > 5/s and («span(a/b).rate > 5/s»)) for 1m'),
    says: 'SC4105 `span(a/b).rate > 5/s` adds nothing: it is true whenever `span(a/b).rate > 5/s` is',
    fixed: rule('(span(a/b).rate > 5/s and span(a/c).rate > 5/s) for 1m'),
  },
  {
    it: 'a part that matters where the other is unknown: behind `not`',
    rules: rule('not (span(a/b).duration > 1s 1 times in 10s and span(a/b).duration > 1s 1 times in 20s)'),
  },
  {
    it: 'a part that matters where the other is idle: before `for`',
    rules: rule('(span(a/b).duration > 1s 1 times in 10s and span(a/b).duration > 1s 1 times in 20s) for 1m'),
  },
  {
    it: 'a part behind `not` that is unknown when the other is',
    rules: rule('not (span(a/b).p99 > 800ms and «span(a/b).p99 > 400ms»)'),
    says: 'SC4105 `span(a/b).p99 > 400ms` adds nothing: it is true whenever `span(a/b).p99 > 800ms` is',
    fixed: rule('not (span(a/b).p99 > 800ms)'),
  },
  { it: 'parts of different windows', rules: rule('span(a/b).p99 over 5m > 400ms and span(a/b).p99 > 400ms') },
]

describe('can never fire', () => it.each(neverFires.map((c) => [c.it, c] as const))('%s', (_, c) => expectCase(c)))
describe('always holds', () => it.each(alwaysHolds.map((c) => [c.it, c] as const))('%s', (_, c) => expectCase(c)))
describe('held totals', () => it.each(heldTotals.map((c) => [c.it, c] as const))('%s', (_, c) => expectCase(c)))
describe('shadowed', () => it.each(shadowed.map((c) => [c.it, c] as const))('%s', (_, c) => expectCase(c)))
const peers: readonly Case[] = [
  {
    it: 'a database by its name',
    rules: rule('span(«postgresql»/"SELECT orders").p50 > 400ms'),
    says: 'SC4107 postgresql is likely to send no spans: nothing is counted here',
    fixed: rule('span(postgresql/"SELECT orders" where kind == peer).p50 > 400ms'),
  },
  { it: 'a database by its name, as a peer', rules: rule('span(postgresql where kind == peer).p50 > 400ms') },
  { it: 'a database by its name, where its callers are meant', rules: rule('span(redis where kind == client).p50 > 400ms') },
  { it: 'a service of another name', rules: rule('span(database).p50 > 400ms') },
]

describe('superfluous', () => it.each(superfluous.map((c) => [c.it, c] as const))('%s', (_, c) => expectCase(c)))
describe('a peer by its name', () => it.each(peers.map((c) => [c.it, c] as const))('%s', (_, c) => expectCase(c)))

describe('many rules', () => {
  it('are all looked at, and those of one target together however far apart they stand', () => {
    const others = Array.from(
      { length: 120 },
      (_, i) => `target deployment/t${i} { between 1 and 10 }\nr${i}: scale deployment/t${i} +1 when span(s${i}/x).p50 > 2s and span(s${i}/x).p99 < 1s`,
    )
    const text = [`${target}first: ${ofRest('span(a/b).p99 > 1s')}`, ...others, `last: ${ofRest('span(a/b).p99 > 2s')}`].join('\n')
    const found = lintText(text)
    expect(found.filter(({ code }) => code === 'SC3023').map(({ message }) => /`r(\d+)`/.exec(message)?.[1])).toEqual(others.map((_, i) => String(i)))
    expect(found.filter(({ code }) => code !== 'SC3023').map(({ message }) => message)).toEqual([expect.stringContaining('`last`')])
  })
})

function ofRest(condition: string): string {
  return `scale deployment/a +1 when ${condition}`
}
