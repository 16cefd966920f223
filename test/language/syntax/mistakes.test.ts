/** Mistakes: what is underlined, under which code, and what the fix is. */
import { describe, expect, it } from 'vitest'
import { parse } from '../../../src/language/index.ts'
import { fixed, marked } from './support.ts'

/** Understood: after the fix the program parses. */
const understood = [
  'scale deployment/a +2 [wen](SC1003 write when) span(a/b).p99 > 400ms',
  'scale deployment/a +2 [WHEN](SC1003 write when) span(a/b).p99 > 400ms',
  'scale deployment/a to hold a at 50/s per replica [wen](SC1003 write when) a > b',
  'scale deployment/a to hold a at 50/s\n  [wen](SC1003 write when) a > b [evry](SC1003 write every) 5s',
  'scale deployment/a to hold a at 50/s per [replca](SC1003 write replica)',
  'scale deployment/a to hold a at 50/s per replica\n  [span](SC1001 insert when)(a/b).p99 > 1s',
  'scale deployment/a +2 when a > b [evry](SC1003 write every) 5s [pirority](SC1003 write priority) 3',
  'freeze deployment/a [upp](SC1003 write up) when a > b',
  'target deployment/a { between 1 [an](SC1003 write and) 10 }',
  '[tagret](SC1003 write target) deployment/a { }',
  'x: [sclae](SC1003 write scale) deployment/a -1 when a > b',
  'test "x" { [expct](SC1003 write expect) no action }',
  'let x = [400 ms](SC1007 write 400ms)',
  'let x = [400msec](SC1008 write 400ms)',
  'let x = [1min](SC1008 write 1m)',
  'let x = [5 %](SC1007 write 5%)',
  'let x = [1Gi](SC1008 write 1GiB)',
  'let x = [100/sec](SC1008 write 100/s)',
  'let x = [20/minute](SC1008 write 20/min)',
  'scale deployment/a +2 when a > b 5 times in [60 sec](SC1007 write 60s) every [2 minutes](SC1007 write 2m)',
  'scale deployment/a +2 when a > b [&&](SC1010 write and) c > d [||](SC1010 write or) [!](SC1010 write not)(e > f)',
  'scale deployment/a +2 when a > b[&&](SC1010 write and)c > d',
  'scale deployment/a +2 when a > b for[:](SC1013 remove the :) 5m',
  'scale deployment/a +2 when a > b every 5s[,](SC1013 remove the ,) cooldown 60s[;](SC1013 remove the ;)',
  'scale deployment/a +2 when span(a where status [=](SC1011 write ==) error).count > 3',
  'scale deployment/a +2 when a [=>](SC1012 write >=) b and c [=<](SC1012 write <=) d and e [<>](SC1012 write !=) f',
  'scale deployment/a +2 when span(a/[\'GET /x\'](SC1005 write "GET /x")).p99 > 1s',
  'scale deployment/a +2 when span(a/[GET /x](SC1018 write "GET /x")).p99 > 1s',
  'scale deployment/a +2 when a [≥](SC1050 write >=) b and c [≤](SC1050 write <=) d and e [≠](SC1050 write !=) f',
  'scale deployment/a +2 when a > 3 [×](SC1050 write *) b [−](SC1050 write -) c and d > e[−](SC1050 write -)f',
  'scale deployment/a [−](SC1050 write -)1 when during mon[–](SC1050 write -)fri 08:00[–](SC1050 write -)18:00 in [“Europe/Paris”](SC1050 write "Europe/Paris")',
  'scale deployment/a +2 when span(a/[“GET /x”](SC1050 write "GET /x") where name matches [‘G*’](SC1050 write "G*")).count [≥](SC1050 write >=) 3',
  'import [“other.scale”](SC1050 write "other.scale")',
  'test [«a latency step»](SC1050 write "a latency step") { }',
  'scale deployment/a +2 when a >[\u2009](SC1050 write a plain space)b\u00a0every 5s[\u200b](SC1050 write a plain space)cooldown 5s',
  'import [other.scale](SC1006 write "other.scale")',
  'test [a latency step](SC1006 write "a latency step") { }',
  'scale deployment/a +2 when during mon-[friday](SC1025 write fri) in [Europe/Paris](SC1006 write "Europe/Paris")',
  'scale deployment/a +2 when span(a where name matches [Get*](SC1006 write "Get*")).count > 3',
  'scale deployment/a +2 when span(a/b).rate[[5m]](SC1014 write over 5m) > 5/s',
  'scale [adservice](SC1019 write deployment/adservice) +2 when a > b',
  'let x [5](SC1001 insert =)',
  'scale deployment/a +2 when span(a/b [>](SC1001 insert )) 400ms',
  'target deployment/a [between](SC1001 insert {) 1 and 10 }',
  'scale deployment/a +2 when a < b [<](SC1022 write and b before it) c',
]

/** Reported, and the fix, where there is one, is no promise. */
const others = [
  'scale deployment/a +2 when span(a/b).p99 >[](SC1001)',
  'scale deployment/a [2](SC1001) when a > b',
  'scale deployment/a +2[](SC1001)',
  'scale deployment/a to 2[](SC1001)',
  'scale deployment/a to at least 2[](SC1001)',
  'scale deployment/a to hold a at 50/s when[](SC1001)',
  'scale deployment/a +2 when a > b or [for](SC1001) 5m',
  'scale deployment/a +2 when a > b and [5 times](SC1001) in 60s',
  'scale deployment/a +2 when a > b or [every](SC1001) 5s',
  'scale deployment/a +2 when a > [for](SC1001) 5m',
  'scale deployment/a +2 when a > b or [for](SC1001) 5 minutes',
  'scale deployment/a +2 when a > b or [for](SC1001) 5m [evry](SC1003 write every) 5s',
  'scale deployment/a +2 when [span(a/b).p99](SC1020)',
  'scale deployment/a +2 when [span(a/b).p99](SC1023) for 5m',
  'scale deployment/a +2 when [(a > b)](SC1021) > c',
  'let x = [a > b](SC1021)',
  'let x = [7parsecs](SC1009)',
  'let x = ["open](SC1004)',
  'scale deployment/a +2 when [elapsed](SC1015)(a) > 5',
  'scale deployment/a +2 when during 08:00-[24:01](SC1026)',
  'scale deployment/a +2 when during [someday](SC1025)',
  'test "x" { expect [deployment/a](SC1024) fires }',
  'let a = 1 [language](SC1017) 1',
  'language[](SC1001)',
  'language[](SC1001) [one](SC1016)\nlet a = 1',
  '[foo](SC1016) bar',
  'scale deployment/a +2 when a > b\n[foo](SC1016) bar',
  'scale deployment/a +2 when a [§§](SC1002)> b',
]

const plain = (text: string) => text.replace(/\[((?:[^[\]]|\[[^\]]*\])*)\]\(SC\d{4}(?: (?:insert \)|[^)])*)?\)/g, '$1')

describe('mistakes', () => {
  it.each([...understood, ...others])('%s', (text) => {
    expect(marked(plain(text))).toBe(text)
  })

  it.each(understood)('is mended by its fixes: %s', (text) => {
    const source = { name: 'x', text: plain(text) }
    const mended = fixed(source.text, parse(source).diagnostics)
    expect(mended).not.toBe(source.text)
    expect(parse({ name: 'x', text: mended }).diagnostics).toEqual([])
  })

  it('a formula that is too long for the stack is one of them, a long block is not', () => {
    for (const text of [
      `${'('.repeat(5000)}a${')'.repeat(5000)}`,
      `${'not '.repeat(5000)}a > b`,
      `a > b${' or a > b'.repeat(5000)}`,
      `a${' + a'.repeat(5000)} > b`,
      `span(a${' under b'.repeat(5000)}).p99 > 1s`,
    ])
      expect(parse({ name: 'x', text: `scale deployment/x +1 when ${text}` }).diagnostics.map((d) => d.code)).toEqual(['SC1027'])
    expect(parse({ name: 'x', text: `scale deployment/x +1 when a > b${' or span(a/b where c == 1).p99 > b for 1m'.repeat(300)}` }).diagnostics).toEqual([])
    const block = 'load span(a/b where c == 1 and d == 2) at (1/s + 2/s) taking 1s ± 5% from 0s to 1m expect no action before 5s\n'.repeat(2000)
    expect(parse({ name: 'x', text: `test "long" {\n${block}}` }).diagnostics).toEqual([])
  })

  it('are said in words', () => {
    const message = (text: string) => parse({ name: 'x', text }).diagnostics.map((d) => d.message)
    expect(message('scale deployment/a 2 when a > b')).toEqual(['expected `+`, `-` or `to`, found `2`'])
    expect(message('scale deployment/a +2 when >')).toEqual(['expected a condition, found `>`'])
    expect(message('scale deployment/a +2 when a >')).toEqual(['expected a value, found the end'])
    expect(message('scale deployment/a +2 when a ≥ 5')).toEqual(['`≥` is written `>=`'])
    expect(message('let x = 5 __proto__')).toEqual(['expected an operator, found `__proto__`'])
    expect(message('let x = 5\u2009')).toEqual(['the character U+2009 is written as a plain space'])
    expect(message('scale deployment/a to 2')).toEqual(['expected `when`, found the end'])
    expect(message('scale deployment/a to hold a at 50/s banana a > b')).toEqual(['expected a clause, `when` or an operator, found `banana`'])
    expect(message('target deployment/a { 5 }')).toEqual(['expected a clause or `}`, found `5`'])
    expect(message('test "x" { 5 }')).toEqual(['expected a statement of a test or `}`, found `5`'])
    expect(message('scale deployment/a +x when a > b')).toEqual(['expected a number or a percentage, found `x`'])
    expect(message('scale deployment/a +2 when a > b or for 5m')).toEqual(['expected a condition behind `or`, found `for`'])
    expect(message('scale deployment/a +2 when a > for 5m')).toEqual(['expected a value behind `>`, found `for`'])
    expect(message('scale deployment/a +2 when a > b every')).toEqual(['expected a duration, found the end'])
  })

  it.each([
    ['scale', 'a workload'],
    ['target deployment/a { mode', '`act`, `out-only`, `observe` or `off`'],
    ['target deployment/a { down at most 1 per', 'a duration'],
    ['let x =', 'a value'],
    ['scale deployment/a in', 'a namespace'],
    ['scale deployment/a to hold', 'a value'],
    ['scale deployment/a +1 when', 'a condition'],
    ['scale deployment/a +1 when a > b and not', 'a condition'],
    ['scale deployment/a +1 when during', 'a time of day or a day'],
    ['scale deployment/a +1 when replicas(', 'a workload'],
    ['scale deployment/a +1 when span(', 'a service'],
    ['scale deployment/a +1 when span(a under', 'a service'],
    ['scale deployment/a +1 when span(a where', '`(`, `has` or a field of a span'],
    ['scale deployment/a +1 when span(a where has', 'a name'],
    ['scale deployment/a +1 when span(a).', 'a value of spans, as `p99` or `rate`'],
    ['scale deployment/a +1 when span(a).p99 >', 'a value'],
    ['scale deployment/a +1 when span(a).p99 > 1s for', 'a duration'],
    ['test "x" { given', '`ready` or a workload'],
    ['test "x" { given ready', '`after`'],
    ['test "x" { load span(a) at', 'a rate'],
    ['test "x" { expect', '`no`, `action`, a workload or a rule'],
    ['test "x" { expect no', '`action`'],
    ['test "x" { expect a unknown at', 'a duration'],
    ['ads-slow:', '`scale` or `freeze`'],
    ['ads-slow:\nlet x = 1', '`scale` or `freeze`'],
  ])('say of `%s` what must follow: %s', (text, expected) => {
    const [first] = parse({ name: 'x', text }).diagnostics
    expect(first?.message).toBe(`expected ${expected}, found the end`)
  })

  it('of several kinds in one declaration are all told', () => {
    const codes = parse({ name: 'x', text: 'scale deployment/a +2 wen a = 400 ms && b => 5min evry 5 s' }).diagnostics.map((d) => d.code)
    expect(codes).toEqual(['SC1003', 'SC1011', 'SC1007', 'SC1010', 'SC1012', 'SC1008', 'SC1003', 'SC1007'])
  })
})
