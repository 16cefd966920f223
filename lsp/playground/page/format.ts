/** Numbers and times of a picture, for people. */
import type { SeriesType } from '../contract.ts'

const durations: readonly (readonly [ns: number, unit: string])[] = [
  [3600e9, 'h'],
  [60e9, 'min'],
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
]
const sizes: readonly (readonly [bytes: number, unit: string])[] = [
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
  [1, 'B'],
]

/** `1.03 s`, `45 %`, `12 /s`: three digits. */
export function quantity(value: number, type: SeriesType): string {
  switch (type) {
    case 'duration':
      return scaled(value, durations)
    case 'size':
      return scaled(value, sizes)
    case 'ratio':
      return `${digits(value * 100)} %`
    case 'rate':
      return `${digits(value)} /s`
    case 'number':
      return digits(value)
  }
}

function scaled(value: number, units: readonly (readonly [number, string])[]): string {
  const [factor, unit] = units.find(([size]) => Math.abs(value) >= size) ?? (units.at(-1) as readonly [number, string])
  return value === 0 ? '0' : `${digits(value / factor)} ${unit}`
}

function digits(value: number): string {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
}

/** Time of day, UTC, as decisions and logs say it. */
export function clock(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 19)
}

/** `1m 30s` */
export function length(seconds: number): string {
  const whole = Math.round(seconds)
  const parts = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ] as const
  const shown = parts.filter(([n]) => n > 0).map(([n, unit]) => `${n}${unit}`)
  return shown.length === 0 ? '0s' : shown.join(' ')
}

export function counted(n: number, word: string): string {
  return `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`
}

export function bytes(n: number): string {
  return scaled(n, sizes)
}
