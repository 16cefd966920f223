/** Programs with what the lints say marked in them, and a catalog to say it against. */
import { expect } from 'vitest'
import { analyse } from '../../../src/bundle/index.ts'
import type { Catalog, Diagnostic, LintContext } from '../../../src/language/index.ts'
import { applyFix } from '../check/marked.ts'

export interface Case {
  readonly it: string
  /** The rules, of a target that has bounds; the marks stand around what is underlined. */
  readonly rules: string
  /** Code and message; none: nothing is said. */
  readonly says?: string
  readonly help?: string
  /** The rules after the fix, without marks. */
  readonly fixed?: string
  readonly context?: LintContext
}

export const target = 'target deployment/a { between 1 and 10  stable 5m before down }\n'

export function lintText(text: string, context: LintContext = {}): readonly Diagnostic[] {
  return analyse({ roots: [{ name: 'rules.scale', text }] }, context).diagnostics
}

/** Exactly one thing is said, there; and after the fix nothing is. */
export function expectCase(given: Case): void {
  const plain = target + given.rules.replace(/[«»]/g, '')
  const [found, ...others] = lintText(plain, given.context)
  const words = [...(found === undefined ? [] : [`${found.code} ${found.message}`]), ...others.map((other) => `${other.code} ${other.message}`)]
  expect(words).toEqual(given.says === undefined ? [] : [given.says])
  if (found === undefined) return
  const marked = target + given.rules
  const start = marked.indexOf('«')
  expect(plain.slice(found.range.start, found.range.end), 'underlined').toBe(marked.slice(start + 1, marked.indexOf('»')))
  expect(found.range.start).toBe(start)
  if (given.help !== undefined) expect(found.help).toBe(given.help)
  const after = found.fix === undefined ? undefined : applyFix(plain, found)
  expect(after?.slice(target.length), 'after the fix').toBe(given.fixed)
  if (after !== undefined) expect(lintText(after, given.context)).toEqual([])
}

/** A shop: frontend calls ads and cart; ads is slow to fill a window, and cart has two RPC services with a `Get`. */
export const catalog: Catalog = {
  format: 1,
  services: [
    {
      name: 'ads',
      operations: [
        { name: '/hipstershop.AdService/GetAds', kind: 'server', rate: 20 },
        { name: 'hipstershop.AdService/Rare', kind: 'server', rate: 0.5 },
        { name: 'GET /ads', kind: 'server' },
      ],
      attributes: [
        { scope: 'span', name: 'http.response.status_code', type: 'number', examples: [200, 503] },
        { scope: 'span', name: 'rpc.method', type: 'text', examples: ['GetAds'] },
        { scope: 'span', name: 'cached', type: 'boolean', examples: [true] },
        { scope: 'span', name: 'odd', type: 'mixed', examples: [1, 'one'] },
        { scope: 'resource', name: 'k8s.pod.name', type: 'text', examples: ['ads-1'] },
      ],
    },
    {
      name: 'cart',
      operations: [
        { name: 'shop.Cart/Get', kind: 'server', rate: 5 },
        { name: 'shop.Stock/Get', kind: 'server', rate: 5 },
      ],
      attributes: [],
    },
    {
      name: 'frontend',
      operations: [
        { name: 'hipstershop.AdService/GetAds', kind: 'client', rate: 20, calls: ['ads/hipstershop.AdService/GetAds'] },
        { name: 'SELECT', kind: 'client', rate: 3 },
      ],
      attributes: [],
    },
    { name: 'new', operations: [], attributes: [] },
  ],
  workloads: [
    { id: 'deployment/a', services: ['ads'] },
    { id: 'deployment/cart in shop', services: ['cart'] },
  ],
}
