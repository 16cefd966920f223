import type { AttributeRef } from '../bundle/index.ts'
import type { AttributeColumn } from './table.ts'

/** The projected columns of one scope by the UTF-8 bytes of their keys, for decoders. */
export interface ProjectionIndex {
  readonly columns: readonly AttributeColumn[]
  /** By the key's length in bytes; most attributes of a span are turned away here, without a look at their key. */
  readonly byLength: readonly (readonly AttributeColumn[] | undefined)[]
  readonly byName: ReadonlyMap<string, AttributeColumn>
}

export function indexProjection(columns: readonly AttributeColumn[], scope: AttributeRef['scope']): ProjectionIndex {
  const own = columns.filter((column) => column.attribute.scope === scope)
  const longest = Math.max(0, ...own.map((column) => column.key.length))
  const byLength = Array.from({ length: longest + 1 }, (_, length) => {
    const some = own.filter((column) => column.key.length === length)
    return some.length > 0 ? some : undefined
  })
  return { columns: own, byLength, byName: new Map(own.map((column) => [column.attribute.name, column])) }
}

/** The column of the key bytes [start, end). */
export function columnOfBytes(index: ProjectionIndex, bytes: Uint8Array, start: number, end: number): AttributeColumn | undefined {
  const length = end - start
  if (length >= index.byLength.length) return undefined
  const candidates = index.byLength[length]
  if (candidates === undefined) return undefined
  for (let i = 0; i < candidates.length; i++) {
    const column = candidates[i] as AttributeColumn
    if (sameBytes(column.key, bytes, start)) return column
  }
  return undefined
}

/** From the end: keys share their first words, `http.response.`. */
export function sameBytes(key: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = key.length - 1; i >= 0; i--) if (key[i] !== bytes[start + i]) return false
  return true
}
