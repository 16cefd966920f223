/** Lints against the catalog. */
import { describe, it } from 'vitest'
import type { Catalog, LintContext } from '../../../src/language/index.ts'
import { type Case, catalog, expectCase } from './marked.ts'

const rule = (condition: string, more = ''): string => `r: scale deployment/a +1 when ${condition}${more}`
const withCatalog = (cases: readonly Case[], more: LintContext = {}): readonly Case[] => cases.map((c) => ({ context: { catalog, ...more }, ...c }))

const names = withCatalog([
  { it: 'names that there are', rules: rule('span(ads/GetAds).p95 > 1s and span(ads/"GET /ads").rate > 1/s and span(cart).rate > 1/s') },
  {
    it: 'a misspelt service',
    rules: rule('span(«adds»/GetAds).rate > 1/s'),
    says: 'SC4201 the catalog has no service `adds`: did you mean ads?',
    fixed: rule('span(ads/GetAds).rate > 1/s'),
  },
  { it: 'a service that is nothing like any', rules: rule('span(«warehouse»).rate > 1/s'), says: 'SC4201 the catalog has no service `warehouse`' },
  {
    it: 'an operation within the quotes of its service',
    rules: rule('span(«"ads/GetAds"»).rate > 1/s'),
    says: 'SC4201 the catalog has no service `"ads/GetAds"`: did you mean ads/GetAds?',
    fixed: rule('span(ads/GetAds).rate > 1/s'),
  },
  {
    it: 'a route within the quotes of its service',
    rules: rule('span(«"ads/GET /ads"»).rate > 1/s'),
    says: 'SC4201 the catalog has no service `"ads/GET /ads"`: did you mean ads/"GET /ads"?',
    fixed: rule('span(ads/"GET /ads").rate > 1/s'),
  },
  {
    it: 'a slash within quotes before which there is no service',
    rules: rule('span(«"shops/Pay"»).rate > 1/s'),
    says: 'SC4201 the catalog has no service `shops/Pay`',
  },
  {
    it: 'an operation without its service',
    rules: rule('span(«GetAds»).rate > 1/s'),
    says: 'SC4201 the catalog has no service `GetAds`: did you mean ads/GetAds?',
    fixed: rule('span(ads/GetAds).rate > 1/s'),
  },
  {
    it: 'a route without its service',
    rules: rule('span(«"GET /ads"»).rate > 1/s'),
    says: 'SC4201 the catalog has no service `"GET /ads"`: did you mean ads/"GET /ads"?',
    fixed: rule('span(ads/"GET /ads").rate > 1/s'),
  },
  {
    it: 'an operation behind a point',
    rules: rule('span(«ads.GetAds»).rate > 1/s'),
    says: 'SC4201 the catalog has no service `ads.GetAds`: did you mean ads/GetAds?',
    fixed: rule('span(ads/GetAds).rate > 1/s'),
  },
  { it: 'a pattern of services', rules: rule('span(«ware*»).rate > 1/s'), says: 'SC4201 the catalog has no service `ware*`' },
  {
    it: 'a misspelt ancestor',
    rules: rule('span(ads/GetAds under «catr»).rate > 1/s'),
    says: 'SC4201 the catalog has no service `catr`: did you mean cart?',
    fixed: rule('span(ads/GetAds under cart).rate > 1/s'),
  },
  {
    it: 'a misspelt operation',
    rules: rule('span(ads/«GetAdds»).rate > 1/s'),
    says: 'SC4202 `ads` has no operation `GetAdds` in the catalog: did you mean GetAds?',
    fixed: rule('span(ads/GetAds).rate > 1/s'),
  },
  {
    it: 'a misspelt route',
    rules: rule('absent(span(ads/«"GET /add"»)) for 1m'),
    says: 'SC4202 `ads` has no operation `GET /add` in the catalog: did you mean "GET /ads"?',
    fixed: rule('absent(span(ads/"GET /ads")) for 1m'),
  },
  {
    it: 'a route without its method',
    rules: rule('span(ads/«ads»).rate > 1/s'),
    says: 'SC4202 `ads` has no operation `ads` in the catalog: did you mean "GET /ads"?',
    fixed: rule('span(ads/"GET /ads").rate > 1/s'),
  },
  {
    it: 'an operation that is nothing like any',
    rules: rule('span(ads/«PlaceOrder»).rate > 1/s'),
    says: 'SC4202 `ads` has no operation `PlaceOrder` in the catalog',
    help: 'it has GetAds, Rare, "GET /ads"',
  },
  {
    it: 'an operation of a service of which nothing is known',
    rules: rule('span(«new»/Get).rate > 1/s').replace('«new»/Get', 'new/«Get»'),
    says: 'SC4202 `new` has no operation `Get` in the catalog',
    help: 'make the catalog anew',
  },
  {
    it: 'a service that only calls',
    rules: rule('span(«frontend»).rate > 1/s'),
    says: 'SC4212 the catalog has neither server nor consumer spans of `frontend`',
  },
  {
    it: 'a kind of spans that a service does not send',
    rules: rule('span(«ads» where kind == producer).rate > 1/s'),
    says: 'SC4212 the catalog has no producer spans of `ads`',
  },
  {
    it: 'a misspelt attribute',
    rules: rule('span(ads/GetAds where «rpc.metod» == "GetAds").rate > 1/s'),
    says: 'SC4203 no span of `ads` has the attribute `rpc.metod` in the catalog: did you mean rpc.method?',
    fixed: rule('span(ads/GetAds where rpc.method == "GetAds").rate > 1/s'),
  },
  {
    it: 'an attribute of the resource',
    rules: rule('span(ads where has «k8s.pod.name»).rate > 1/s'),
    says: 'SC4203 no span of `ads` has the attribute `k8s.pod.name` in the catalog: did you mean resource.k8s.pod.name?',
    fixed: rule('span(ads where has resource.k8s.pod.name).rate > 1/s'),
  },
  { it: 'an attribute of a service whose attributes nobody listed', rules: rule('span(cart where x == 1).rate > 1/s') },
  { it: 'several RPCs of one method', rules: rule('span(cart/«Get»).rate > 1/s'), says: 'SC4205 `Get` means 2 operations: Cart/Get, Stock/Get' },
  { it: 'several RPCs on purpose', rules: rule('span(cart/*Get).rate > 1/s') },
  {
    it: "a caller's name for the callee's operation",
    rules: rule('span(«frontend»/GetAds).rate > 1/s'),
    says: 'SC4206 `frontend` only calls `GetAds`, which counts towards the callee: did you mean ads/GetAds?',
    fixed: rule('span(ads/GetAds).rate > 1/s'),
  },
  {
    it: 'a call of something that sends no spans',
    rules: rule('span(«frontend»/SELECT where x == 1).rate > 1/s'),
    says: 'SC4206 `frontend` only calls `SELECT`, which counts towards the callee',
    fixed: rule('span(frontend/SELECT where kind == client and (x == 1)).rate > 1/s'),
  },
  { it: 'calls on purpose', rules: rule('span(frontend/GetAds where kind == client).rate > 1/s') },
  {
    it: 'a number as a text',
    rules: rule('span(ads where http.response.status_code == «"503"»).rate > 1/s'),
    says: 'SC4207 `http.response.status_code` is a number in the catalog, such as 200, 503, and never equal to a text',
    fixed: rule('span(ads where http.response.status_code == 503).rate > 1/s'),
  },
  {
    it: 'a text as a number, in a list',
    rules: rule('span(ads where rpc.method in ("GetAds", «7»)).rate > 1/s'),
    says: 'SC4207 `rpc.method` is a text in the catalog, such as "GetAds", and never equal to a number',
    fixed: rule('span(ads where rpc.method in ("GetAds", "7")).rate > 1/s'),
  },
  {
    it: 'a pattern of a truth value',
    rules: rule('span(ads where cached matches «"t*"»).rate > 1/s'),
    says: 'SC4207 `cached` is a truth value in the catalog, such as true, and never equal to a text',
  },
  { it: 'an attribute of several types', rules: rule('span(ads where odd == 1 or odd == "one").rate > 1/s') },
  {
    it: 'a misspelt workload',
    rules: 'defaults { between 1 and 10 }\nr: scale «deployment/carts in shop» +1 when span(cart).rate > 1/s',
    says: 'SC4204 the catalog has no workload deployment/carts in shop: did you mean deployment/cart in shop?',
    fixed: 'defaults { between 1 and 10 }\nr: scale deployment/cart in shop +1 when span(cart).rate > 1/s',
  },
])

const spans = withCatalog([
  { it: 'enough spans', rules: rule('span(ads/GetAds).p99 > 1s') },
  {
    it: 'half of what a quantile needs, so that a step has enough now and then',
    rules: rule('«span(ads/GetAds).p99» > 1s', ' every 3s'),
    says: 'SC4208 `span(ads/GetAds).p99` is just the longest of some 60 spans: 3s hold fewer than the 100 that it needs',
    help: 'write over 6s, a lower quantile, or at least 100 spans',
    fixed: rule('span(ads/GetAds).p99 > 1s', ' every 3s at least 100 spans'),
  },
  {
    it: 'far fewer than a quantile needs',
    rules: rule('2 * «span(ads/GetAds).p999» over 10s > 1s'),
    says: 'SC4208 `span(ads/GetAds).p999 over 10s` is just the longest of some 200 spans: 10s hold fewer than the 1000 that it needs',
    fixed: rule('2 * span(ads/GetAds).p999 over 50s > 1s'),
  },
  {
    it: 'a quantile that is to be held',
    rules: 'r: scale deployment/a to hold «span(ads/Rare).p90» at 1s',
    says: 'SC4208 `span(ads/Rare).p90` is just the longest of some 3 spans: 5s hold fewer than the 10 that it needs',
    fixed: 'r: scale deployment/a to hold span(ads/Rare).p90 over 20s at 1s',
  },
  { it: 'fewer, and the rule says so', rules: rule('span(ads/GetAds).p99 > 1s', ' every 3s at least 100 spans') },
  {
    it: 'a rule that asks for more than come',
    rules: rule('«span(ads/GetAds).mean» > 1s', ' at least 300 spans'),
    says: 'SC4209 `span(ads/GetAds).mean` is rarely known: it needs 300 spans, and 5s hold some 100',
    fixed: rule('span(ads/GetAds).mean over 15s > 1s', ' at least 300 spans'),
  },
  { it: 'operations whose rate is not known', rules: rule('span(ads/"GET /ads").p99 > 1s') },
  { it: 'every trace kept', rules: rule('span(ads/GetAds).own.p99 > 1s') },
])
const declared: readonly Case[] = [
  {
    it: 'a declared rate, without a catalog',
    rules: rule('«span(shop/Pay).p99» > 1s'),
    says: 'SC4208 `span(shop/Pay).p99` is just the longest of some 5 spans: 5s hold fewer than the 100 that it needs',
    fixed: rule('span(shop/Pay).p99 over 1m40s > 1s'),
    context: { rates: { 'shop/Pay': 1 } },
  },
]
const sampled = withCatalog(
  [
    {
      it: 'a quantile of few kept traces',
      rules: rule('«span(ads/GetAds).self.p99» > 1s'),
      says: 'SC4210 `span(ads/GetAds).self.p99` is taken from the 10% of traces that are kept: some 10 spans in 5s, where it needs 100',
      fixed: rule('span(ads/GetAds).self.p99 over 50s > 1s'),
    },
    { it: 'a quantile of every span', rules: rule('span(ads/GetAds).p99 > 1s') },
  ],
  { sampled: 0.1 },
)
const budget = withCatalog(
  [
    {
      it: 'more memory than is allowed',
      rules: rule('«span(ads/GetAds).p99 over 24h > 1s»'),
      says: 'SC4211 `r` may need 99 MB of memory, above the budget of 1 MB',
    },
    { it: 'less', rules: rule('span(ads/GetAds).p99 over 5m > 1s') },
  ],
  { budget: { memory: 1e6 } },
)

/** web answers with the help of ads and of a queue that mailer empties; deployment/a runs web. */
const calling: Catalog = {
  format: 1,
  services: [
    { name: 'ads', operations: [{ name: '/shop.Ads/GetAds', kind: 'server' }], attributes: [] },
    { name: 'mailer', operations: [{ name: 'send mails', kind: 'consumer', calls: ['smtp/SEND'] }], attributes: [] },
    {
      name: 'web',
      operations: [
        { name: 'GET /', kind: 'server', calls: ['ads//shop.Ads/GetAds', 'mailer/send mails'] },
        { name: 'GET /bye', kind: 'server', calls: ['mailer/send mails'] },
        { name: 'GET /all', kind: 'server', calls: ['a/A', 'b/B', 'c/C', 'd/D'] },
        { name: 'health', kind: 'server' },
      ],
      attributes: [],
    },
  ],
  workloads: [{ id: 'deployment/a', services: ['web', 'mailer'] }],
}
const slow = (value: string, callees = 'ads/GetAds'): string => `SC4213 \`${value}\` is slow whenever ${callees} is, and more of deployment/a cannot help that`
const home = 'span(web/"GET /")'
const callees = withCatalog(
  [
    {
      it: 'a quantile of an operation that waits for another service',
      rules: rule(`«${home}.p95» over 1m > 1s for 2m`),
      says: slow(`${home}.p95`),
      help: 'measure what the operation itself adds, with .own, and lower the bound to that',
      fixed: rule(`${home}.own.p95 over 1m > 1s for 2m`),
    },
    { it: 'the other way round', rules: rule(`1s < «${home}.mean»`), says: slow(`${home}.mean`), fixed: rule(`1s < ${home}.own.mean`) },
    { it: 'not fast', rules: rule(`not («${home}.duration.max» <= 1s)`), says: slow(`${home}.duration.max`), fixed: rule(`not (${home}.own.max <= 1s)`) },
    {
      it: 'a few slow spans',
      rules: rule(`«${home}.duration» > 1s 5 times in 1m`),
      says: slow(`${home}.duration`),
      fixed: rule(`${home}.own > 1s 5 times in 1m`),
    },
    { it: 'as the caller sees it', rules: rule(`«${home}.seen.p95» > 1s`), says: slow(`${home}.seen.p95`), fixed: rule(`${home}.own.p95 > 1s`) },
    { it: 'a low apdex', rules: rule(`«${home}.apdex(1s)» < 80%`), says: slow(`${home}.apdex(1s)`), fixed: rule(`${home}.own.apdex(1s) < 80%`) },
    {
      it: 'a latency that is to be held',
      rules: `r: scale deployment/a to hold «${home}.p95» at 1s`,
      says: slow(`${home}.p95`),
      fixed: `r: scale deployment/a to hold ${home}.own.p95 at 1s`,
    },
    {
      it: 'one alternative of two',
      rules: rule(`${home}.own.p90 > 1s or «${home}.p95» > 3s`),
      says: slow(`${home}.p95`),
      fixed: rule(`${home}.own.p90 > 1s or ${home}.own.p95 > 3s`),
    },
    {
      it: 'many callees',
      rules: rule('«span(web/"GET /all").p95» > 1s'),
      says: slow('span(web/"GET /all").p95', 'a/A or b/B or c/C or others'),
      fixed: rule('span(web/"GET /all").own.p95 > 1s'),
    },
    {
      it: 'a callee that the catalog does not have',
      rules: rule('«span(mailer).p95» > 1s'),
      says: slow('span(mailer).p95', 'smtp/SEND'),
      fixed: rule('span(mailer).own.p95 > 1s'),
    },
    { it: 'slow, and who is at fault', rules: rule(`${home}.p95 > 1s and ${home}.blame > 50%`) },
    { it: 'slow for a while, and who is at fault', rules: rule(`(${home}.p95 > 1s and ${home}.rate > 1/s) for 1m and ${home}.own.p95 > 300ms`) },
    { it: 'its own part', rules: rule(`${home}.own.p95 > 1s`) },
    { it: 'how many come', rules: rule(`${home}.rate > 100/s`) },
    { it: 'fast', rules: rule(`${home}.p95 < 1s`) },
    { it: 'a high apdex', rules: rule(`${home}.apdex(1s) > 80%`) },
    { it: 'nobody is called', rules: rule('span(web/health).p95 > 1s') },
    { it: 'only a consumer, which nobody waits for', rules: rule('span(web/"GET /bye").p95 > 1s') },
    { it: 'replicas that are taken away', rules: `r: scale deployment/a -1 when ${home}.p95 > 1s for 5m` },
    { it: 'a ceiling', rules: `r: scale deployment/a to at most 3 when ${home}.p95 > 1s` },
    { it: 'a freeze', rules: `r: freeze deployment/a down when ${home}.p95 > 1s` },
    {
      it: 'a workload of another service',
      rules: 'target deployment/b { between 1 and 2 }\nr: scale deployment/b +1 when span(web/"GET /").p95 > 1s',
      context: { catalog: { ...calling, workloads: [{ id: 'deployment/b', services: ['ads'] }] } },
    },
  ],
  { catalog: calling },
)

describe('names', () => it.each(names.map((c) => [c.it, c] as const))('%s', (_, c) => expectCase(c)))
describe('spans', () => it.each([...spans, ...declared, ...sampled].map((c) => [c.it, c] as const))('%s', (_, c) => expectCase(c)))
describe('cost', () => it.each(budget.map((c) => [c.it, c] as const))('%s', (_, c) => expectCase(c)))
describe('callees', () => it.each(callees.map((c) => [c.it, c] as const))('%s', (_, c) => expectCase(c)))
