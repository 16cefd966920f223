/** How values and types are written for people: the shortest literal of the language that reads back as the same value. */
import type { QuantityType, Type } from './program.ts'

const second = 1e9
const durationUnits = [
  ['h', 3600 * second],
  ['m', 60 * second],
  ['s', second],
  ['ms', 1e6],
  ['us', 1e3],
  ['ns', 1],
] as const

/** `400ms`, `1.5s`, `1m30s`, `10m`. */
export function printDuration(ns: number): string {
  if (ns < 0) return `-${printDuration(-ns)}`
  if (ns === 0) return '0s'
  if (ns < 60 * second) {
    const [name, size] = durationUnits.find((unit) => unit[1] <= ns) ?? durationUnits[5]
    return `${plain(ns / size)}${name}`
  }
  let rest = ns
  let text = ''
  for (const [name, size] of durationUnits) {
    const whole = Math.floor(rest / size)
    if (whole === 0) continue
    text += `${whole}${name}`
    rest -= whole * size
  }
  return text
}

/** `5%`, `99.9%`. */
export function printRatio(ratio: number): string {
  return `${plain(ratio * 100)}%`
}

/** `50/s`; `6/min` where a second has no short fraction. */
export function printRate(perSecond: number): string {
  const perMinute = perSecond * 60
  const short = plain(perSecond)
  return short.length > 5 && plain(perMinute).length < short.length ? `${plain(perMinute)}/min` : `${short}/s`
}

const sizeUnits = [
  ['TiB', 2 ** 40],
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const

/** `512MiB`, `1.5GiB`, `100B`. */
export function printSize(bytes: number): string {
  for (const [name, size] of sizeUnits) {
    const amount = bytes / size
    if (Math.abs(amount) >= 1 && plain(amount).length <= 6) return `${plain(amount)}${name}`
  }
  return `${plain(bytes)}B`
}

export function printQuantity(value: number, type: QuantityType): string {
  switch (type) {
    case 'number':
      return plain(value)
    case 'duration':
      return printDuration(value)
    case 'ratio':
      return printRatio(value)
    case 'rate':
      return printRate(value)
    case 'size':
      return printSize(value)
  }
}

/** Twelve significant digits hide what binary fractions add; never an exponent. */
export function plain(value: number): string {
  if (Number.isSafeInteger(value)) return String(value)
  const rounded = Number(value.toPrecision(12))
  const text = String(rounded)
  if (!text.includes('e')) return text
  return rounded.toFixed(Math.abs(rounded) < 1 ? 15 : 0).replace(/(\.\d*?)0+$/, '$1')
}

/** With its article: `a Duration`. */
export function typeName(type: Type): string {
  return { number: 'a Number', duration: 'a Duration', ratio: 'a Ratio', rate: 'a Rate', size: 'a Size', text: 'a text', boolean: 'a truth value' }[type]
}

/** An example literal of the type. */
export function example(type: Type): string {
  return { number: '3', duration: '400ms', ratio: '5%', rate: '100/s', size: '512MiB', text: '"text"', boolean: 'true' }[type]
}

/** What a duration is for: how long something took, or a stretch of time in which it is watched. */
export type DurationUse = 'latency' | 'period'

/**
 * The literal of type `wanted` that somebody who wrote the bare number `value` most likely means: seconds for periods, and for latencies below
 * 10 or with a fraction (the habit of PromQL), else milliseconds; percent for ratios; undefined where no guess is good.
 */
export function guess(value: number, wanted: Type, use: DurationUse = 'latency'): string | undefined {
  switch (wanted) {
    case 'duration':
      return printDuration(use === 'period' || value < 10 || !Number.isInteger(value) ? value * second : value * 1e6)
    case 'ratio':
      return value < 0 ? undefined : printRatio(value <= 1 ? value : value / 100)
    case 'rate':
      return printRate(value)
    case 'number':
      return plain(value)
    default:
      return undefined
  }
}
