/** What the schema says of itself: its keys, what is known below a key, and how values are written. */
import type { z } from 'zod'

/** Walks the schema: dotted names of every single value. Maps and lists can only be given in a file. */
export function leafKeys(of: z.core.$ZodType, prefix = ''): string[] {
  const inner = unwrap(of)
  const shape = inner._zod.def.type === 'object' ? (inner as z.core.$ZodObject)._zod.def.shape : undefined
  if (shape === undefined) return inner._zod.def.type === 'record' || inner._zod.def.type === 'array' ? [] : [prefix]
  return Object.entries(shape).flatMap(([key, value]) => leafKeys(value, prefix === '' ? key : `${prefix}.${key}`))
}

export function shapeAt(of: z.core.$ZodType, path: readonly string[]): Readonly<Record<string, z.core.$ZodType>> | undefined {
  const inner = unwrap(of)
  if (inner._zod.def.type === 'record') return path.length === 0 ? undefined : shapeAt((inner as z.core.$ZodRecord)._zod.def.valueType, path.slice(1))
  if (inner._zod.def.type !== 'object') return undefined
  const shape = (inner as z.core.$ZodObject)._zod.def.shape
  const [step, ...rest] = path
  if (step === undefined) return shape
  const next = shape[step]
  return next === undefined ? undefined : shapeAt(next, rest)
}

/** Through default, prefault and optional. */
function unwrap(of: z.core.$ZodType): z.core.$ZodType {
  const { type } = of._zod.def
  return type === 'default' || type === 'prefault' || type === 'optional' ? unwrap((of as z.core.$ZodDefault)._zod.def.innerType) : of
}

/** The value as a file would have it: durations and sizes with their units. */
export function written(of: z.core.$ZodType, value: unknown): unknown {
  const inner = unwrap(of)
  if ('show' in inner && typeof value === 'number') return (inner as { readonly show: (value: number) => string }).show(value)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  const below = (key: string): z.core.$ZodType | undefined =>
    inner._zod.def.type === 'record' ? (inner as z.core.$ZodRecord)._zod.def.valueType : (inner as z.core.$ZodObject)._zod.def.shape[key]
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const schema = below(key)
      return [key, schema === undefined ? item : written(schema, item)]
    }),
  )
}
