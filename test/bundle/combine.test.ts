import { describe, expect, it } from 'vitest'
import { type Bundle, combine, compile, readBundle, serialize } from '../../src/bundle/index.ts'

function bundleOf(text: string, name = 'rules.scale'): Bundle {
  const { bundle, diagnostics } = compile({ roots: [{ name, text }] }, { compiler: '0.1.0' })
  if (bundle === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return bundle
}

const ads = bundleOf('ads-slow: scale deployment/ads +1 when span(ads/Get where http.route == "/ads").p99 > 1s and replicas(deployment/web) > 1 for 1m')
const web = bundleOf('web-slow: scale deployment/web +1 when span(web/Get where rpc.method == "Get").p99 > 1s for 1m')

describe('bundles that are combined', () => {
  it('are in their namespaces, with their names before those of their rules', () => {
    const { bundle, refused } = combine([
      { name: 'shop/ads', bundle: ads, namespace: 'shop' },
      { name: 'front/web', bundle: web, namespace: 'front' },
    ])
    expect(refused).toEqual([])
    expect(bundle?.rules.map(({ name, target, source }) => [name, target, source.file])).toEqual([
      ['shop/ads/ads-slow', 'deployment/ads in shop', 'shop/ads/rules.scale'],
      ['front/web/web-slow', 'deployment/web in front', 'front/web/rules.scale'],
    ])
    expect(bundle?.targets.map(({ id, workload }) => [id, workload.namespace])).toEqual([
      ['deployment/ads in shop', 'shop'],
      ['deployment/web in shop', 'shop'],
      ['deployment/web in front', 'front'],
    ])
    expect(JSON.stringify(bundle?.rules[0]?.condition)).toContain('"target":"deployment/web in shop"')
    expect(bundle?.projection.map(({ name }) => name)).toEqual(['http.route', 'rpc.method'])
  })

  it('are a bundle like any other: read back whole, and the same for the same parts', () => {
    const once = combine([
      { name: 'a', bundle: ads },
      { name: 'b', bundle: web, namespace: 'front' },
    ]).bundle as Bundle
    expect(readBundle(serialize(once))).toEqual({ bundle: once })
    expect(
      combine([
        { name: 'a', bundle: ads },
        { name: 'b', bundle: web, namespace: 'front' },
      ]).bundle?.digest,
    ).toBe(once.digest)
    expect(
      combine([
        { name: 'b', bundle: ads },
        { name: 'a', bundle: web, namespace: 'front' },
      ]).bundle?.digest,
    ).not.toBe(once.digest)
  })

  it('may not reach out of their namespace, nor to another orchestrator', () => {
    const elsewhere = bundleOf('scale deployment/ads in prod +1 when span(a).p99 > 1s for 1m')
    const program = bundleOf('scale exec:anything +1 when span(a).p99 > 1s for 1m')
    const looking = bundleOf('scale deployment/ads +1 when span(a).p99 > 1s and replicas(deployment/web in prod) > 1 for 1m')
    const refused = (bundle: Bundle) => combine([{ name: 'shop/ads', bundle, namespace: 'shop' }]).refused.map(({ reason }) => reason)
    expect(refused(elsewhere)).toEqual(['deployment/ads in prod is outside namespace shop, and these rules may only act there'])
    expect(refused(program)).toEqual(['exec:anything is outside namespace shop, and these rules may only act there'])
    expect(refused(looking)).toEqual(['deployment/web in prod is outside namespace shop, and these rules may only act there'])
    expect(refused(bundleOf('scale deployment/ads in shop +1 when span(a).p99 > 1s for 1m'))).toEqual([])
  })

  it('of which two want one workload keep the first', () => {
    const again = bundleOf('target deployment/ads { between 2 and 3 }\nscale deployment/ads -1 when span(ads).p99 < 1s for 1m')
    const { bundle, refused } = combine([
      { name: 'shop/a', bundle: ads, namespace: 'shop' },
      { name: 'shop/b', bundle: again, namespace: 'shop' },
      { name: 'other/b', bundle: again, namespace: 'other' },
    ])
    expect(refused).toEqual([{ part: 'shop/b', reason: 'deployment/ads in shop is scaled by shop/a already' }])
    expect(bundle?.rules.map(({ target }) => target)).toEqual(['deployment/ads in shop', 'deployment/ads in other'])
  })

  it('may look at what another scales', () => {
    const { bundle, refused } = combine([
      { name: 'shop/ads', bundle: ads, namespace: 'shop' },
      {
        name: 'shop/web',
        bundle: bundleOf('target deployment/web { between 2 and 7 }\nscale deployment/web +1 when span(web).p99 > 1s for 1m'),
        namespace: 'shop',
      },
    ])
    expect(refused).toEqual([])
    expect(bundle?.targets.map(({ id, min, max }) => `${id} ${min} ${max}`)).toEqual(['deployment/ads in shop 1 10', 'deployment/web in shop 2 7'])
  })

  it('of none are none', () => expect(combine([])).toEqual({ refused: [] }))
})
