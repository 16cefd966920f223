/** Shapes of JSON: each says what is wrong with a value and where, or nothing. */

/** `path` is JSONPath, `$.rules[3].everyNs`. */
export type Shape = (value: unknown, path: string) => string | undefined

/** Behind whatever is not known. */
export const newer = 'the bundle needs a newer version of this program'

export const text: Shape = (value, path) => (typeof value === 'string' ? undefined : wrong(path, 'a text', value))
export const boolean: Shape = (value, path) => (typeof value === 'boolean' ? undefined : wrong(path, 'true or false', value))
export const number: Shape = (value, path) => (typeof value === 'number' ? undefined : wrong(path, 'a number', value))
export const scalar: Shape = (value, path) =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? undefined : wrong(path, 'a text, a number, true or false', value)

/** A whole number of at least `least`. */
export function whole(least: number): Shape {
  return (value, path) => (Number.isSafeInteger(value) && (value as number) >= least ? undefined : wrong(path, `a whole number of at least ${least}`, value))
}

export function numberFrom(least: number, most = Number.POSITIVE_INFINITY): Shape {
  const range = Number.isFinite(most) ? `a number between ${least} and ${most}` : `a number of at least ${least}`
  return (value, path) => (typeof value === 'number' && value >= least && value <= most ? undefined : wrong(path, range, value))
}

export function list(of: Shape, least = 0): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return wrong(path, 'a list', value)
    if (value.length < least) return `${path}: expected a list of at least ${least}`
    for (let i = 0; i < value.length; i++) {
      const error = of(value[i], `${path}[${i}]`)
      if (error !== undefined) return error
    }
    return undefined
  }
}

/** One of these words; another may be a newer version's. */
export function word(...words: readonly string[]): Shape {
  return (value, path) => {
    if (typeof value !== 'string') return wrong(path, `one of ${words.join(', ')}`, value)
    return words.includes(value) ? undefined : `${path}: ${JSON.stringify(value)} is not known: ${newer}`
  }
}

export function record(required: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape {
  return (value, path) => {
    if (!isObject(value)) return wrong(path, 'an object', value)
    for (const [key, shape] of Object.entries(required)) {
      if (!Object.hasOwn(value, key)) return `${path}: \`${key}\` is missing`
      const error = shape(value[key], `${path}.${key}`)
      if (error !== undefined) return error
    }
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(required, key)) continue
      const shape = Object.hasOwn(optional, key) ? optional[key] : undefined
      // What is not understood cannot be left out: it may narrow what the rule means.
      const error = shape === undefined ? `${path}: \`${key}\` is not known: ${newer}` : shape(value[key], `${path}.${key}`)
      if (error !== undefined) return error
    }
    return undefined
  }
}

/** A union told apart by `kind`; each alternative lists its other members. */
export function union(
  alternatives: Readonly<Record<string, readonly [required: Readonly<Record<string, Shape>>, optional?: Readonly<Record<string, Shape>>]>>,
): Shape {
  const shapes = new Map(Object.entries(alternatives).map(([kind, [required, optional]]) => [kind, record({ kind: text, ...required }, optional)]))
  return (value, path) => {
    if (!isObject(value)) return wrong(path, 'an object', value)
    if (typeof value.kind !== 'string') return wrong(`${path}.kind`, 'a text', value.kind)
    const shape = shapes.get(value.kind)
    return shape === undefined ? `${path}: the kind ${JSON.stringify(value.kind)} is not known: ${newer}` : shape(value, path)
  }
}

/** For shapes that contain themselves. */
export function lazy(shape: () => Shape): Shape {
  return (value, path) => shape()(value, path)
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong(path: string, expected: string, value: unknown): string {
  return `${path}: expected ${expected}, found ${shown(value)}`
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  return Array.isArray(value) ? 'a list' : 'an object'
}
