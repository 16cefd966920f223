import { describe, it } from 'vitest'
import { type Case, expectCase } from './marked.ts'

const rule = (condition: string): string => `scale deployment/ads +1 when ${condition}`

const comparisons: Case[] = [
  {
    it: 'milliseconds for a bare number',
    source: rule('span(ads/Get).p99 > «400»'),
    says: 'SC2101 a Duration is compared with a Number: did you mean 400ms?',
    fixed: '400ms',
  },
  {
    it: 'seconds for a small or a broken one',
    source: rule('span(ads/Get).p99 > «0.4»'),
    says: 'SC2101 a Duration is compared with a Number: did you mean 400ms?',
    fixed: '400ms',
  },
  {
    it: 'the literal on the left',
    source: rule('«400» < span(ads/Get).p99'),
    says: 'SC2101 a Duration is compared with a Number: did you mean 400ms?',
    fixed: '400ms',
  },
  {
    it: 'a share as percent',
    source: rule('span(ads/Get).error_rate > «0.05»'),
    says: 'SC2101 a Ratio is compared with a Number: did you mean 5%?',
    fixed: '5%',
  },
  {
    it: 'percent for whole numbers',
    source: rule('span(ads/Get).error_rate > «5»'),
    says: 'SC2101 a Ratio is compared with a Number: did you mean 5%?',
    fixed: '5%',
  },
  {
    it: 'a rate for a bare number',
    source: rule('span(ads/Get).rate > «100»'),
    says: 'SC2101 a Rate is compared with a Number: did you mean 100/s?',
    fixed: '100/s',
  },
  {
    it: 'a number without its unit',
    source: rule('span(ads/Get).count > «400ms»'),
    says: 'SC2101 a Number is compared with a Duration: did you mean 400?',
    fixed: '400',
  },
  {
    it: 'a share of a quotient',
    source: rule('(span(ads/Get).errors / span(ads/Get).count) over 1m > «5%»'),
    says: 'SC2101 a Number is compared with a Ratio: did you mean 0.05?',
    fixed: '0.05',
  },
  {
    it: 'rate instead of count',
    source: rule('«span(ads/Get).count > 100/s»'),
    says: 'SC2101 a Number is compared with a Rate: did you mean .rate?',
    fixed: 'span(ads/Get).rate > 100/s',
  },
  {
    it: 'the unit of a metric',
    source: rule('«metric("queue_wait_seconds") > 400ms»'),
    says: 'SC2101 a Number is compared with a Duration: did you mean metric(…, unit 1s)?',
    fixed: 'metric("queue_wait_seconds", unit 1s) > 400ms',
  },
  {
    it: 'a name, which is mended where it is defined',
    source: `let slow = 400\n${rule('span(ads/Get).p99 > «slow»')}`,
    says: 'SC2101 a Duration is compared with a Number: did you mean 400ms?',
    whole: `let slow = 400ms\n${rule('span(ads/Get).p99 > slow')}`,
  },
  {
    it: 'a name that is right in another place, where nothing is changed',
    source: `let slow = 400 // how slow\n${rule('span(ads/Get).p99 > «slow» or span(ads/Get).count > slow')}`,
    says: 'SC2101 a Duration is compared with a Number: did you mean 400ms?',
    help: 'write let slow = 400ms',
  },
  {
    it: 'a name of a computed number',
    source: `let slow = 2 * 200\n${rule('span(ads/Get).p99 > «slow»')}`,
    says: 'SC2101 a Duration is compared with a Number',
    help: 'compare it with a Duration, such as 400ms',
  },
  {
    it: 'no guess where none is good',
    source: rule('span(ads/Get).p99 > «span(ads/Get).rate»'),
    says: 'SC2101 a Duration is compared with a Rate',
    help: 'compare it with a Duration, such as 400ms',
  },
  {
    it: 'text',
    source: rule('span(ads/Get).p99 > «"400ms"»'),
    says: 'SC2104 a text cannot be measured or compared here',
    help: "test a span's attributes after `where` in its selector",
  },
]

const arithmetic: Case[] = [
  {
    it: 'a forgotten unit in a sum',
    source: rule('«span(ads/Get).p99 + 100» > 400ms'),
    says: 'SC2102 a Duration and a Number cannot be added: did you mean 100ms?',
    whole: rule('span(ads/Get).p99 + 100ms > 400ms'),
  },
  {
    it: 'one minus a share',
    source: rule('«1 - span(ads/Get).error_rate» < 99%'),
    says: 'SC2102 a Number and a Ratio cannot be subtracted: did you mean 100%?',
    whole: rule('100% - span(ads/Get).error_rate < 99%'),
  },
  {
    it: 'two durations multiplied',
    source: rule('«span(ads/Get).p99 * span(ads/Get).p50» > 3'),
    says: 'SC2102 a Duration and a Duration cannot be multiplied',
    help: 'multiply by a Number or a Ratio, or a Rate by a Duration',
  },
  {
    it: 'arguments of max',
    source: rule('max(span(ads/Get).p99, «300») > 400ms'),
    says: 'SC2101 a Duration is compared with a Number: did you mean 300ms?',
    fixed: '300ms',
  },
  {
    it: 'division by zero',
    source: rule('«span(ads/Get).count / 0» > 3'),
    says: 'SC3014 this divides by zero',
  },
]

const values: Case[] = [
  {
    it: 'spans without a statistic',
    source: rule('«span(ads/Get)» > 3'),
    says: 'SC2107 spans alone are not a value',
    help: 'say what of them: .count, .rate, .error_rate, .p99, .mean and so on',
  },
  {
    it: 'an unknown quantile',
    source: rule('span(ads/Get).«p97» > 400ms'),
    says: 'SC2008 a span has no `.p97`: did you mean .quantile(97%)?',
    fixed: 'quantile(97%)',
  },
  {
    it: 'a word of other languages',
    source: rule('span(ads/Get).«avg» > 400ms'),
    says: 'SC2008 a span has no `.avg`: did you mean .mean?',
    fixed: 'mean',
  },
  {
    it: 'a misspelt statistic',
    source: rule('span(ads/Get).«eror_rate» > 5%'),
    says: 'SC2008 a span has no `.eror_rate`: did you mean .error_rate?',
    fixed: 'error_rate',
  },
  {
    it: 'nothing near it',
    source: rule('span(ads/Get).«temperature» > 5%'),
    says: 'SC2008 a span has no `.temperature`',
    help: 'use one of .count .rate .errors .error_rate .p50 .p95 .p99 .quantile(99.5%) .mean .min .max .apdex(400ms) .self .seen .gap .own .critical .blame .anomalies',
  },
  {
    it: 'a quantile as a number',
    source: rule('span(ads/Get).quantile(«0.995») > 400ms'),
    says: 'SC2103 a quantile must be a Ratio, not a Number: did you mean 99.5%?',
    fixed: '99.5%',
  },
  {
    it: 'the quantile of all',
    source: rule('span(ads/Get).quantile(«100%») > 400ms'),
    says: 'SC3013 there is no quantile 100%',
    help: 'write one between 0% and 100%; .min and .max are the ends',
    whole: rule('span(ads/Get).max > 400ms'),
  },
  {
    it: 'a count of a duration',
    source: rule('span(ads/Get).self.«count» > 4'),
    says: 'SC2110 `.count` is of spans, not of a duration: leave out `.self`',
    whole: rule('span(ads/Get).count > 4'),
  },
  {
    it: 'a field of each span without a count',
    source: rule('«span(ads/Get).duration > 400ms»'),
    says: 'SC2109 `span(ads/Get).duration > 400ms` is asked of each span: it needs a count, N times in D',
    help: 'say how many spans of the last minute, say, must be so; put further tests of the same span after `where`',
    fixed: 'span(ads/Get).duration > 400ms 5 times in 1m',
  },
  {
    it: 'several fields of each span',
    source: rule('«(span(ads/Get).duration > 400ms and span(ads/Get).self > 100ms)» 5 times in 60s'),
    says: 'SC2120 `times` counts the spans that pass one comparison, and these are several',
    help: 'keep one and put the others after `where`: span(a/b where self > 100ms).duration > 400ms 5 times in 60s',
  },
  {
    it: 'fields of two spans',
    source: rule('span(ads/Get).duration > «span(ads/Put).duration» 5 times in 60s'),
    says: 'SC2116 `.duration` of each span can only be compared with a constant',
    help: 'write the constant on the other side',
  },
  {
    it: 'an attribute as a statistic',
    source: rule('span(ads/Get).«http.response.status_code» >= 500 5 times in 60s'),
    says: 'SC2121 `http.response.status_code` is asked of each span, after `where`',
    help: 'write span(a/b where http.response.status_code == …) and what of these spans is meant, such as .count',
  },
  {
    it: 'a kind as a statistic',
    source: rule('span(ads/Get).«kind» == client 5 times in 60s'),
    says: 'SC2121 `kind` is asked of each span, after `where`',
    help: 'write span(a/b where kind == …) and what of these spans is meant, such as .count',
  },
  {
    it: 'over without spans',
    source: rule('span(ads/Get).p99 > «(400ms) over 2m»'),
    says: 'SC2112 `over` says the window of a value of spans; there is none here',
    help: 'write it behind the value of spans: span(a/b).p99 over 2m',
  },
  {
    it: 'a number as window',
    source: rule('span(ads/Get).p99 over «60» > 400ms'),
    says: 'SC2103 a window must be a Duration, not a Number: did you mean 1m?',
    fixed: '1m',
  },
  {
    it: 'a value that changes as window',
    source: rule('span(ads/Get).p99 over («span(ads/Get).p50») > 400ms'),
    says: 'SC2105 this must be a constant',
    help: 'write a literal, a `let`, or arithmetic of these',
  },
]

const predicates: Case[] = [
  {
    it: 'a duration as a number',
    source: rule('span(ads/Get where duration > «1000»).count > 3'),
    says: 'SC2113 `duration` is a Duration, compared with a Number: did you mean 1s?',
    fixed: '1s',
  },
  {
    it: 'a unit on an attribute',
    source: rule('span(ads/Get where http.request.size > «1KiB»).count > 3'),
    says: 'SC2114 attributes have no units, but `http.request.size` is compared with a Size: did you mean 1024?',
    help: 'write the number in the unit that the attribute is recorded in',
    fixed: '1024',
  },
  {
    it: 'an unknown kind',
    source: rule('span(ads/Get where kind == «SERVER»).count > 3'),
    says: 'SC2011 `SERVER` is not a kind of spans: did you mean server?',
    fixed: 'server',
  },
  {
    it: 'two kinds at once',
    source: rule('span(ads/Get where «kind == client and kind == server»).count > 3'),
    says: 'SC3022 no span is of all these kinds at once',
    help: 'join tests of `kind` by `or`, or write kind in ("client", "producer")',
  },
  ...['kind in ("peer", "server")', 'kind != peer', 'not kind == peer'].map((test) => ({
    it: `peer in ${test}`,
    source: rule(`span(mysql/Get where duration > 1s and «${test}»).count > 3`),
    says: 'SC3025 `peer` is no kind of span: it asks for the calls to a service that sends none',
    help: 'write kind == peer by itself, joined to other tests by `and`',
  })),
  {
    it: 'peer in one of two ways',
    source: rule('span(mysql/Get where duration > 1s and («kind == peer or status == error»)).count > 3'),
    says: 'SC3025 `peer` is no kind of span: it asks for the calls to a service that sends none',
    help: 'write kind == peer by itself, joined to other tests by `and`',
  },
  {
    it: 'a peer above other spans',
    source: rule('span(ads/Get under «mysql where kind == peer»).count > 3'),
    says: 'SC3026 no span is under one of a peer, which sends none',
    help: 'name the calling service in its place',
  },
  {
    it: 'an unknown status',
    source: rule('span(ads/Get where status == «failed»).count > 3'),
    says: 'SC2011 `failed` is not a status of spans',
    help: 'write one of unset, ok, error',
  },
  {
    it: 'a status as a number',
    source: rule('span(ads/Get where status == «2»).count > 3'),
    says: 'SC2011 `2` is not a status of spans: did you mean error?',
    fixed: 'error',
  },
  {
    it: 'an order of texts',
    source: rule('span(ads/Get where rpc.method «>» "Get").count > 3'),
    says: 'SC2115 `rpc.method >` has no meaning for a text',
    help: 'use == or !=',
  },
  {
    it: 'an order of a number in quotes',
    source: rule('span(ads/Get where http.response.status_code «>=» "500").count > 3'),
    says: 'SC2115 `http.response.status_code >=` has no meaning for a text',
    help: 'write the number without quotes',
    whole: rule('span(ads/Get where http.response.status_code >= 500).count > 3'),
  },
  {
    it: 'an order of kinds',
    source: rule('span(ads/Get where kind «>=» client).count > 3'),
    says: 'SC2115 `kind >=` has no meaning for a kind',
    help: 'use == or !=',
  },
  {
    it: 'a pattern of a duration',
    source: rule('span(ads/Get where «duration matches "4*"»).count > 3'),
    says: 'SC2117 `matches` is for text, and `duration` is a Duration',
    help: 'compare it with == < or >',
  },
  {
    it: 'text without quotes',
    source: rule('span(ads/Get where rpc.method == «GetAds»).count > 3'),
    says: 'SC2001 `GetAds` is not defined: did you mean "GetAds"?',
    fixed: '"GetAds"',
  },
  {
    it: 'an attribute like an intrinsic',
    source: rule('span(ads/Get where «duraton» > 4).count > 3'),
    says: 'SC4007 `duraton` is read as an attribute: did you mean duration?',
    fixed: 'duration',
  },
]

describe('types', () => {
  describe('comparisons', () => {
    for (const given of comparisons) it(given.it, () => expectCase(given))
  })
  describe('arithmetic', () => {
    for (const given of arithmetic) it(given.it, () => expectCase(given))
  })
  describe('values of spans', () => {
    for (const given of values) it(given.it, () => expectCase(given))
  })
  describe('predicates', () => {
    for (const given of predicates) it(given.it, () => expectCase(given))
  })
})
