import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readBundle } from '../../src/bundle/index.ts'
import { scalec } from './scalec.ts'

const folder = mkdtempSync(join(tmpdir(), 'scalec-compile-'))
afterAll(() => rmSync(folder, { recursive: true }))
const run = (...args: string[]) => scalec(args, { cwd: folder })
const path = (name: string) => join(folder, name)

writeFileSync(path('one.scale'), 'scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 5 times in 60s\n')
writeFileSync(
  path('shop.scale'),
  `target deployment/shop in store { between 2 and 12 up at most +4 per 60s cooldown 1m }
/// Too slow.
slow: scale deployment/shop in store +10% when (span(shop/* where http.response.status_code >= 500).rate > 5/s and span(shop).p99 > 1s) 5 times in 60s or absent(span(shop)) for 5m priority 2
night: scale deployment/shop in store to at most 4 when during sat,sun 22:00-06:00 in "Europe/Paris"
still: freeze deployment/shop in store down when not span(shop).error_rate < 1% for 2m
many: scale deployment/shop in store to hold span(shop/Buy).rate at 50/s per replica when span(shop/Buy where resource.region == "eu").duration > 1s 3 times in 60s observe
orders: scale deployment/shop in store to hold span(shop/Buy).rate at 50/s per replica every 10s
`,
)
writeFileSync(path('wrong.scale'), 'scale deployment/adservice +2 when\n')

describe('scalec compile', () => {
  it('writes the one-line program as a bundle', () => {
    const { code, out, err } = run('compile', 'one.scale', '-o', 'one.json')
    expect(code).toBe(0)
    expect(err).toContain('warning: ')
    const read = readBundle(readFileSync(path('one.json'), 'utf8'))
    if ('error' in read) throw new Error(read.error)
    expect(out).toBe(`one.json: 1 rule for 1 workload, ${read.bundle.digest}\n`)
    expect(read.bundle.rules.map((rule) => rule.name)).toEqual(['deployment/adservice +2 #1'])
  })

  it('writes the same bytes whatever the order of the files, to a file and to the standard output', () => {
    run('compile', 'one.scale', 'shop.scale', '-o', 'a.json')
    const { code, out } = run('compile', 'shop.scale', 'one.scale', '--output', '-')
    expect(code).toBe(0)
    expect(out).toBe(readFileSync(path('a.json'), 'utf8'))
  })

  it('writes nothing when something is wrong', () => {
    expect(run('compile', 'wrong.scale', '-o', 'wrong.json')).toMatchObject({ code: 1, err: expect.stringContaining('wrong.scale:1:35: error: ') })
    expect(run('compile', 'one.scale', '-o', 'warned.json', '--fail-level', 'warning').code).toBe(3)
    expect(existsSync(path('wrong.json')) || existsSync(path('warned.json'))).toBe(false)
  })

  it('says in one line that it cannot write, and leaves nothing behind', () => {
    const { code, err } = run('compile', 'shop.scale', '-o', 'nowhere/x.json')
    expect({ code, last: err.trimEnd().split('\n').at(-1) }).toEqual({ code: 2, last: 'scalec: nowhere/x.json cannot be written (ENOENT)' })
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('prints JSON', () => {
    const { out } = run('compile', 'shop.scale', '-o', 'json.json', '--format', 'json')
    expect(JSON.parse(out)).toMatchObject({ output: 'json.json', digest: expect.stringMatching(/^sha256:/), rules: 5, targets: 1 })
    expect(JSON.parse(run('compile', 'wrong.scale', '-o', 'x.json', '--format', 'json').out)).toMatchObject({ diagnostics: [{ code: 'SC1001' }] })
  })
})

describe('scalec inspect', () => {
  run('compile', 'shop.scale', '-o', 'shop.json')

  it('puts a bundle into words', async () => {
    const { code, out, err } = run('inspect', 'shop.json')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    await expect(out.replace(/sha256:[0-9a-f]{64}/, 'sha256:…').replace(/^compiler .*/m, 'compiler    …')).toMatchFileSnapshot('../samples/inspect.txt')
  })

  it('prints JSON without the texts of the sources', () => {
    const bundle = JSON.parse(run('inspect', 'shop.json', '--format', 'json').out)
    expect(bundle).toMatchObject({
      language: 1,
      sources: ['shop.scale'],
      rules: [{ name: expect.any(String), words: expect.stringMatching(/^scale |^freeze /) }, {}, {}, {}, {}],
    })
  })

  it.each([
    ['no such file', undefined, 'there is no such file'],
    ['no JSON', 'scale', 'not JSON'],
    ['another document', '{"a":1}', 'not a bundle'],
    ['a newer format', '{"format":99}', 'newer'],
    ['a changed bundle', (text: string) => text.replace('"max":12', '"max":99'), 'digest'],
  ])('refuses %s in one line', (_, content, message) => {
    const text = typeof content === 'function' ? content(readFileSync(path('shop.json'), 'utf8')) : content
    rmSync(path('odd.json'), { force: true })
    if (text !== undefined) writeFileSync(path('odd.json'), text)
    const { code, out, err } = run('inspect', 'odd.json')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^scalec: odd\.json: [^\n]*\n$/)
    expect(err).toContain(message)
  })
})
