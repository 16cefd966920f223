/** Functions of other languages that are statistics of spans here. */
import { quantileStat, shareOf } from './numbers.ts'

const statistics: Readonly<Record<string, string>> = {
  ...{ rate: 'rate', irate: 'rate', rps: 'rate', qps: 'rate', throughput: 'rate' },
  ...{ count: 'count', increase: 'count', delta: 'count', sum: 'count', count_over_time: 'count', sum_over_time: 'count', size: 'count' },
  ...{ avg: 'mean', avg_over_time: 'mean', mean: 'mean', average: 'mean' },
  ...{ min: 'min', min_over_time: 'min', max: 'max', max_over_time: 'max', median: 'p50' },
  ...{ errors: 'errors', error_count: 'errors', error_rate: 'error_rate', errorRate: 'error_rate', errorrate: 'error_rate' },
}

const quantiles: ReadonlySet<string> = new Set(['histogram_quantile', 'quantile', 'quantile_over_time', 'percentile', 'quantiles'])

/** Functions of PromQL, beyond those above, that a metric may be made of. */
const others: ReadonlySet<string> = new Set([
  ...['idelta', 'deriv', 'predict_linear', 'topk', 'bottomk', 'stddev', 'stdvar', 'stddev_over_time', 'stdvar_over_time', 'last_over_time'],
  ...['absent_over_time', 'present_over_time', 'changes', 'resets', 'label_replace', 'label_join', 'clamp', 'clamp_min', 'clamp_max', 'scalar'],
  ...['vector', 'abs', 'ceil', 'floor', 'round', 'sqrt', 'ln', 'log2', 'log10', 'exp', 'sort', 'sort_desc', 'group', 'count_values'],
])

/** The statistic that a function computes, with the numbers it was given: `quantile_over_time`, `["0.99"]` → `p99`. */
export function statisticOf(name: string, numbers: readonly string[]): string | undefined {
  if (/^p\d{1,4}$/.test(name)) return name
  if (quantiles.has(name)) {
    const share = numbers.map(shareOf).find((found) => found !== undefined)
    return share === undefined ? undefined : quantileStat(share)
  }
  return Object.hasOwn(statistics, name) ? statistics[name] : undefined
}

export function isQuantile(name: string): boolean {
  return quantiles.has(name) || /^p\d{1,4}$/.test(name)
}

export function isPromql(name: string): boolean {
  return quantiles.has(name) || others.has(name) || (Object.hasOwn(statistics, name) && !['errors', 'size', 'mean', 'median'].includes(name))
}

const path = /\.(?:(?:duration|self|seen|gap|own|critical)\.)?(\w+)$/

/** Where the statistic begins that stands in a name: 6, the point, of `GetAds.p99`. */
export function pathWithin(name: string): number | undefined {
  const found = path.exec(name)
  const word = found?.[1] ?? ''
  const known = /^p\d{1,4}$/.test(word) || Object.hasOwn(statistics, word) || ['quantile', 'apdex', 'blame', 'anomalies'].includes(word)
  return found !== null && known && found.index > 0 ? found.index : undefined
}
