/** Kinds of configuration values. Each also reads its own text, since the environment and flags have nothing else. */
import { z } from 'zod'

/** A value that `read` accepts, with the words for one that it does not. */
function leaf<T extends string | number | boolean>(expected: string, read: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, context): T => {
    const result = read(value)
    if (result !== undefined) return result
    context.addIssue({ code: 'custom', message: `expected ${expected}, got ${value === undefined ? 'nothing' : JSON.stringify(value)}` })
    return z.NEVER
  })
}

/** A leaf whose value is written in another form than it is kept in. */
function shown<T extends z.ZodType>(show: (value: number) => string, leaf: T): T & { readonly show: (value: number) => string } {
  return Object.assign(leaf, { show })
}

export const text = (what: string) => leaf(what, (v) => (typeof v === 'string' && v !== '' ? v : undefined))

export const host = () => leaf('a host name or an address to listen on', (v) => (typeof v === 'string' && /^[\w.:-]+$/.test(v) ? v : undefined))

export const port = () => leaf('a port from 0 to 65535', (v) => whole(v, 0, 65535))

export const count = (min: number, max: number) => leaf(`a whole number from ${min} to ${max}`, (v) => whole(v, min, max))

export const boolean = () => leaf('true or false', (v) => (v === true || v === 'true' ? true : v === false || v === 'false' ? false : undefined))

export const oneOf = <T extends string>(...words: readonly [T, ...T[]]) =>
  leaf(`one of ${words.join(', ')}`, (v): T | undefined => words.find((word) => word === v))

const durationUnits: Readonly<Record<string, number>> = { us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9, d: 86400e9 }
const durationPart = /(\d+(?:\.\d+)?)(us|ms|s|m|h|d)/g

/** `400ms`, `1m30s`; in nanoseconds. */
export const duration = (sign?: 'above zero') =>
  shown(
    durationText,
    leaf(`a duration ${sign === undefined ? '' : 'above zero '}such as 500ms, 5s or 1m30s`, (v) => {
      if (typeof v !== 'string' || v === '' || v.replace(durationPart, '') !== '') return undefined
      const ns = [...v.matchAll(durationPart)].reduce((sum, [, number, unit]) => sum + Number(number) * (durationUnits[unit as string] as number), 0)
      return sign === undefined || ns > 0 ? ns : undefined
    }),
  )

/** `80%` or 0.8. */
export const share = () =>
  leaf('a share such as 80% or 0.8', (v) => {
    const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(String(v)) ?? []
    const ratio = Number(number) / (percent === '%' ? 100 : 1)
    return ratio <= 1 ? ratio : undefined
  })

/** As `share`, but not nothing. */
export const budget = () =>
  leaf('a share above zero such as 5% or 0.05', (v) => {
    const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(String(v)) ?? []
    const ratio = Number(number) / (percent === '%' ? 100 : 1)
    return ratio > 0 && ratio <= 1 ? ratio : undefined
  })

/** `http://tempo:3200`. */
export const url = (example: string) =>
  leaf(`an address such as ${example}`, (v) => (typeof v === 'string' && URL.canParse(v) && /^https?:$/.test(new URL(v).protocol) ? v : undefined))

/** `sampler-0.scaled:4319`. */
export const endpoint = () =>
  leaf('an address with a port such as scaled-sampler-0:4319', (v) => {
    const [, port] = (typeof v === 'string' && /^(?:[\w.-]+|\[[\da-fA-F:]+\]):(\d+)$/.exec(v)) || []
    return port !== undefined && whole(port, 1, 65535) !== undefined ? (v as string) : undefined
  })

const sizeUnits: Readonly<Record<string, number>> = { '': 1, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }

/** `64MiB` or a number; in bytes. */
export const bytes = () =>
  shown(
    sizeText,
    leaf('a size such as 64MiB', (v) => {
      if (typeof v === 'number') return whole(v, 1, Number.MAX_SAFE_INTEGER)
      const match = typeof v === 'string' ? /^(\d+(?:\.\d+)?) ?(B|kB|MB|GB|KiB|MiB|GiB|)$/.exec(v) : null
      const size = match === null ? 0 : Math.floor(Number(match[1]) * (sizeUnits[match[2] as string] as number))
      return size > 0 ? size : undefined
    }),
  )

const durationText = (value: number): string => inUnits(value, durationUnits)
const sizeText = (value: number): string => inUnits(value, { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 })

/** In the largest unit of which the value is a whole number. */
function inUnits(value: number, units: Readonly<Record<string, number>>): string {
  const [smallest] = Object.entries(units) as [[string, number]]
  const [unit, size] = Object.entries(units).findLast(([, each]) => value >= each && value % each === 0) ?? smallest
  return `${value / size}${unit}`
}

function whole(value: unknown, min: number, max: number): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max ? number : undefined
}
