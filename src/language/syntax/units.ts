/** Spellings of units: those of other languages, and ours. */
import type { TokenType } from 'chevrotain'
import { DurationToken, RateToken, RatioToken, SizeToken } from './tokens.ts'

const durations: Readonly<Record<string, string>> = {
  ...{ ns: 'ns', nanos: 'ns', nanoseconds: 'ns', us: 'us', micros: 'us', microseconds: 'us' },
  ...{ ms: 'ms', msec: 'ms', msecs: 'ms', millis: 'ms', millisecond: 'ms', milliseconds: 'ms' },
  ...{ s: 's', sec: 's', secs: 's', second: 's', seconds: 's' },
  ...{ m: 'm', min: 'm', mins: 'm', minute: 'm', minutes: 'm' },
  ...{ h: 'h', hr: 'h', hrs: 'h', hour: 'h', hours: 'h', d: 'd', day: 'd', days: 'd' },
}

const sizes: Readonly<Record<string, string>> = {
  ...{ b: 'B', byte: 'B', bytes: 'B', kb: 'kB', mb: 'MB', gb: 'GB', tb: 'TB' },
  ...{ ki: 'KiB', mi: 'MiB', gi: 'GiB', ti: 'TiB', kib: 'KiB', mib: 'MiB', gib: 'GiB', tib: 'TiB' },
}

const rates: Readonly<Record<string, string>> = {
  ...{ rps: '/s', qps: '/s', tps: '/s', ops: '/s', hz: '/s', rpm: '/min', qpm: '/min' },
}

/** `__proto__` and the like are no units. */
function lookUp(units: Readonly<Record<string, string>>, word: string): string | undefined {
  return Object.hasOwn(units, word) ? units[word] : undefined
}

/** The unit that a word behind a number means, and what it makes of the number. */
export function unitOf(word: string): { readonly text: string; readonly type: TokenType } | undefined {
  if (word === '%') return { text: '%', type: RatioToken }
  const lower = word.toLowerCase()
  const duration = lookUp(durations, lower)
  if (duration !== undefined) return { text: duration, type: DurationToken }
  const rate = lookUp(rates, lower)
  if (rate !== undefined) return { text: rate, type: RateToken }
  const size = lookUp(sizes, lower)
  return size === undefined ? undefined : { text: size, type: SizeToken }
}

/** The unit that a word behind `/` means. */
export function rateUnitOf(word: string): 's' | 'min' | 'h' | undefined {
  const unit = lookUp(durations, word.toLowerCase())
  return unit === 'm' ? 'min' : unit === 's' || unit === 'h' ? unit : undefined
}
