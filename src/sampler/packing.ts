/** Columns of numbers as plain JSON, bit for bit: base64 of their little-endian bytes. */

export type Packed = string

type Column = Uint32Array | Float64Array

export function packed(column: Column): Packed {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString('base64')
}

export function unpack<T extends Column>(type: new (buffer: ArrayBuffer) => T, text: Packed): T {
  return new type(Uint8Array.from(Buffer.from(text, 'base64')).buffer)
}
