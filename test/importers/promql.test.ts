import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recognise } from '../../src/importers/promql/recognise.ts'

const value = (query: string): string | undefined => recognise(query, 'web')?.value
const spans = 'traces_spanmetrics_latency_bucket{service="ads",span_name="Get"}'

describe('a query', () => {
  it.each([
    [`histogram_quantile(0.99, sum(rate(${spans}[2m])) by (le))`, 'span(ads/Get).p99 over 2m'],
    [`histogram_quantile(.95, rate(${spans}[1m]))`, undefined],
    [`histogram_quantile(0.95, rate(${spans}[1m]))`, 'span(ads/Get).p95 over 1m'],
    [`histogram_quantile(0.875, sum by (le) (rate(${spans}[33s])))`, 'span(ads/Get).quantile(87.5%) over 35s'],
    [`max(histogram_quantile(0.5, sum by (le, pod) (rate(${spans}[1h]))))`, 'span(ads/Get).p50 over 1h'],
    ['sum(rate(http_requests_total{app="shop-cart"}[5m]))', 'span(shop-cart).rate over 5m'],
    ['sum(increase(http_requests_total{job="ns/cart"}[5m]))', 'span(cart).count over 5m'],
    ['sum(rate(http_requests_total{app="cart",code=~"5.."}[5m]))', 'span(cart where status == error).rate over 5m'],
    ['sum(rate(http_requests_total[5m]))', 'span(web).rate over 5m'],
    ['sum(irate(grpc_server_handled_total{grpc_service="hipstershop.Ads",grpc_method="Get"}[1m]))', 'span(web/hipstershop.Ads/Get).rate over 1m'],
    [
      'sum(rate(calls_total{service_name="a",status_code="STATUS_CODE_ERROR"}[5m])) / sum(rate(calls_total{service_name="a"}[5m]))',
      'span(a).error_rate over 5m',
    ],
    ['rate(http_server_duration_milliseconds_sum{job="a"}[2m]) / rate(http_server_duration_milliseconds_count{job="a"}[2m])', 'span(a).mean over 2m'],
    ['sum(rate(istio_requests_total{destination_workload=~"ads-.*"}[1m]))', 'span(ads-*).rate over 1m'],
    ['sum(rate(calls_total{service="a",span_kind="SPAN_KIND_CLIENT"}[1m]))', 'span(a where kind == client).rate over 1m'],
    [
      'sum(rate(http_server_request_duration_seconds_count{job="a",http_route="/c/{id}",http_request_method="GET"}[1m]))',
      'span(a where http.route == "/c/{id}" and http.request.method == "GET").rate over 1m',
    ],
    // Not of requests, or not what spans can say.
    ['sum(rate(container_cpu_usage_seconds_total{pod=~"a.*"}[5m]))', undefined],
    ['avg(up{job="a"})', undefined],
    ['histogram_quantile(1, sum(rate(http_request_duration_seconds_bucket[5m])) by (le))', undefined],
    ['sum(rate(http_request_size_bytes_sum[5m]))', undefined],
    ['sum(rate(http_requests_total[5m] offset 1h))', undefined],
    ['sum(rate(http_requests_total{a="b}[5m]))', undefined],
    ['deriv(http_requests_total[5m])', undefined],
    ['', undefined],
  ])('%s', (query, expected) => expect(value(query)).toBe(expected))

  it('keeps its unit through multiplications', () => {
    const unit = (query: string): number | undefined => recognise(query, 'web')?.unit
    expect(unit(`histogram_quantile(0.9, rate(${spans}[1m]))`)).toBe(1)
    expect(unit(`1000 * histogram_quantile(0.9, rate(${spans}[1m]))`)).toBe(1e-3)
    expect(unit('histogram_quantile(0.9, rate(duration_milliseconds_bucket[1m])) / 1000')).toBe(1)
    expect(unit('sum(rate(http_requests_total[1m])) * 60')).toBe(1 / 60)
  })

  it('never throws', () => {
    const piece = fc.constantFrom(
      'sum',
      '(',
      ')',
      'rate',
      'x_requests_total',
      '{',
      '}',
      '[',
      '5m',
      ']',
      '"a"',
      '=',
      '/',
      'by',
      ',',
      'le',
      '0.9',
      'histogram_quantile',
      ' ',
      'or',
    )
    fc.assert(fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => void recognise(pieces.join(' '), 'web')))
    expect(recognise('('.repeat(5000), 'web')).toBeUndefined()
  })
})
