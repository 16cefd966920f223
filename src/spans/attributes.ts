/** A span's KeyValues into the columns that want them. Failures are kept by the reader. */
import { equalBytes } from './bytes.ts'
import { type Dictionary, notUtf8 } from './dictionary.ts'
import { memoSlots, type ProjectionIndex, placeOfKey } from './projection.ts'
import { type AttributeColumn, attributeBoolean, attributeNumber, attributeOther, attributeText } from './table.ts'
import { bytesType, fixed64Type, varintType, type WireReader } from './wire.ts'

export class AttributeReader {
  /** Of the KeyValue last read: its key's bytes, and its value as a column has it, once `intern` has been called. */
  keyFrom = 0
  keyTo = 0
  type = attributeOther
  value = 0
  #textFrom = 0
  #textTo = 0
  readonly #reader: WireReader
  readonly #index: ProjectionIndex
  readonly #dictionary: Dictionary
  readonly #request: number

  constructor(reader: WireReader, index: ProjectionIndex, dictionary: Dictionary) {
    this.#reader = reader
    this.#index = index
    this.#dictionary = dictionary
    index.memo.request = (index.memo.request + 1) | 0
    this.#request = index.memo.request
  }

  /** The KeyValue [start, end) with its key at [start + 2, keyTo), which has the shape of some column's, and a value of up to 127 bytes. */
  usual(start: number, keyTo: number, end: number, row: number): boolean {
    const { view } = this.#reader
    const { columns, memo } = this.#index
    // The last eight bytes: of short ones some in front of it are among them, which only costs a miss.
    const hash = Math.imul(view.getUint32(end - 4, true), 0x9e3779b1) ^ Math.imul(view.getUint32(end - 8, true) + end - start, 0x85ebca6b)
    const slot = (hash ^ (hash >>> 15)) & (memoSlots - 1)
    const { slots, values } = memo
    const s = slot * 4
    const length = end - start
    if (slots[s] === this.#request && slots[s + 2] === length && equalBytes(view, slots[s + 1] as number, view, start, length)) {
      const found = slots[s + 3] as number
      if (found >= 256) {
        const column = columns[(found >> 8) - 1] as AttributeColumn
        column.type[row] = found
        column.value[row] = values[slot] as number
      }
      return true
    }
    const place = placeOfKey(this.#index, view, start + 2, keyTo)
    if (place !== 0) {
      this.type = attributeOther
      if (!(this.#anyValue(keyTo + 2, end) && this.#store(columns[place - 1] as AttributeColumn, row))) return false
    }
    slots[s] = this.#request
    slots[s + 1] = start
    slots[s + 2] = length
    slots[s + 3] = (place << 8) | this.type
    values[slot] = this.value
    return true
  }

  any(start: number, end: number, row: number): boolean {
    if (!this.keyValue(start, end)) return false
    const place = placeOfKey(this.#index, this.#reader.view, this.keyFrom, this.keyTo)
    return place === 0 || this.#store(this.#index.columns[place - 1] as AttributeColumn, row)
  }

  #store(column: AttributeColumn, row: number): boolean {
    if (!this.intern()) return false
    column.type[row] = this.type
    column.value[row] = this.value
    return true
  }

  keyValue(start: number, end: number): boolean {
    const reader = this.#reader
    this.keyFrom = this.keyTo = start
    this.type = attributeOther
    for (let at = start; at < end; ) {
      if (!reader.field(at, end)) return false
      at = reader.next
      if (reader.number === 1) {
        if (!reader.expect(bytesType, 'key')) return false
        this.keyFrom = reader.from
        this.keyTo = at
      } else if (reader.number === 2) {
        if (!(reader.expect(bytesType, 'value') && this.#anyValue(reader.from, at))) return false
      }
    }
    return true
  }

  /** Of a oneof the last member counts; an AnyValue without a member changes nothing. */
  #anyValue(start: number, end: number): boolean {
    const reader = this.#reader
    for (let at = start; at < end; ) {
      if (!reader.field(at, end)) return false
      at = reader.next
      switch (reader.number) {
        case 1:
          if (!reader.expect(bytesType, 'string_value')) return false
          this.type = attributeText
          this.#textFrom = reader.from
          this.#textTo = at
          break
        case 2:
          if (!reader.expect(varintType, 'bool_value')) return false
          this.type = attributeBoolean
          this.value = (reader.low | reader.high) === 0 ? 0 : 1
          break
        case 3:
          if (!reader.expect(varintType, 'int_value')) return false
          this.type = attributeNumber
          this.value = (reader.high | 0) * 4294967296 + reader.low
          break
        case 4:
          if (!reader.expect(fixed64Type, 'double_value')) return false
          this.type = attributeNumber
          this.value = reader.view.getFloat64(reader.from, true)
          break
        case 5:
        case 6:
        case 7:
          if (!reader.expect(bytesType, 'array_value, kvlist_value or bytes_value')) return false
          this.type = attributeOther
      }
    }
    return true
  }

  /** Gives the value just read its dictionary code if it is a text. */
  intern(): boolean {
    if (this.type === attributeOther) this.value = 0
    if (this.type !== attributeText) return true
    const code = this.#dictionary.codeOfBytes(this.#reader.bytes, this.#textFrom, this.#textTo, this.#reader.view)
    if (code === notUtf8) return this.#reader.fail(this.#textFrom, 'an attribute text is not UTF-8')
    this.value = code
    return true
  }
}
