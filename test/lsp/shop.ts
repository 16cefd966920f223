/** A small shop that is known: what completion, hover and lenses say of it is easy to foresee. */
import type { Catalog, CatalogKind, CatalogOperation } from '../../src/language/index.ts'

const ms = 1e6

function operation(
  name: string,
  kind: CatalogKind,
  rate: number,
  [p50, p95, p99]: readonly [number, number, number],
  more: Partial<CatalogOperation> = {},
): CatalogOperation {
  return { name, kind, rate, errorRate: 0, p50: p50 * ms, p95: p95 * ms, p99: p99 * ms, max: 2 * p99 * ms, ...more }
}

export const shop: Catalog = {
  format: 1,
  services: [
    {
      name: 'adservice',
      operations: [
        operation('hipstershop.AdService/GetAds', 'server', 35, [80, 210, 380], { errorRate: 0.004 }),
        operation('hipstershop.AdService/ListAds', 'server', 2, [20, 40, 90]),
        operation('loadAds', 'internal', 35, [10, 20, 30]),
      ],
      attributes: [
        { scope: 'span', name: 'http.response.status_code', type: 'number', examples: [200, 404, 500] },
        { scope: 'span', name: 'rpc.method', type: 'text', examples: ['GetAds', 'ListAds'] },
        { scope: 'span', name: 'cache.hit', type: 'boolean', examples: [false, true] },
        { scope: 'resource', name: 'k8s.pod.name', type: 'text', examples: ['adservice-5d8f', 'adservice-77aa'] },
      ],
    },
    {
      name: 'cartservice',
      operations: [
        operation('hipstershop.CartService/AddItem', 'server', 12, [5, 9, 14], { calls: ['redis/GET'] }),
        operation('hipstershop.CartService/GetCart', 'server', 60, [3, 8, 12], { calls: ['redis/GET'] }),
        operation('redis/GET', 'client', 72, [1, 2, 3]),
      ],
      attributes: [],
    },
    {
      name: 'frontend',
      operations: [
        operation('GET /cart', 'server', 20, [40, 90, 160], { calls: ['cartservice/hipstershop.CartService/GetCart'] }),
        operation('GET /', 'server', 90, [60, 140, 250], { calls: ['adservice/hipstershop.AdService/GetAds'] }),
      ],
      attributes: [{ scope: 'span', name: 'http.route', type: 'text', examples: ['/', '/cart'] }],
    },
    { name: 'redis', operations: [operation('GET', 'server', 72, [0.5, 1, 2])], attributes: [] },
    { name: 'scale', operations: [], attributes: [] },
  ],
  workloads: [
    { id: 'deployment/adservice', services: ['adservice'], replicas: 3 },
    { id: 'deployment/cartservice', services: ['cartservice'], replicas: 2 },
    { id: 'deployment/frontend', services: ['frontend'], replicas: 4 },
    { id: 'statefulset/redis in data', services: ['redis'], replicas: 1 },
  ],
}

/** Another file of the project, which most texts import. */
export const shared = `let slow = 400ms
let calm = 120ms
let busy = 50/s
let few = 3
let share = 5%
let region = "eu"
target deployment/cartservice { between 1 and 10 }
cart-slow: scale deployment/cartservice +1 when span(cartservice/AddItem).p99 > slow for 1m
`
