/** Shapes of JSON that people write by hand: a key that is not known is a mistake, most often of spelling. */
import { shapes } from '../bundle/index.ts'
import { nearest } from '../language/index.ts'

export type Shape = shapes.Shape
export type Members = Readonly<Record<string, Shape>>

/** An object with these members and no others. */
export function object(required: Members, optional: Members = {}): Shape {
  const known = [...Object.keys(required), ...Object.keys(optional)]
  return (value, path) => {
    if (!shapes.isObject(value)) return wrong(path, 'an object', value)
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue
      const meant = nearest(key, known)
      return `${path}: there is no key ${JSON.stringify(key)} here${meant === undefined ? `; the keys are ${known.join(', ')}` : `; did you mean ${JSON.stringify(meant)}?`}`
    }
    for (const [key, shape] of Object.entries({ ...required, ...optional })) {
      if (!Object.hasOwn(value, key)) {
        if (Object.hasOwn(required, key)) return `${path}: the key ${JSON.stringify(key)} is missing`
        continue
      }
      const error = shape(value[key], `${path}.${key}`)
      if (error !== undefined) return error
    }
    return undefined
  }
}

/** An object with any keys of a form, which `expected` puts in words. */
export function mapOf(keys: RegExp, expected: string, of: Shape): Shape {
  return (value, path) => {
    if (!shapes.isObject(value)) return wrong(path, 'an object', value)
    for (const [key, member] of Object.entries(value)) {
      if (!keys.test(key)) return `${path}: ${JSON.stringify(key)} is not ${expected}`
      const error = of(member, `${path}[${JSON.stringify(key)}]`)
      if (error !== undefined) return error
    }
    return undefined
  }
}

/** One of these words. */
export function oneOf(...words: readonly string[]): Shape {
  return (value, path) => {
    if (typeof value === 'string' && words.includes(value)) return undefined
    const meant = typeof value === 'string' ? nearest(value, words) : undefined
    return `${wrong(path, `one of ${words.join(', ')}`, value)}${meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`}`
  }
}

/** A text of a form. */
export function textLike(form: RegExp, expected: string): Shape {
  return (value, path) => (typeof value === 'string' && form.test(value) ? undefined : wrong(path, expected, value))
}

export function wrong(path: string, expected: string, value: unknown): string {
  return `${path}: expected ${expected}, found ${shown(value)}`
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  return Array.isArray(value) ? 'a list' : 'an object'
}

/** JSON as a value, or what is wrong with it: the parser's own words, with line and column where it tells the place. */
export function parseJson(text: string): { readonly value: unknown } | { readonly error: string } {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { error: `not JSON: ${error.message}` }
  }
}
