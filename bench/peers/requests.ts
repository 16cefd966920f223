/** OTLP requests as a boutique's Collector would send them: a dozen services, some forty operations, six to eight attributes a span. */
import { type Attributes, encodeRequest, type PlainSpan, service } from '../../test/support/otlp.ts'

const services = [
  'frontend',
  'adservice',
  'cartservice',
  'checkoutservice',
  'currencyservice',
  'emailservice',
  'paymentservice',
  'productcatalogservice',
  'recommendationservice',
  'shippingservice',
]
const methods = ['GetAds', 'GetCart', 'AddItem', 'PlaceOrder', 'Convert', 'Charge', 'ListProducts', 'ListRecommendations', 'GetQuote']

/** `count` requests of `spansEach` spans, always the same ones. */
export function requests(count: number, spansEach: number): Uint8Array[] {
  const random = generator(7)
  return Array.from({ length: count }, (_, r) => {
    const perService = services.map((name, s) => {
      const from = Math.floor((spansEach * s) / services.length)
      const to = Math.floor((spansEach * (s + 1)) / services.length)
      const spans = Array.from({ length: to - from }, (_, i) => span(random, r * spansEach + from + i, name))
      return service(name, spans, { 'k8s.namespace.name': 'boutique', 'k8s.pod.name': `${name}-5d8f7c9b4-x2x${s}`, 'telemetry.sdk.language': 'go' })
    })
    return encodeRequest(perService)
  })
}

function span(random: () => number, i: number, serviceName: string): PlainSpan {
  const method = methods[Math.floor(random() * methods.length)] as string
  const start = 1_700_000_000_000_000_000n + BigInt(i) * 400_000n
  return {
    traceId: hex(random, 16),
    spanId: hex(random, 8),
    ...(random() < 0.9 ? { parentSpanId: hex(random, 8) } : {}),
    name: `hipstershop.${method.slice(3)}Service/${method}`,
    kind: random() < 0.5 ? 2 : 3,
    start,
    end: start + BigInt(Math.floor(random() * 50_000_000)),
    status: random() < 0.02 ? 2 : 0,
    attributes: attributesOf(random, method, serviceName),
    flags: 0x101,
  }
}

function attributesOf(random: () => number, method: string, serviceName: string): Attributes {
  return {
    'rpc.system': 'grpc',
    'rpc.service': `hipstershop.${method.slice(3)}Service`,
    'rpc.method': method,
    'http.response.status_code': random() < 0.02 ? 500n : 200n,
    'server.address': `${serviceName}.boutique.svc`,
    'server.port': 8080n,
    'network.peer.address': `10.0.3.${Math.floor(random() * 250)}`,
  }
}

function hex(random: () => number, bytes: number): string {
  return Array.from({ length: bytes }, () =>
    Math.floor(1 + random() * 255)
      .toString(16)
      .padStart(2, '0'),
  ).join('')
}

/** Mulberry32: small, seeded, good enough for a load. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
