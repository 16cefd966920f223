/** How programs look, in examples; the laws are in laws.test.ts. */
import { describe, expect, it } from 'vitest'
import { format } from '../../../src/language/index.ts'

function formatted(text: string): string {
  return format({ name: 'test.scale', text }).text
}

function cases(table: Readonly<Record<string, readonly [before: string, after: string]>>): void {
  for (const [name, [before, after]] of Object.entries(table)) it(name, () => expect(formatted(before)).toBe(after))
}

describe('files', () => {
  cases({
    'the one-line program': [
      'scale deployment/adservice +2 when span(adservice/GetAds).p99>400ms 5 times in 60s',
      'scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 5 times in 60s\n',
    ],
    'the version and imports stand apart': [
      'language 1 import "a.scale" import "b.scale" let a = 1\nlet b = 2',
      'language 1\n\nimport "a.scale"\n\nimport "b.scale"\n\nlet a = 1\nlet b = 2\n',
    ],
    'of empty lines one is left': ['\n\nlet a = 1\n\n\n\nlet b = 2\n\n', 'let a = 1\n\nlet b = 2\n'],
    'declarations of several lines stand apart': [
      'let a = 1\ntest "t" { expect no action }\nlet b = 2',
      'let a = 1\n\ntest "t" {\n  expect no action\n}\n\nlet b = 2\n',
    ],
    'nothing stays nothing': [' \n ', ''],
    'comments alone': ['\n  // a\n\n\n  // b  ', '// a\n\n// b\n'],
    'line ends of Windows': ['let a = 1 // one\r\n\r\n\r\nlet b = 2\r\n', 'let a = 1 // one\n\nlet b = 2\n'],
  })

  it('with errors stay as they are', () => {
    const text = 'let   a = 1\nscale deployment/x +2 when'
    const result = format({ name: 'test.scale', text })
    expect(result.text).toBe(text)
    expect(result.diagnostics.map(({ code }) => code)).toEqual(['SC1001'])
  })
})

describe('blocks', () => {
  cases({
    'two clauses stand on one line': ['defaults {\n  namespace boutique\n  every 5s\n}', 'defaults { namespace boutique  every 5s }\n'],
    'three on three': [
      'target nomad : web / api in prod { between 1 and 10 up at most + 4 per 60s stable 5m before down }',
      'target nomad:web/api in prod {\n  between 1 and 10\n  up at most +4 per 60s\n  stable 5m before down\n}\n',
    ],
    'comments and groups stay': [
      'target deployment/x { // limits\n\n  between 1 and 10 // no more\n\n\n  // slowly\n  up at most 1 per 1m\n  // the end\n\n}',
      'target deployment/x { // limits\n  between 1 and 10 // no more\n\n  // slowly\n  up at most 1 per 1m\n  // the end\n}\n',
    ],
    'empty ones': ['target deployment/x {\n}\ntest "t" { }', 'target deployment/x {}\ntest "t" {}\n'],
    'a comment in an empty one': ['target deployment/x { // later\n}', 'target deployment/x { // later\n}\n'],
  })
})

describe('rules', () => {
  const calm = 'span(adservice/GetAds).p99 over 1m < calm'
  const few = 'span(adservice/GetAds).rate over 1m < 200/s'
  const long = 'span(adservice/hipstershop.AdService/GetAds).p99 over 1m'
  const short = 'span(adservice/Get).p999'
  cases({
    'clauses stand on lines of their own': [
      'a: scale deployment/x -10% when span(x).p50 < 1s for 1m every 10s observe',
      'a: scale deployment/x -10% when span(x).p50 < 1s for 1m\n  every 10s\n  observe\n',
    ],
    'a long condition goes to the next line': [
      `ads-calm: scale deployment/adservice -1 when ${calm} and not ${few}`,
      `ads-calm: scale deployment/adservice -1\n  when ${calm} and not ${few}\n`,
    ],
    'a longer one breaks where its parts meet': [
      `scale deployment/x -1 when ${calm} and ${few} or ${few} and ${calm}`,
      `scale deployment/x -1\n  when ${calm} and ${few}\n    or ${few} and ${calm}\n`,
    ],
    'so does one in parentheses': [
      `scale deployment/x -1 when (${calm} and ${few} or span(x).count > 1) for 10m`,
      `scale deployment/x -1\n  when (\n    ${calm} and ${few}\n    or span(x).count > 1\n  ) for 10m\n`,
    ],
    'what is held': [
      'checkout: scale deployment/checkoutservice to hold span(checkoutservice/PlaceOrder).rate over 1m at 50/s per replica',
      'checkout: scale deployment/checkoutservice\n  to hold span(checkoutservice/PlaceOrder).rate over 1m at 50/s per replica\n',
    ],
    'a comparison breaks before its sign': [
      `freeze process:x when max(${long}, ${short}) < patience`,
      `freeze process:x\n  when max(${long}, ${short})\n    < patience\n`,
    ],
    'unless a word is before that': [
      `freeze process:x when calm < max(${long}, ${long})`,
      `freeze process:x\n  when calm < max(\n    ${long},\n    ${long}\n  )\n`,
    ],
    'comments within': [
      'scale deployment/x -1 when span(x).p50 < 1s // fast\n and // idle\n span(x).rate < 1/s',
      'scale deployment/x -1\n  when span(x).p50 < 1s // fast\n    and // idle\n    span(x).rate < 1/s\n',
    ],
  })
})

describe('words', () => {
  cases({
    literals: ['let a = 5µs\nlet b = 1KB\nlet c = "a\\/b"\nlet d = 1m30s', 'let a = 5us\nlet b = 1kB\nlet c = "a/b"\nlet d = 1m30s\n'],
    formulas: ['let a = 2*(3-1 )/ max( 1,2 )', 'let a = 2 * (3 - 1) / max(1, 2)\n'],
    selectors: [
      'freeze process:x when span( shop / "GET /cart" where a.b==- 5 and kind in("client","server") child   of web / * ) . own . p99 >1s',
      'freeze process:x\n  when span(\n    shop/"GET /cart"\n    where a.b == -5 and kind in ("client", "server")\n    child of web/*\n  ).own.p99 > 1s\n',
    ],
    calendars: ['freeze process:x up when during mon - fri,sun 8:00 - 18:00', 'freeze process:x up when during mon-fri, sun 08:00-18:00\n'],
    'days that one word would change': ['freeze process:x when during sat - mon - tue', 'freeze process:x when during sat - mon - tue\n'],
    'a number behind which a slash would be a part of it': ['freeze process:x when span(5 / s).p99 > 1s', 'freeze process:x when span(5 /s).p99 > 1s\n'],
  })
})
