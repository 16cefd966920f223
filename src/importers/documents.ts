/** YAML files as the documents in them, each with where it is. */
import { type Document, isNode, LineCounter, parseAllDocuments } from 'yaml'

export interface Place {
  /** One-based. */
  readonly line: number
  readonly column: number
}

export interface Problem extends Place {
  readonly message: string
}

/** A mapping of keys; whatever it holds is not to be trusted. */
export type Fields = Readonly<Record<string, unknown>>

export interface Manifest {
  readonly fields: Fields
  /** Of the value at a path, else of the last value on the way to it. */
  at(...path: readonly (string | number)[]): Place
}

/** The documents of a file, the items of Kubernetes lists one by one, or what is wrong with the YAML. */
export function readManifests(text: string): { readonly manifests: readonly Manifest[]; readonly problems: readonly Problem[] } {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines })
  const manifests: Manifest[] = []
  const problems: Problem[] = []
  for (const document of documents) {
    for (const { message, pos } of document.errors) problems.push({ ...placeOf(pos[0], lines), message: message.split(' at line ')[0] ?? message })
    if (document.errors.length > 0) continue
    const value: unknown = contentOf(document, problems, lines)
    const at = (path: readonly (string | number)[]): Place => locate(document, path, lines)
    if (value === null || value === undefined) continue
    for (const { fields, path } of itemsOf(value))
      if (isFields(fields)) manifests.push({ fields, at: (...more) => at([...path, ...more]) })
      else problems.push({ ...at(path), message: `expected keys and values, found ${JSON.stringify(fields)}` })
  }
  return { manifests, problems }
}

function contentOf(document: Document.Parsed, problems: Problem[], lines: LineCounter): unknown {
  try {
    return document.toJS()
  } catch (error) {
    // An alias to nothing, or aliases without end.
    problems.push({ ...placeOf(document.range[0], lines), message: error instanceof Error ? error.message : String(error) })
    return undefined
  }
}

/** `kind: List` has items; a file of rules may be a bare list. */
function itemsOf(value: unknown): readonly { readonly fields: unknown; readonly path: readonly (string | number)[] }[] {
  if (Array.isArray(value)) return [{ fields: { rules: value as unknown }, path: [] }]
  if (!isFields(value) || !/List$/.test(String(value.kind)) || !Array.isArray(value.items)) return [{ fields: value, path: [] }]
  return value.items.map((fields: unknown, i) => ({ fields, path: ['items', i] }))
}

function locate(document: Document.Parsed, path: readonly (string | number)[], lines: LineCounter): Place {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return placeOf(node.range[0], lines)
  }
  return placeOf(document.range[0], lines)
}

function placeOf(offset: number, lines: LineCounter): Place {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The mapping at a path of keys; an empty one where there is none. */
export function fieldsAt(value: unknown, ...path: readonly string[]): Fields {
  const found = path.reduce<unknown>((at, key) => (isFields(at) ? at[key] : undefined), value)
  return isFields(found) ? found : {}
}

export function listAt(value: Fields, key: string): readonly unknown[] {
  const found = value[key]
  return Array.isArray(found) ? found : []
}

export function textAt(value: Fields, key: string): string | undefined {
  const found = value[key]
  return typeof found === 'string' && found !== '' ? found : typeof found === 'number' ? String(found) : undefined
}

/** A whole number of at least 0, also one that is written as a text. */
export function wholeAt(value: Fields, key: string): number | undefined {
  const found = value[key]
  const number = typeof found === 'string' && /^\d+$/.test(found) ? Number(found) : found
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}
