import { describe, expect, it } from 'vitest'
import type { CheckedCondition } from '../../../src/language/index.ts'
import { printComparison, printDuration, printRate, printRatio, printSelector, printSize } from '../../../src/language/index.ts'
import { checkText } from './marked.ts'

describe('printed quantities', () => {
  const table: readonly [string, string][] = [
    [printDuration(0), '0s'],
    [printDuration(250e3), '250us'],
    [printDuration(400e6), '400ms'],
    [printDuration(1.5e9), '1.5s'],
    [printDuration(90e9), '1m30s'],
    [printDuration(600e9), '10m'],
    [printDuration(3600e9), '1h'],
    [printDuration(86_400e9), '24h'],
    [printDuration(61.25e9), '1m1s250ms'],
    [printDuration(7), '7ns'],
    [printDuration(-2e9), '-2s'],
    [printRatio(0.05), '5%'],
    [printRatio(0.999), '99.9%'],
    [printRatio(0.29), '29%'],
    [printRate(50), '50/s'],
    [printRate(1 / 60), '1/min'],
    [printSize(512 * 2 ** 20), '512MiB'],
    [printSize(1000), '1000B'],
    [printSize(1.5 * 2 ** 30), '1.5GiB'],
  ]
  for (const [printed, expected] of table) it(expected, () => expect(printed).toBe(expected))
})

/** The comparison, or the selector, of a rule's only condition. */
function printed(condition: CheckedCondition | undefined): string {
  switch (condition?.kind) {
    case 'compare':
      return printComparison(condition, 5e9)
    case 'absent':
      return `absent(${printSelector(condition.selector)}) for ${printDuration(condition.ns)}`
    case 'spans':
      return `${condition.text} ${condition.count} times in ${printDuration(condition.withinNs)}`
    default:
      return String(condition?.kind)
  }
}

describe('printed conditions', () => {
  const conditions = [
    'span(adservice/GetAds).p99 > 400ms',
    'span("a b"/"GET /cart").quantile(99.5%) over 1m < 1m30s',
    'span(ads where kind == client and duration > 1s).count >= 3',
    'span(ads where kind != client).errors >= 3',
    'span(ads where kind in ("client", "producer")).errors >= 3',
    'span(ads where (kind == client or status == error) and not (a.b == "x\\"y" and has c)).rate > 1/min',
    'span(ads where not a.b in (1, 2) and status in ("ok", "error") and resource.x matches "y*").error_rate > 5%',
    'span(redis/GET under shop/Pay child of web/Home where depth > 2).mean > 5ms',
    '(span(a).p50 + 20ms) / 2 > span(b).p99 - (span(a).p50 - 20ms)',
    'span(a).count / (span(b).count / span(c).count) * 2 > 5',
    'max(span(a).self.p99, 20% * span(a).own.max) > 100ms',
    'metric("up{a=\\"b\\"}", unit 1ms) > forecast(span(ads).apdex(250ms) * 1s, in 5m)',
    'replicas(deployment/a) > ready(nomad:web/api in prod)',
    'absent(span(ads where a == true)) for 10m',
    'span(ads where a == 1).self > 400ms 5 times in 60s',
    'span(ads).status == error 5 times in 60s',
    'span("Größe"/"-a").p99 > 1s',
    'span("9-a"/"a-").p99 over 1m > 1s',
    'span(a*/x.Ad*).p99 + span("a/"/3scale).p99 > 1s',
  ]
  for (const condition of conditions)
    it(`read back the same: ${condition}`, () => {
      const first = checkText(`r: scale deployment/x +1 when ${condition}`)
      expect(first.diagnostics.filter((d) => d.severity === 'error')).toEqual([])
      const text = printed(first.program.rules[0]?.condition)
      const second = checkText(`r: scale deployment/x +1 when ${text}`)
      expect(printed(second.program.rules[0]?.condition)).toBe(text)
      expect(withoutRanges(second.program.rules[0]?.condition)).toEqual(withoutRanges(first.program.rules[0]?.condition))
    })

  it('as they were written, where that is the canonical form', () => {
    for (const condition of conditions.slice(0, 5)) {
      const { program } = checkText(`r: scale deployment/x +1 when ${condition}`)
      expect(printed(program.rules[0]?.condition)).toBe(condition)
    }
  })
})

function withoutRanges(condition: CheckedCondition | undefined): unknown {
  return JSON.parse(JSON.stringify(condition ?? null, (key, value: unknown) => (key === 'range' ? undefined : value)))
}
