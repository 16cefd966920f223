import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Bundle } from '../../src/bundle/index.ts'
import { compile } from '../../src/bundle/index.ts'
import { pageHtml, pageMarkdown, pageOf } from '../../src/explain/index.ts'

function bundleOf(text: string): Bundle {
  const { bundle, diagnostics } = compile({ roots: [{ name: 'rules.scale', text }] }, { compiler: 'test' })
  if (bundle === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return { ...bundle, digest: 'sha256:0' }
}

const everything = bundleOf(readFileSync('test/bundle/golden/everything.scale', 'utf8'))
const holdsOf = (text: string): readonly string[] => pageOf(bundleOf(text)).targets[0]?.holds.map(({ reason, meaning }) => `${reason}: ${meaning}`) ?? []

describe('a page', () => {
  it('tells only holds that can happen, with the numbers of the target', () => {
    expect(
      holdsOf('target deployment/ads { between 2 and 9 cooldown 90s settle within 1m }\nslow: scale deployment/ads +2 when span(ads).p99 > 1s cooldown 2m'),
    ).toEqual([
      'Cooldown: It changed less than 1m30s ago. After acting these rules rest: slow for 2m.',
      'Settling: The replicas of the last action are not ready; it waits for them, at most 1m.',
      'TooManyReplicas: More than 9 are wanted, its upper bound. If that lasts, raise the bound or look for the cause.',
    ])
    const down = holdsOf(
      'target deployment/ads { between 2 and 9 }\ncalm: scale deployment/ads -1 when span(ads).p99 < 1s for 2m\nnight: scale deployment/ads to at least 3 when during 20:00-06:00 in "UTC"\nstill: freeze deployment/ads down when span(ads).error_rate > 5%',
    )
    expect(down).toContain('ScaleDownStabilized: Fewer replicas must be wanted for 5m without a break before they are taken.')
    expect(down).toContain('Frozen: still is true and freezes it.')
    expect(down).toContain('RuleConflict: Rules disagree; night sets a bound that the others cannot pass.')
  })

  it('is Markdown', async () => {
    await expect(pageMarkdown(pageOf(everything))).toMatchFileSnapshot('golden/everything.md')
  })

  it('keeps what is written from being markup', () => {
    const sly = bundleOf('/// <script>alert(1)</script> *bold* | [x](y)\nsly: scale deployment/"<b>" +1 when span("<i>&amp;"/"`a`").p99 > 1s')
    const html = pageHtml(pageOf(sly))
    expect(html).not.toMatch(/<script>alert|<b>|<i>/)
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    const markdown = pageMarkdown(pageOf(sly))
    expect(markdown).toContain('> &lt;script&gt;alert(1)&lt;/script&gt; \\*bold\\* \\| \\[x\\](y)')
    expect(markdown.replace(/```+scale[\s\S]*?```+/g, '')).not.toMatch(/<script|<b>|<i>/)
  })
})

describe('an HTML page', () => {
  const html = pageHtml(pageOf(everything))
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)

  it('fetches nothing', () => {
    expect(html).not.toMatch(/<(?:link|img|iframe)|src=|@import|url\(|https?:/)
  })
  it('links only to what it has, each once', () => {
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target)
  })
  it('opens and closes its elements in order', () => {
    const open: string[] = []
    const body = html.replace(/<script>[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>|<!doctype html>/g, '')
    for (const [, slash, name] of body.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
      if (['meta', 'br'].includes(name as string)) continue
      if (slash === '/') expect(open.pop()).toBe(name)
      else open.push(name as string)
    }
    expect(open).toEqual([])
  })
  it('has the sources, with the lines that rules point to', () => {
    expect(html).toContain('href="#source-rules-scale-19"')
    expect(html).toMatch(/id="source-rules-scale-19"><a [^>]*>19<\/a>quantile: scale deployment\/a/)
  })
})
