/**
 * Protobuf's wire format, one field at a time, without building anything. Groups, unknown wire types, field number 0, lengths past the end
 * of their message and varints of more than 64 bits are failures; a failure is kept with its byte offset, never thrown.
 */
export const varintType = 0
export const fixed64Type = 1
export const bytesType = 2
export const fixed32Type = 5

const wireNames = ['varint', '64-bit', 'length-delimited', 'group start', 'group end', '32-bit', 'reserved', 'reserved']

export class WireReader {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** Of the field last read. */
  number = 0
  wire = 0
  /** Where its tag stood. */
  tagAt = 0
  /** Its payload is bytes [from, next); `next` is also where the next field starts. */
  from = 0
  next = 0
  /** The words of a varint, unsigned. */
  low = 0
  high = 0
  /** Where and why reading failed; -1 while it has not. */
  failedAt = -1
  failure = ''

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Reads the field at `at` of a message that ends at `end`; false on failure. */
  field(at: number, end: number): boolean {
    this.tagAt = at
    if (!this.varint(at, end)) return false
    if (this.high !== 0) return this.fail(at, 'a field tag is longer than 32 bits')
    this.number = this.low >>> 3
    this.wire = this.low & 7
    if (this.number === 0) return this.fail(at, 'field number 0')
    this.from = this.next
    switch (this.wire) {
      case varintType:
        return this.varint(this.from, end)
      case fixed64Type:
        return this.#fixed(8, end)
      case bytesType:
        return this.length(this.from, end)
      case fixed32Type:
        return this.#fixed(4, end)
      default:
        return this.fail(at, `field ${this.number} has wire type ${this.wire} (${wireNames[this.wire]}), which OTLP does not use`)
    }
  }

  /** Reads a varint into `low` and `high`, and `next`. */
  varint(at: number, end: number): boolean {
    const first = this.bytes[at] as number
    if (first < 0x80 && at < end) {
      this.low = first
      this.high = 0
      this.next = at + 1
      return true
    }
    const second = this.bytes[at + 1] as number
    if (second < 0x80 && at + 1 < end) {
      this.low = (first & 0x7f) | (second << 7)
      this.high = 0
      this.next = at + 2
      return true
    }
    let low = 0
    let high = 0
    for (let i = 0, pos = at; pos < end; i++, pos++) {
      const byte = this.bytes[pos] as number
      if (i === 9 && byte > 1) return this.fail(at, 'a varint is longer than 64 bits')
      if (i < 4) low |= (byte & 0x7f) << (7 * i)
      else if (i === 4) {
        low |= (byte & 0x7f) << 28
        high = (byte & 0x7f) >>> 4
      } else high |= (byte & 0x7f) << (7 * i - 32)
      if (byte < 0x80) {
        this.low = low >>> 0
        this.high = high >>> 0
        this.next = pos + 1
        return true
      }
    }
    return this.fail(at, 'a varint is cut off by the end of its message')
  }

  /** Reads a length and checks it: the payload is then [from, next). */
  length(at: number, end: number): boolean {
    if (!this.varint(at, end)) return false
    if (this.high !== 0 || this.low > end - this.next) {
      const length = this.high * 4294967296 + this.low
      return this.fail(at, `a length of ${length} bytes runs past the end of its message, ${end - this.next} bytes on`)
    }
    this.from = this.next
    // A 32-bit integer to the optimizer too: one position that may be a double makes all arithmetic on positions slow.
    this.next = (this.from + this.low) | 0
    return true
  }

  /** Whether the field last read has wire type `wire`; a failure otherwise. */
  expect(wire: number, what: string): boolean {
    if (this.wire === wire) return true
    return this.fail(this.tagAt, `${what} has wire type ${this.wire} (${wireNames[this.wire]}) instead of ${wire} (${wireNames[wire]})`)
  }

  fail(at: number, message: string): false {
    this.failedAt = at
    this.failure = message
    return false
  }

  #fixed(size: number, end: number): boolean {
    if (end - this.from < size) return this.fail(this.from, `a ${size * 8}-bit value is cut off by the end of its message`)
    this.next = this.from + size
    return true
  }
}
