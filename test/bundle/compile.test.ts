import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  analyse,
  type Bundle,
  bundleOf,
  type CompileInput,
  canonical,
  compile,
  type RuleIR,
  refusals,
  serialize,
  type ValueIR,
} from '../../src/bundle/index.ts'

const golden = (name: string): string => readFileSync(new URL(`./golden/${name}`, import.meta.url), 'utf8')
const options = { compiler: '0.1.0' }

function compiled(text: string): ReturnType<typeof compile> {
  return compile({ roots: [{ name: 'rules.scale', text }] }, options)
}

/** A bundle to review: a line for each target and rule, without the sources. */
function lines(bundle: Bundle | undefined): string {
  if (bundle === undefined) return ''
  const { rules, sources: _, targets, ...head } = bundle
  return `${[head, ...targets, ...rules].map(canonical).join('\n')}\n`
}

/** A value as numbers are computed, with the statistics of spans by name. */
function arithmetic(value: ValueIR): string {
  if (value.kind === 'span') return value.stat.kind
  if (value.kind === 'constant') return String(value.value)
  return value.kind === 'arithmetic' ? `(${value.of.map(arithmetic).join(` ${value.operator} `)})` : value.kind
}

/** The rules of a program without errors, by name. */
function rulesOf(text: string): Readonly<Record<string, RuleIR>> {
  const { bundle, diagnostics } = compiled(text)
  if (bundle === undefined) throw new Error(diagnostics.map((d) => d.message).join('\n'))
  return Object.fromEntries(bundle.rules.map((rule) => [rule.name, rule]))
}

describe('compile', () => {
  for (const name of ['glance', 'everything'])
    it(`${name}.scale has the reviewed bundle`, async () => {
      const { bundle, diagnostics } = compiled(golden(`${name}.scale`))
      expect(diagnostics).toEqual([])
      await expect(lines(bundle)).toMatchFileSnapshot(`./golden/${name}.bundle.jsonl`)
    })

  it('the shortest program alone', () => {
    const { bundle, diagnostics } = compiled('scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 5 times in 60s')
    expect(diagnostics.map((d) => `${d.code} ${d.severity}`)).toEqual(['SC4001 warning'])
    expect(bundle?.rules).toMatchObject([
      {
        name: 'deployment/adservice +2 #1',
        target: 'deployment/adservice',
        action: { kind: 'change', amount: 2, unit: 'replicas' },
        condition: { kind: 'times', count: 5, withinNs: 60e9, of: { kind: 'compare', text: 'span(adservice/GetAds).p99 > 400ms' } },
        everyNs: 5e9,
        source: { file: 'rules.scale', start: 0, line: 1 },
      },
    ])
    expect(bundle?.targets).toMatchObject([{ id: 'deployment/adservice', min: 1, max: 10, boundsImplied: true }])
  })

  it('gives no bundle of a program with an error', () => {
    expect(compiled('scale deployment/a +1 when span(a).p99 > 400').bundle).toBeUndefined()
    expect(compiled('scale deployment/a +1 when').bundle).toBeUndefined()
  })

  it('puts constants to the right, and folds them', () => {
    const { r } = rulesOf('let x = 200ms\nr: scale deployment/a +1 when 2 * x < span(a).p99')
    expect(r?.condition).toMatchObject({ operator: '>', right: { kind: 'constant', value: 400e6 }, text: 'span(a).p99 > 400ms' })
  })

  it('writes conversions of units out', () => {
    const left = (text: string): unknown => {
      const { r } = rulesOf(`r: scale deployment/a +1 when ${text}`)
      return r?.condition.kind === 'compare' && [r.condition.text, arithmetic(r.condition.left)]
    }
    expect(left('span(a).rate * span(a).mean > 3')).toEqual(['span(a).rate * span(a).mean > 3', '(rate * (mean / 1000000000))'])
    expect(left('span(a).mean * span(a).rate > 3')).toEqual(['span(a).mean * span(a).rate > 3', '((mean / 1000000000) * rate)'])
    expect(left('span(a).count / span(a).mean > 3/s')).toEqual(['span(a).count / span(a).mean > 3/s', '(count / (mean / 1000000000))'])
    expect(left('span(a).count / span(a).rate > 3s')).toEqual(['span(a).count / span(a).rate > 3s', '((count / rate) * 1000000000)'])
    expect(left('span(a).mean / span(a).max * 2 > 3')).toEqual(['span(a).mean / span(a).max * 2 > 3', '((mean / max) * 2)'])
  })

  it('turns a test of kind at the top of where into kinds', () => {
    const kinds = (where: string): unknown => {
      const { r } = rulesOf(`r: scale deployment/a +1 when span(a/b${where}).count > 1`)
      return (
        r?.condition.kind === 'compare' &&
        r.condition.left.kind === 'span' && { kinds: r.condition.left.selector.kinds, where: r.condition.left.selector.where }
      )
    }
    expect(kinds('')).toEqual({ kinds: [1, 2, 5], where: undefined })
    expect(kinds(' where kind == client')).toEqual({ kinds: [3], where: undefined })
    expect(kinds(' where kind != client')).toEqual({ kinds: [1, 2, 4, 5], where: undefined })
    expect(kinds(' where kind == client and depth > 2')).toMatchObject({ kinds: [3], where: { kind: 'compare', field: { name: 'depth' } } })
    expect(kinds(' where kind == client or depth > 2')).toMatchObject({ kinds: [1, 2, 3, 4, 5], where: { kind: 'or' } })
  })

  it('projects the attributes that rules name, each once, sorted', () => {
    const text = `scale deployment/a +1 when span(a where z == 1 and not resource.k8s.pod.name == "x" and z != 2 under b where b.c matches "x*").count > 1
      freeze deployment/a when absent(span(c where has a.b and duration > 1s)) for 1m`
    expect(compiled(text).bundle?.projection).toEqual([
      { scope: 'resource', name: 'k8s.pod.name' },
      { scope: 'span', name: 'a.b' },
      { scope: 'span', name: 'b.c' },
      { scope: 'span', name: 'z' },
    ])
  })

  it('keeps targets without rules, and those that are only read', () => {
    const text = 'target deployment/b { between 1 and 2 }\nscale deployment/a +1 when replicas(deployment/c) > 3'
    expect(compiled(text).bundle?.targets.map((t) => t.id)).toEqual(['deployment/a', 'deployment/b', 'deployment/c'])
    expect(compiled(text).diagnostics.map((d) => d.message)).toEqual(['deployment/a has no bounds: 1 to 10 replicas are implied'])
  })

  it('leaves the digest out of what it hashes, and nothing else', () => {
    const one = compiled(golden('glance.scale')).bundle
    const two = compiled(`${golden('glance.scale')}\n`).bundle
    expect(one?.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(two?.digest).not.toBe(one?.digest)
  })

  it('gives the same bytes whatever the order of the files', () => {
    const files = [
      { name: 'a.scale', text: 'import "lib.scale"\nscale deployment/a +1 when span(a).p99 > slow' },
      { name: 'b.scale', text: 'defaults { every 1s }\nscale deployment/a +1 when span(b).p99 > 1s\nscale deployment/b +1 when span(b).p99 > 1s' },
      { name: 'c.scale', text: 'scale deployment/b +2 when span(c).p99 > 2s\ntarget deployment/a { between 2 and 5 }' },
    ]
    const resolve = (path: string) => (path === 'lib.scale' ? { name: 'lib.scale', text: 'let slow = 1s' } : undefined)
    const bytes = (roots: CompileInput['roots']): string => {
      const { bundle } = compile({ roots, resolve }, options)
      return bundle === undefined ? '' : serialize(bundle)
    }
    expect(bytes(files).endsWith('}\n')).toBe(true)
    fc.assert(fc.property(fc.shuffledSubarray(files, { minLength: 3 }), (roots) => bytes(roots) === bytes(files)))
  })

  it('lowers nothing twice: an analysis gives the same bundle', () => {
    const input = { roots: [{ name: 'rules.scale', text: golden('everything.scale') }] }
    expect(bundleOf(analyse(input).program, '0.1.0')).toEqual(compile(input, options).bundle)
  })

  it('says each file once', () => {
    const file = { name: 'a.scale', text: 'scale deployment/a +1 when span(a).p99 > 400' }
    expect(compile({ roots: [file, file] }, options).diagnostics.map((d) => d.code)).toEqual(['SC4001', 'SC2101'])
  })
})

describe('refusals', () => {
  it('names each rule with what the engine cannot measure', () => {
    const { bundle } = compiled(golden('everything.scale'))
    expect(bundle === undefined ? [] : refusals(bundle).map(({ rule, what }) => `${rule}: ${what}`)).toEqual(['measured: metric', 'measured: forecast'])
  })

  it('has nothing against stream and traced values', () => {
    const traced = 'freeze deployment/a when span(a where gap > 1s under b).own.p99 > 1s'
    for (const text of [golden('glance.scale'), traced]) {
      const { bundle } = compiled(text)
      expect(bundle && refusals(bundle)).toEqual([])
    }
  })
})
