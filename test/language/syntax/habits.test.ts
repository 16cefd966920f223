/** Conditions as other languages have them: the codes that are said, and what the fixes make of them. */
import { describe, expect, it } from 'vitest'
import { parse } from '../../../src/language/index.ts'
import { fixed } from './support.ts'

type Habit = readonly [written: string, codes: string, ours: string]

const habits: Readonly<Record<string, readonly Habit[]>> = {
  PromQL: [
    ['rate(span(ads/Get)[5m]) > 5/s', 'SC1029', 'span(ads/Get).rate over 5m > 5/s'],
    ['rate(http_requests_total{job="ads"}[5m]) > 5', 'SC1046', 'metric("rate(http_requests_total{job=\\"ads\\"}[5m])") > 5'],
    [
      'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{service="ads"}[5m]))) > 400ms',
      'SC1046',
      'metric("histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{service=\\"ads\\"}[5m])))", unit 1s) > 400ms',
    ],
    ['histogram_quantile(0.95, span(ads/Get)) > 400ms', 'SC1029', 'span(ads/Get).p95 > 400ms'],
    ['sum(rate(http_requests_total[5m])) by (pod) > 5', 'SC1046', 'metric("sum(rate(http_requests_total[5m])) by (pod)") > 5'],
    ['sum by (pod) (rate(http_requests_total[5m])) > 5', 'SC1046', 'metric("sum by (pod) (rate(http_requests_total[5m]))") > 5'],
    ['http_requests_total{job="ads"} > 5', 'SC1046', 'metric("http_requests_total{job=\\"ads\\"}") > 5'],
    ['span(ads/Get).count by (pod) > 5', 'SC1030', 'span(ads/Get).count > 5'],
    ['p99(ads/Get) > 400ms', 'SC1029', 'span(ads/Get).p99 > 400ms'],
    ['rate(ads/hipstershop.Ads/Get[5m]) > 5/s', 'SC1029', 'span(ads/hipstershop.Ads/Get).rate over 5m > 5/s'],
    ['sum(errors_total/calls_total) > 5', 'SC1046', 'metric("sum(errors_total/calls_total)") > 5'],
    ['p99(ads) > 400ms', 'SC1015', 'p99(ads) > 400ms'],
    ['p99(span(ads/Get)) > 400ms', 'SC1029', 'span(ads/Get).p99 > 400ms'],
    ['p99(span(ads/Get).duration) > 400ms and avg(span(ads/Get).self) > 1s', 'SC1029 SC1029', 'span(ads/Get).p99 > 400ms and span(ads/Get).self.mean > 1s'],
    ['avg_over_time(span(ads/Get)[5m]) > 400ms', 'SC1029', 'span(ads/Get).mean over 5m > 400ms'],
    ['max by (pod) (rate(x_total[5m])) > 5', 'SC1046', 'metric("max by (pod) (rate(x_total[5m]))") > 5'],
    ['quantile(0.95, span(ads/Get).self) > 400ms', 'SC1029', 'span(ads/Get).self.p95 > 400ms'],
    ['count(span(ads/Get)) > 5', 'SC1029', 'span(ads/Get).count > 5'],
    ['up{job="ads"}[5m] < 1', 'SC1046', 'metric("up{job=\\"ads\\"}[5m]") < 1'],
  ],
  TraceQL: [
    [
      '{ resource.service.name = "ads" && name = "GetAds" && duration > 400ms } | count() > 3',
      'SC1031 SC1033',
      'span(ads/GetAds where duration > 400ms).count > 3',
    ],
    ['{ .service.name = "ads" && span.http.status_code >= 500 } | rate() > 5/s', 'SC1031 SC1033', 'span(ads where http.status_code >= 500).rate > 5/s'],
    ['span{service="ads"}.p99 > 1s', 'SC1031', 'span(ads).p99 > 1s'],
    ['span(service="ads", name="GetAds").p99 > 1s', 'SC1032', 'span(ads/GetAds).p99 > 1s'],
    ['span(ads, GetAds).p99 > 1s', 'SC1041', 'span(ads/GetAds).p99 > 1s'],
    ['span(ads/Get) | quantile_over_time(duration, .99) > 400ms', 'SC1033', 'span(ads/Get).p99 > 400ms'],
    ['span(ads/Get) | p99 > 400ms', 'SC1033', 'span(ads/Get).p99 > 400ms'],
    ['span(ads/Get where name =~ "Get.*").count > 3', 'SC1034', 'span(ads/Get where name matches "Get*").count > 3'],
    [
      'span(ads/Get where name !~ "Get.*" and rpc.method =~ "Get|Put").count > 3',
      'SC1034 SC1034',
      'span(ads/Get where not name matches "Get*" and rpc.method in ("Get", "Put")).count > 3',
    ],
    ['span(ads/Get) | avg(duration) > 400ms', 'SC1033', 'span(ads/Get).mean > 400ms'],
    ['{ name = "GetAds" }.count > 5 // all services', 'SC1031', 'span(*/GetAds).count > 5 // all services'],
    ['span(ads/Get where status == error and name =~ "^Get.+$").count > 5', 'SC1034', 'span(ads/Get where status == error and name matches "Get*").count > 5'],
  ],
  'SQL and prose': [
    [
      'span(ads/Get where rpc.method like "Get%" or rpc.method not in ("a", "b")).count > 3',
      'SC1012 SC1044',
      'span(ads/Get where rpc.method matches "Get*" or not rpc.method in ("a", "b")).count > 3',
    ],
    [
      'span(ads/Get where rpc.method contains "Get", status == error).count > 3',
      'SC1012 SC1003',
      'span(ads/Get where rpc.method matches "*Get*" and status == error).count > 3',
    ],
    ['span(ads/Get).p99 above 400ms', 'SC1012', 'span(ads/Get).p99 > 400ms'],
    ['span(ads/Get).p99 is greater than 400ms for the last 5m', 'SC1012 SC1013', 'span(ads/Get).p99 > 400ms for 5m'],
    ['span(ads/Get).p99% > 1s', 'SC1013', 'span(ads/Get).p99 > 1s'],
    ['span(ads/Get).p99 > 400ms 5 times within 60s', 'SC1003', 'span(ads/Get).p99 > 400ms 5 times in 60s'],
    ['span(ads/Get).p99 > 400ms for at least 5m', 'SC1013', 'span(ads/Get).p99 > 400ms for 5m'],
    ['span(ads/Get).p99 >= 400ms # as agreed', 'SC1045', 'span(ads/Get).p99 >= 400ms // as agreed'],
    ['span(ads/Get).p99 > 400ms /* as agreed */', 'SC1045', 'span(ads/Get).p99 > 400ms // as agreed'],
    ['span(ads/Get).p99 > 400ms /* § as agreed */ for 1m', 'SC1045', 'span(ads/Get).p99 > 400ms // § as agreed\n  for 1m'],
    ['span(ads/Get).p99 > 400ms 5 times per 60s', 'SC1003', 'span(ads/Get).p99 > 400ms 5 times in 60s'],
    [
      'span(ads where rpc.method startswith "Get" or rpc.method endswith "Ads").count > 5',
      'SC1012 SC1012',
      'span(ads where rpc.method matches "Get*" or rpc.method matches "*Ads").count > 5',
    ],
    ['span(ads/Get.p99 > 400ms', 'SC1001', 'span(ads/Get).p99 > 400ms'],
    ['span(ads.rate > 5/s', 'SC1001', 'span(ads).rate > 5/s'],
    ['span(ads/Get*.self.p95 over 1m > 1s', 'SC1001', 'span(ads/Get*).self.p95 over 1m > 1s'],
    ['span(ads/Get where status == error.count over 1m > 5', 'SC1001', 'span(ads/Get where status == error).count over 1m > 5'],
    ['span(ads/Get.quantile(99.5%) > 1s', 'SC1001', 'span(ads/Get).quantile(99.5%) > 1s'],
    ['span(ads/v1.Get > 1s', 'SC1001', 'span(ads/v1.Get) > 1s'],
    ['span(ads/Get).p99 === 5ms', 'SC1012', 'span(ads/Get).p99 == 5ms'],
  ],
  'numbers and units': [
    ['span(ads/Get).p99 > .4', 'SC1042', 'span(ads/Get).p99 > 0.4'],
    [
      'span(ads/Get).rate > 50 rps and span(ads/Get).rate > 50 per second and span(ads/Get).rate > 50rps',
      'SC1007 SC1008 SC1008',
      'span(ads/Get).rate > 50/s and span(ads/Get).rate > 50/s and span(ads/Get).rate > 50/s',
    ],
    ['span(ads/Get).rate > 50 requests per second', 'SC1008', 'span(ads/Get).rate > 50/s'],
    ['span(ads/Get).count > 10k', 'SC1042', 'span(ads/Get).count > 10000'],
    ['span(ads/Get).count > 1,000', 'SC1042', 'span(ads/Get).count > 1000'],
    ['span(ads/Get).99% > 1s', 'SC1043', 'span(ads/Get).p99 > 1s'],
    ['span(ads/Get).p99 > 400ms for 5 minutes', 'SC1007', 'span(ads/Get).p99 > 400ms for 5m'],
    ['span(ads/Get).errorRate > 5 %', 'SC1007', 'span(ads/Get).errorRate > 5%'],
    ['span(ads/Get).rate > 50 req/s', 'SC1008', 'span(ads/Get).rate > 50/s'],
  ],
}

const rule = (condition: string): string => `scale deployment/x +2 when ${condition}`

/** One fix after the other, as in an editor: a fix may make room for the next. */
function mended(text: string): { readonly text: string; readonly codes: readonly string[] } {
  const codes: string[] = []
  for (let now = text; ; ) {
    const { diagnostics } = parse({ name: 'x', text: now })
    const next = diagnostics.find(({ fix }) => fix !== undefined)
    if (next === undefined || codes.length > 20) return { text: now, codes: [...codes, ...diagnostics.map(({ code }) => code)] }
    codes.push(next.code)
    now = fixed(now, [next])
  }
}

describe('habits', () => {
  for (const [language, all] of Object.entries(habits))
    describe(language, () => {
      it.each(all)('%s', (written, codes, ours) => {
        expect(mended(rule(written))).toEqual({ text: rule(ours), codes: codes.split(' ') })
      })
    })

  const declarations: readonly Habit[] = [
    ['if span(ads/Get).p99 > 400ms then scale deployment/ads +2', 'SC1038', 'scale deployment/ads +2 when span(ads/Get).p99 > 400ms'],
    ['if span(ads/Get).p99 > 400ms:\n  scale deployment/ads +2', 'SC1038', 'scale deployment/ads +2 when span(ads/Get).p99 > 400ms'],
    [
      'target deployment/ads { between 1 and 10 }\nwhen span(ads/Get).p99 > 400ms scale up deployment/ads by 2',
      'SC1038 SC1039',
      'target deployment/ads { between 1 and 10 }\nscale deployment/ads +2 when span(ads/Get).p99 > 400ms',
    ],
    ['scale up deployment/ads by 2 when span(ads/Get).p99 > 400ms', 'SC1039', 'scale deployment/ads +2 when span(ads/Get).p99 > 400ms'],
    [
      'ads: scale down ads by 1 replica if span(ads/Get).p99 < 100ms for 10m',
      'SC1039 SC1019 SC1003',
      'ads: scale deployment/ads -1 when span(ads/Get).p99 < 100ms for 10m',
    ],
    ['scale deployment adservice +2 when span(ads/Get).p99 > 400ms', 'SC1041', 'scale deployment/adservice +2 when span(ads/Get).p99 > 400ms'],
    ['scale deployment/ads by 2 when span(ads/Get).p99 > 400ms', 'SC1040', 'scale deployment/ads +2 when span(ads/Get).p99 > 400ms'],
    ['scale deployment/ads +2 replicas when span(ads/Get).p99 > 400ms', 'SC1013', 'scale deployment/ads +2 when span(ads/Get).p99 > 400ms'],
    ['scale deployment/ads double when span(ads/Get).p99 > 400ms', 'SC1040', 'scale deployment/ads +100% when span(ads/Get).p99 > 400ms'],
    ['scale deployment/ads replicas: 3 when span(ads/Get).p99 > 400ms', 'SC1035', 'scale deployment/ads to 3 when span(ads/Get).p99 > 400ms'],
    ['scale deployment/ads to 4 pods when span(ads/Get).p99 > 400ms', 'SC1013', 'scale deployment/ads to 4 when span(ads/Get).p99 > 400ms'],
    [
      'target deployment/ads {\n  minReplicas: 1\n  maxReplicas: 10\n  stabilizationWindowSeconds: 300\n  cooldownPeriod: 60\n}',
      'SC1035 SC1035 SC1035',
      'target deployment/ads {\n  between 1 and 10\n  stable 5m before down\n  cooldown 1m\n}',
    ],
    ['target deployment/ads { minReplicas: 2, maxReplicas: 8, }', 'SC1035', 'target deployment/ads { between 2 and 8 }'],
    ['target deployment/ads { min 1 max 10 }', 'SC1035', 'target deployment/ads { between 1 and 10 }'],
    ['target deployment/ads { replicas: 3 }', 'SC1035', 'target deployment/ads { between 3 and 3 }'],
    ['target deployment/ads { replicas 1-10 }', 'SC1035', 'target deployment/ads { between 1 and 10 }'],
    ['target deployment/ads { replicas: 1 to 10, cooldown 1m }', 'SC1035', 'target deployment/ads { between 1 and 10 cooldown 1m }'],
    ['target deployment/ads { replicas = 2..8 }', 'SC1035', 'target deployment/ads { between 2 and 8 }'],
    ['target deployment/ads { replicas: 1, 10 }', 'SC1035', 'target deployment/ads { between 1 and 10 }'],
    ['target deployment/ads { replicas: 3, cooldown 1m }', 'SC1035', 'target deployment/ads { between 3 and 3 cooldown 1m }'],
    ['target deployment/ads { replicas between 1 and 10 }', 'SC1035', 'target deployment/ads { between 1 and 10 }'],
    ['scale deployment/ads replicas 1-10 when a > b', 'SC1001', 'scale deployment/ads replicas 1-10 when a > b'],
    ['target deployment/ads { between 1 to 10 }', 'SC1003', 'target deployment/ads { between 1 and 10 }'],
    ['target deployment/ads { between 1-10 }', 'SC1003', 'target deployment/ads { between 1 and 10 }'],
    ['target deployment/ads { between 1, 10 }', 'SC1003', 'target deployment/ads { between 1 and 10 }'],
    ['target deployment ads { between 1 and 10 }', 'SC1041', 'target deployment/ads { between 1 and 10 }'],
    ['const slow = 400ms', 'SC1003', 'let slow = 400ms'],
    ['let slow: 400ms', 'SC1003', 'let slow = 400ms'],
    ['let slow := 400ms', 'SC1003', 'let slow = 400ms'],
    ['# limits\ntarget deployment/ads { between 1 and 10 }', 'SC1045', '// limits\ntarget deployment/ads { between 1 and 10 }'],
    ['/* limits */\ntarget deployment/ads { between 1 and 10 }', 'SC1045', '// limits\ntarget deployment/ads { between 1 and 10 }'],
    [
      '/**\n * Limits of ads,\n * as agreed: 1-10.\n */\ntarget deployment/ads { between 1 and 10 }',
      'SC1045',
      '/// Limits of ads,\n/// as agreed: 1-10.\ntarget deployment/ads { between 1 and 10 }',
    ],
    ['target deployment/ads {\n  /* few */ between 1 and 10\n}', 'SC1045', 'target deployment/ads {\n  // few\n  between 1 and 10\n}'],
    ['target deployment/ads { between 1 and 10 } /* few */\nlet x = 1', 'SC1045', 'target deployment/ads { between 1 and 10 } // few\nlet x = 1'],
    ['scale deployment/ads +2 when a > b /* so\nsaid they */ for 1m', 'SC1045', 'scale deployment/ads +2 when a > b // so\n// said they\n  for 1m'],
    ['include "limits.scale"', 'SC1003', 'import "limits.scale"'],
    ['target deployment/ads {\n  between 1 and 10\n  pollingInterval: 30\n}', 'SC1035', 'target deployment/ads {\n  between 1 and 10\n  every 30s\n}'],
    [
      'scale deployment/ads +2 when span(ads/Get).p99 > 400ms every: 10s, cooldown: 60',
      'SC1013 SC1013 SC1013',
      'scale deployment/ads +2 when span(ads/Get).p99 > 400ms every 10s cooldown 60',
    ],
    ['rule ads: scale deployment/ads +2 when a > b', 'SC1047', 'ads: scale deployment/ads +2 when a > b'],
    ['rule ads slow: freeze deployment/ads when a > b', 'SC1047', 'ads-slow: freeze deployment/ads when a > b'],
    ['let x = 1\nads slow: scale deployment/ads +2 when a > b', 'SC1047', 'let x = 1\nads-slow: scale deployment/ads +2 when a > b'],
    ['foo\nads: scale deployment/ads +2 when a > b', 'SC1016', 'foo\nads: scale deployment/ads +2 when a > b'],
    ['"ads slow": scale deployment/ads +2 when span(ads/Get).p99 > 400ms', 'SC1047', 'ads-slow: scale deployment/ads +2 when span(ads/Get).p99 > 400ms'],
    [
      'scale deployment/ads +2 when span(ads/Get).p99 > 400ms {\n  cooldown 60s\n}',
      'SC1048',
      'scale deployment/ads +2 when span(ads/Get).p99 > 400ms\n  cooldown 60s',
    ],
    ['scale up ads by 2 if a > b', 'SC1039 SC1019 SC1003', 'scale deployment/ads +2 when a > b'],
    ['when a > b: x: scale deployment/a +1', 'SC1038', 'x: scale deployment/a +1 when a > b'],
    ['if a > b do freeze deployment/a down', 'SC1038', 'freeze deployment/a down when a > b'],
    ['scale deployment/ads add 2 pods when a > b', 'SC1040', 'scale deployment/ads +2 when a > b'],
    ['ads: scale deployment adservice up by 2 when a > b', 'SC1041 SC1040', 'ads: scale deployment/adservice +2 when a > b'],
    ['scale deployment/ads halve when a > b', 'SC1040', 'scale deployment/ads -50% when a > b'],
    ['target deployment/ads { between 2 .. 8 }', 'SC1003', 'target deployment/ads { between 2 and 8 }'],
    ['target deployment/ads { maxReplicas = 20; minReplicas = 2 }', 'SC1035', 'target deployment/ads { between 2 and 20 }'],
    ['target deployment/ads { maxReplicas: 6 }', 'SC1035', 'target deployment/ads { between 1 and 6 }'],
    ['use "limits.scale"', 'SC1003', 'import "limits.scale"'],
    ['pause deployment/ads when a > b', 'SC1003', 'freeze deployment/ads when a > b'],
    ['statefulset: scale statefulset db +1 when a > b', 'SC1041', 'statefulset: scale statefulset/db +1 when a > b'],
  ]
  const statements: readonly Habit[] = [
    ['load span(ads/Get) at 20/s taking 600ms for 1m', 'SC1003', 'load span(ads/Get) at 20/s taking 600ms from 0s to 1m'],
    ['load span(ads/Get) at 20/s taking 600ms ± 5% until 1m', 'SC1003', 'load span(ads/Get) at 20/s taking 600ms ± 5% from 0s to 1m'],
    ['load span(ads/Get) at 20/s for 1m taking 600ms', 'SC1003', 'load span(ads/Get) at 20/s taking 600ms from 0s to 1m'],
    ['expect deployment/ads = 4 at 1m', 'SC1003 SC1003', 'expect deployment/ads at 4 by 1m'],
    ['expect deployment/ads == 4 by 1m', 'SC1003', 'expect deployment/ads at 4 by 1m'],
    ['expect deployment/ads to be 4 within 1m', 'SC1003 SC1003', 'expect deployment/ads at 4 by 1m'],
    ['expect deployment/ads at 4 at 1m', 'SC1003', 'expect deployment/ads at 4 by 1m'],
    ['given deployment/ads = 2', 'SC1003', 'given deployment/ads at 2'],
    ['load span(ads/Get) at 20/s taking 600ms expect no action', 'SC1001 SC1001 SC1001', 'load span(ads/Get) at 20/s taking 600ms expect no action'],
  ]
  it.each(statements)('%s', (written, codes, ours) => {
    const inTest = (statement: string): string => `test "x" {\n  ${statement}\n}`
    expect(mended(inTest(written))).toEqual({ text: inTest(ours), codes: codes.split(' ') })
  })

  it.each(declarations)('%s', (written, codes, ours) => {
    expect(mended(written)).toEqual({ text: ours, codes: codes.split(' ') })
  })

  it('of regular expressions that no pattern is equal to have no fix', () => {
    for (const expression of ['G[eo]t', 'a{2}', '(a|b)c', 'x?']) {
      const { diagnostics } = parse({ name: 'x', text: rule(`span(ads where name =~ "${expression}").count > 5`) })
      expect(diagnostics.map(({ code, fix }) => [code, fix])).toEqual([['SC1034', undefined]])
    }
  })
})
