import type { AttributeRef } from '../bundle/index.ts'
import { equalBytes } from './bytes.ts'
import type { AttributeColumn } from './table.ts'

/**
 * The projected columns of one scope by the UTF-8 bytes of their keys, for decoders. A key's length and last byte make its shape;
 * most attributes of a span are turned away by their shape, without a look at the rest of their key.
 */
export interface ProjectionIndex {
  readonly columns: readonly AttributeColumn[]
  /** Of each shape 1 + the first column that has it; 0: none has. */
  readonly firstOfShape: Uint16Array
  /** Of each column 1 + the next one of its shape; 0: it is the last. */
  readonly nextOfShape: Uint16Array
  readonly byName: ReadonlyMap<string, AttributeColumn>
}

export function indexProjection(columns: readonly AttributeColumn[], scope: AttributeRef['scope']): ProjectionIndex {
  const own = columns.filter((column) => column.attribute.scope === scope)
  const firstOfShape = new Uint16Array(256)
  const nextOfShape = new Uint16Array(own.length)
  own.forEach(({ key }, i) => {
    if (key.byteLength === 0) return
    const shape = shapeOf(key.byteLength, key.getUint8(key.byteLength - 1))
    nextOfShape[i] = firstOfShape[shape] as number
    firstOfShape[shape] = i + 1
  })
  return { columns: own, firstOfShape, nextOfShape, byName: new Map(own.map((column) => [column.attribute.name, column])) }
}

/** An index into `firstOfShape`. */
export function shapeOf(length: number, lastByte: number): number {
  return (length * 37 + lastByte) & 0xff
}

/** The column of the key bytes [start, end). */
export function columnOfBytes(index: ProjectionIndex, bytes: DataView, start: number, end: number): AttributeColumn | undefined {
  const length = end - start
  if (length === 0) return undefined
  let next = index.firstOfShape[shapeOf(length, bytes.getUint8(end - 1))] as number
  while (next !== 0) {
    const column = index.columns[next - 1] as AttributeColumn
    if (column.key.byteLength === length && equalBytes(column.key, 0, bytes, start, length)) return column
    next = index.nextOfShape[next - 1] as number
  }
  return undefined
}
