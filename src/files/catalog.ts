/** Catalogs from files and to files. */
import { shapes } from '../bundle/index.ts'
import { type Catalog, catalogFormat, mergeCatalogs, peersFormat } from '../language/index.ts'
import { object, oneOf, parseJson, type Shape, wrong } from './json.ts'

const { list, numberFrom, scalar, text, whole } = shapes

const nanos = numberFrom(0)

const operation = object(
  { name: text, kind: oneOf('internal', 'server', 'client', 'producer', 'consumer') },
  { rate: numberFrom(0), errorRate: numberFrom(0, 1), p50: nanos, p95: nanos, p99: nanos, max: nanos, calls: list(text) },
)
const attribute = object({
  scope: oneOf('span', 'resource'),
  name: text,
  type: oneOf('text', 'number', 'boolean', 'mixed'),
  examples: list(scalar),
})
/** Of a service the key is not there. */
const onlyTrue: Shape = (value, path) => (value === true ? undefined : wrong(path, 'true or no such key', value))
const service = object({ name: text, operations: list(operation), attributes: list(attribute) }, { peer: onlyTrue })
const workload = object({ id: text, services: list(text) }, { replicas: whole(0) })
const catalog = object({ format: whole(1), services: list(service), workloads: list(workload) }, { $schema: text })

/**
 * A catalog in the normal form of `mergeCatalogs`, whoever wrote the file; or one sentence that says what is wrong with it and where,
 * as JSONPath: `$.services[3].operations[0].kind: …`.
 */
export function readCatalog(source: string): { readonly catalog: Catalog } | { readonly error: string } {
  const parsed = parseJson(source)
  if ('error' in parsed) return parsed
  const { value } = parsed
  const error = formatError(value) ?? catalog(value, '$')
  if (error !== undefined) return { error }
  const { services, workloads } = value as Catalog
  return { catalog: mergeCatalogs([{ format: catalogFormat, services, workloads }]) }
}

/** Told first: of a newer format nothing else can be said. */
function formatError(value: unknown): string | undefined {
  if (!shapes.isObject(value) || typeof value.format !== 'number') return '$.format: expected a number: this is not a catalog'
  if (value.format > peersFormat) return `$.format: ${value.format} is newer than ${peersFormat}: the catalog needs a newer version of this program`
  return value.format === catalogFormat || value.format === peersFormat ? undefined : `$.format: there is no format ${value.format}`
}

/** The catalog's file: small enough a diff for a review, one operation, attribute or workload a line. */
export function serializeCatalog({ format, services, workloads }: Catalog): string {
  const lines = (items: readonly unknown[], indent: string): string =>
    items.length === 0 ? '[]' : `[\n${items.map((item) => `${indent}  ${JSON.stringify(item)}`).join(',\n')}\n${indent}]`
  const parts = services.map(
    ({ name, peer, operations, attributes }) =>
      `    {\n      "name": ${JSON.stringify(name)},\n${peer === true ? '      "peer": true,\n' : ''}      "operations": ${lines(operations, '      ')},\n      "attributes": ${lines(attributes, '      ')}\n    }`,
  )
  return `{\n  "format": ${format},\n  "services": ${parts.length === 0 ? '[]' : `[\n${parts.join(',\n')}\n  ]`},\n  "workloads": ${lines(workloads, '  ')}\n}\n`
}
