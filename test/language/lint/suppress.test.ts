/** `// scale-ignore`, severities, and what is strict. */
import { describe, expect, it } from 'vitest'
import type { LintContext } from '../../../src/language/index.ts'
import { applyFix } from '../check/marked.ts'
import { catalog, lintText } from './marked.ts'

const said = (text: string, context: LintContext = {}): readonly string[] => lintText(text, context).map(({ code }) => code)

const target = 'target deployment/a { between 1 and 10 stable 1ms before up }\n'
const patient = 'a: scale deployment/a +1 when span(a/b).p99 > 50ms'

/** Always said: bounds that are implied. */
const bare = 'scale deployment/x +1 when\n  span(a/b).p99 > 50ms'
const ignore = (rest: string): string => `// scale-ignore ${rest}\n`
const forNow = 'SC4001 until 2030-12-31: measured by hand'

describe('a suppression', () => {
  it('hides what the next line says', () => {
    expect(said(bare)).toEqual(['SC4001'])
    expect(said(`${ignore(forNow)}${bare}`)).toEqual([])
    expect(said(`${ignore(forNow)}\n// a note\n/// documented\n${bare}`)).toEqual([])
  })

  it('hides what its own line says', () => {
    expect(said(bare.replace('when', `when // scale-ignore ${forNow}`))).toEqual([])
  })

  it('hides what a whole declaration says', () => {
    const duplicate = 'scale deployment/a +1 when\n  span(a/b).p99 > 50ms and\n  span(a/b).p99 > 20ms'
    expect(said(`${target}${duplicate}`)).toEqual(['SC4105'])
    expect(said(`${target}${ignore('SC4105 until 2030-12-31: for readers')}${duplicate}`)).toEqual([])
  })

  it('says nothing of the next declaration', () => {
    expect(said(`${ignore(forNow)}${bare}\n${bare.replace('/x', '/y')}`)).toEqual(['SC4001'])
  })

  it('hides a whole file', () => {
    expect(said(`${bare}\n${bare.replace('/x', '/y')}\n// scale-ignore-file ${forNow}`)).toEqual([])
  })

  it('names several codes, and lints that are errors', () => {
    const never = 'scale deployment/x +1 when span(a/b).p99 > span(a/b).p99'
    expect(said(never)).toEqual(['SC4001', 'SC3023'])
    expect(said(`${ignore('SC3023, SC4001 until 2030-12-31: a joke')}${never}`)).toEqual([])
  })

  it('ends: behind its day what it hid is said again, with a note', () => {
    const text = `${ignore(forNow)}${bare}`
    expect(said(text, { today: '2030-12-31' })).toEqual([])
    const [again, ...others] = lintText(text, { today: '2031-01-01' })
    expect(again?.code).toBe('SC4001')
    expect(again?.related?.map(({ message, range }) => [message, text.slice(range.start, range.end)])).toEqual([
      ['this suppression expired on 2030-12-31', `// scale-ignore ${forNow}`],
    ])
    expect(others).toEqual([])
  })

  it('of nothing is reported, and deleted by its fix', () => {
    const text = `${target}${ignore(forNow)}${patient}`
    const [found, ...others] = lintText(text)
    expect([found?.code, found?.message, others.length]).toEqual(['SC4301', 'nothing here says SC4001', 0])
    if (found !== undefined) expect(said(applyFix(text, found))).toEqual([])
  })

  it('of what only a catalog can tell is not of nothing without one', () => {
    const text = `${target}${ignore('SC4201 until 2030-12-31: new')}${patient}`
    expect(said(text)).toEqual([])
    expect(said(text, { catalog })).toEqual([])
    expect(said(text.replace('span(a/b)', 'span(ads/GetAds)').replace('p99', 'p50'), { catalog })).toEqual(['SC4301'])
  })

  it('of something in a declaration that cannot be read is not of nothing', () => {
    expect(said(`${target}${ignore(forNow)}scale deployment/x +1 whn`).filter((code) => code === 'SC4301')).toEqual([])
  })

  it('does not hide an error', () => {
    const text = `${target}${ignore('SC2101 until 2030-12-31: later')}scale deployment/a +1 when span(a/b).p99 > 400`
    expect(said(text)).toEqual(['SC4303', 'SC2101'])
  })

  it.each([
    ['SC4001: why', 'it has no last day'],
    ['SC4001', 'it has no last day'],
    ['SC4001 until : why', 'it has no last day'],
    ['SC4001 until tomorrow: why', 'tomorrow is no day, which is written 2027-01-31'],
    ['SC4001 until 2027-02-30: why', '2027-02-30 is no day, which is written 2027-01-31'],
    ['SC4001 until 2027-01-31', 'it gives no reason'],
    ['SC4001 until 2027-01-31:  ', 'it gives no reason'],
    ['until 2027-01-31: why', 'it names no code'],
    ['SC9999 until 2027-01-31: why', 'there is no message SC9999'],
    ['everything until 2027-01-31: why', 'there is no message everything'],
  ])('that is malformed hides nothing: %s', (rest, problem) => {
    const found = lintText(`${ignore(rest)}${bare}`)
    expect(found.map(({ code, message }) => `${code} ${message}`)).toEqual([
      `SC4302 this suppression does nothing: ${problem}`,
      'SC4001 deployment/x has no bounds: 1 to 10 replicas are implied',
    ])
  })

  it('is a comment of its own: another word, a doc comment', () => {
    expect(said(`// scale-ignored SC4001\n/// scale-ignore SC4001\n${bare}`)).toEqual(['SC4001'])
  })
})

describe('severities', () => {
  it('of warnings and lints are the project’s', () => {
    const severityOf = (text: string, context: LintContext): readonly string[] => lintText(text, context).map(({ code, severity }) => `${code} ${severity}`)
    expect(severityOf(bare, { severities: { SC4001: 'error' } })).toEqual(['SC4001 error'])
    expect(severityOf(bare, { severities: { SC4001: 'off' } })).toEqual([])
    const never = `${target}scale deployment/a +1 when span(a/b).p99 > span(a/b).p99`
    expect(severityOf(never, { severities: { SC3023: 'warning' } })).toEqual(['SC3023 warning'])
    const wrong = `${target}scale deployment/a +1 when span(a/b).p99 > 400`
    expect(severityOf(wrong, { severities: { SC2101: 'off' } })).toEqual(['SC2101 error'])
  })

  it('make a suppression no worse: what is off was hidden', () => {
    expect(said(`${ignore(forNow)}${bare}`, { severities: { SC4001: 'off' } })).toEqual([])
  })

  it('of unknown names are errors where strict', () => {
    const text = `target deployment/a { between 1 and 10 }\nscale deployment/a +1 when span(adds/GetAds).p95 > 1s`
    const found = lintText(text, { catalog, strict: true })
    expect(found.map(({ code, severity }) => `${code} ${severity}`)).toEqual(['SC4201 error'])
    expect(lintText(text, { catalog, strict: true, severities: { SC4201: 'warning' } }).map(({ severity }) => severity)).toEqual(['warning'])
  })
})
