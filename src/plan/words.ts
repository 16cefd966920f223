/** Numbers as people of the field write them. */
import type { Observed } from '../evaluate/index.ts'

const units: readonly (readonly [string, number])[] = [
  ['h', 3600e9],
  ['m', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
  ['ns', 1],
]

/** A duration in nanoseconds as the language writes it: `5m`, `1m30s`, `400ms`; measured ones to three digits, or as many as asked for. */
export function duration(ns: number, digits = 3): string {
  if (ns < 0) return `-${duration(-ns, digits)}`
  if (ns === 0) return '0s'
  if (ns >= 60e9) {
    const seconds = Math.round(ns / 1e9)
    const parts = [
      [Math.floor(seconds / 3600), 'h'],
      [Math.floor(seconds / 60) % 60, 'm'],
      [seconds % 60, 's'],
    ] as const
    return parts
      .filter(([n]) => n > 0)
      .map(([n, unit]) => `${n}${unit}`)
      .join('')
  }
  const [unit, size] = units.find(([, size]) => ns >= size) ?? (['ns', 1] as const)
  return `${significant(ns / size, digits)}${unit}`
}

/** Three significant digits, or as many as asked for; whole numbers whole. */
export function significant(n: number, digits = 3): string {
  return String(Number.isInteger(n) || Math.abs(n) >= 10 ** digits ? Math.round(n) : Number(n.toPrecision(digits)))
}

/** A value of the language's types with its unit; `unknown` with the reason where it has none. */
export function value(observed: Observed, digits = 3): string {
  if (observed.value === undefined) return observed.unknown === undefined ? 'unknown' : `unknown: ${observed.unknown}`
  switch (observed.type) {
    case 'duration':
      return duration(observed.value, digits)
    case 'ratio':
      return `${significant(observed.value * 100, digits)}%`
    case 'rate':
      return `${significant(observed.value, digits)}/s`
    case 'size':
      return `${significant(observed.value / 2 ** 20, digits)}MiB`
    default:
      return significant(observed.value, digits)
  }
}

/** The spans behind a value: `41 spans`; of a sample `40 of about 4,000 spans`, with what they are worth where that is clearly less: `…, worth 12`. */
export function spansBehind({ spans = 0, ofSpans, effectiveSpans = spans }: Observed): string {
  if (ofSpans === undefined) return `${spans} ${spans === 1 ? 'span' : 'spans'}`
  if (spans === 0) return 'no span that was kept'
  const worth = effectiveSpans < 0.9 * spans ? `, worth ${significant(effectiveSpans, 2)}` : ''
  return `${spans.toLocaleString('en')} of about ${ofSpans.toLocaleString('en')} ${ofSpans === 1 ? 'span' : 'spans'}${worth}`
}

export function replicas(n: number): string {
  return n === 1 ? '1 replica' : `${n} replicas`
}

/** `a`, `a and b`, `a, b and c`. */
export function list(names: readonly string[], word = 'and'): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`
}
