/** As much of JSON Schema (2020-12) as our schemas use; a keyword that it does not know is an error, lest it be believed to check something. */

type Schema = Readonly<Record<string, unknown>>

const annotations = new Set(['$schema', '$defs', 'title', 'description', 'default', 'examples'])

export function valid(schema: Schema, value: unknown, root: Schema = schema): boolean {
  return Object.entries(schema).every(([keyword, argument]) => annotations.has(keyword) || holds(keyword, argument, schema, value, root))
}

function holds(keyword: string, argument: unknown, schema: Schema, value: unknown, root: Schema): boolean {
  const object = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : undefined
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Schema>>
  switch (keyword) {
    case '$ref': {
      const parts = (argument as string).replace('#/', '').split('/')
      return valid(parts.reduce<unknown>((at, part) => (at as Schema)[part], root) as Schema, value, root)
    }
    case 'type':
      return typeHolds(argument as string, value)
    case 'enum':
      return (argument as unknown[]).includes(value)
    case 'properties':
      return object === undefined || Object.entries(properties).every(([key, of]) => !Object.hasOwn(object, key) || valid(of, object[key], root))
    case 'additionalProperties':
      return (
        object === undefined ||
        Object.keys(object).every((key) => Object.hasOwn(properties, key) || (argument !== false && valid(argument as Schema, object[key], root)))
      )
    case 'propertyNames':
      return object === undefined || Object.keys(object).every((key) => valid(argument as Schema, key, root))
    case 'items':
      return !Array.isArray(value) || value.every((item) => valid(argument as Schema, item, root))
    case 'minItems':
      return !Array.isArray(value) || value.length >= (argument as number)
    case 'minLength':
      return typeof value !== 'string' || [...value].length >= (argument as number)
    case 'pattern':
      return typeof value !== 'string' || new RegExp(argument as string, 'u').test(value)
    case 'minimum':
      return typeof value !== 'number' || value >= (argument as number)
    case 'maximum':
      return typeof value !== 'number' || value <= (argument as number)
    default:
      throw new Error(`the keyword ${keyword} is not supported`)
  }
}

function typeHolds(type: string, value: unknown): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}
