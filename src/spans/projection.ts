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
  readonly memo: AttributeMemo
}

/**
 * What the KeyValues of the present request gave, by their bytes: a stream repeats few attributes, and comparing one with
 * its twin further up costs less than reading it. A slot is good if its mark is the present request's.
 */
export interface AttributeMemo {
  /** Counts requests, so that none need clear the slots. */
  request: number
  /** Four words a slot: the request, where in it the twin starts, how long it is, and 256 · (1 + its column, or 0 for none) + its type. */
  readonly slots: Int32Array
  readonly values: Float64Array
}

export const memoSlots = 1024

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
  return {
    columns: own,
    firstOfShape,
    nextOfShape,
    byName: new Map(own.map((column) => [column.attribute.name, column])),
    memo: emptyMemo(own.length > 0 ? memoSlots : 0),
  }
}

function emptyMemo(slots: number): AttributeMemo {
  return { request: 0, slots: new Int32Array(slots * 4), values: new Float64Array(slots) }
}

/** An index into `firstOfShape`. */
export function shapeOf(length: number, lastByte: number): number {
  return (length * 37 + lastByte) & 0xff
}

/** 1 + the column of the key bytes [start, end); 0: none. */
export function placeOfKey(index: ProjectionIndex, bytes: DataView, start: number, end: number): number {
  const length = end - start
  if (length === 0) return 0
  let place = index.firstOfShape[shapeOf(length, bytes.getUint8(end - 1))] as number
  while (place !== 0) {
    const { key } = index.columns[place - 1] as AttributeColumn
    if (key.byteLength === length && equalBytes(key, 0, bytes, start, length)) return place
    place = index.nextOfShape[place - 1] as number
  }
  return 0
}
