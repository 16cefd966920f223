import { describe, expect, it } from 'vitest'
import { beside, compile, digestOf, rebuild } from '../../src/bundle/index.ts'
import type { SourceText } from '../../src/language/index.ts'

const files: Readonly<Record<string, string>> = {
  'rules/ads.scale': 'import "../lib/limits.scale"\nscale deployment/a +1 when span(a).p99 > slow for 1m',
  'rules/cart.scale': 'target deployment/c { between 1 and 3 }\nscale deployment/c +1 when span(c).p99 > 1s for 1m',
  // Its rule is not taken by an import.
  'lib/limits.scale': 'import "words.scale"\ntarget deployment/a { between 1 and 5 }\nscale deployment/a +4 when span(a).p99 > slow for 1m',
  'lib/words.scale': 'let slow = 300ms',
}
const source = (name: string): SourceText | undefined => (files[name] === undefined ? undefined : { name, text: files[name] })
const built = (...roots: string[]) =>
  compile({ roots: roots.flatMap((name) => source(name) ?? []), resolve: (path, from) => source(beside(from, path)) }, { compiler: '0.0.9' }).bundle

describe('rebuild', () => {
  it('gives the same bundle, with imports and whatever was given', () => {
    for (const roots of [['rules/ads.scale'], ['rules/ads.scale', 'rules/cart.scale'], ['rules/ads.scale', 'lib/limits.scale'], ['lib/words.scale']]) {
      const bundle = built(...roots)
      expect(bundle && rebuild(bundle), roots.join()).toEqual(bundle)
    }
  })

  it('finds rules that are not what the sources say', () => {
    const bundle = built('rules/cart.scale')
    if (bundle === undefined) throw new Error('does not compile')
    const { digest: _, ...content } = { ...bundle, targets: bundle.targets.map((target) => ({ ...target, max: 100 })) }
    const forged = { ...content, digest: digestOf(content) }
    expect(rebuild(forged)?.digest).toBe(bundle.digest)
    expect(rebuild({ ...bundle, sources: [{ name: 'a.scale', text: 'scale' }] })).toBeUndefined()
  })

  it('knows where an import points', () => {
    expect(beside('a.scale', 'b.scale')).toBe('b.scale')
    expect(beside('x/y/a.scale', '../b.scale')).toBe('x/b.scale')
    expect(beside('a.scale', '../lib/./b.scale')).toBe('../lib/b.scale')
    expect(beside('../a.scale', '../b.scale')).toBe('../../b.scale')
  })
})
