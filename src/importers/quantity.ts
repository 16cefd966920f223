/** Kubernetes quantities and Go durations. */

const factors: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
}

/** `50`, `500m`, `1k`, `0.4`; undefined for anything else. */
export function quantity(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  const match = typeof value === 'string' ? /^(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(value.trim()) : null
  const factor = match === null ? undefined : factors[match[2] ?? '']
  return match === null || factor === undefined ? undefined : Number((Number(match[1]) * factor).toPrecision(12))
}

const unitSeconds: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86400, w: 604800 }

/** `400ms`, `1m30s` in seconds; a bare number is of `unit`. */
export function durationSeconds(value: unknown, unit: 'ms' | 's'): number | undefined {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value))) return Number(value) * (unitSeconds[unit] ?? 1)
  if (typeof value !== 'string' || !/^(\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h|d|w)\s*)+$/.test(value)) return undefined
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|m|h|d|w)/g)]
  return Number(parts.reduce((sum, [, number, name = '']) => sum + Number(number) * (unitSeconds[name] ?? 0), 0).toPrecision(12))
}
