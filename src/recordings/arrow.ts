/**
 * Span tables as an Arrow IPC file, which pandas, Polars, DuckDB and others open. Each table becomes a record batch, mostly
 * without a copy, and is on its way to disk before the next is taken. Batches come first in the file and their
 * dictionaries last, when all texts are known; the file's footer says where everything is.
 *
 * Columns: service, operation, kind, status (dictionaries of texts), start, end (UTC, ns), duration (ns), trace_id, span_id,
 * parent_span_id (bytes; null for a root). A projected attribute NAME has two, as its type may differ from span to span:
 * `NAME.text` and `NAME.number` (booleans are 0 and 1), each null where it does not apply; `resource.` stands in front of a
 * resource's.
 */
import { type FileHandle, open } from 'node:fs/promises'
import type { Data, DataType, Dictionary, RecordBatch, Schema, Utf8, Vector } from 'apache-arrow'
import type { AttributeRef } from '../bundle/index.ts'
import { type AttributeColumn, attributeBoolean, attributeNumber, attributeText, type SpanTable } from '../spans/index.ts'
import { kinds, statuses } from './words.ts'

export interface ArrowSink {
  /** Writes the table's rows; resolves when the table may be used for others. All tables must share one dictionary. */
  append(table: SpanTable): Promise<void>
  /** Ends the file; without it nothing can read it. */
  close(): Promise<void>
  readonly rows: number
}

type Arrow = typeof import('apache-arrow')

/** Creates or replaces the file at `path`; rejects with the system's error if it cannot. */
export async function writeArrow(path: string, projection: readonly AttributeRef[] = []): Promise<ArrowSink> {
  const arrow = await import('apache-arrow')
  const file = await open(path, 'w')
  return new ArrowFile(arrow, file, projection)
}

/** Ids of dictionaries. pyarrow wants them positive. */
const kindsId = 1
const statusesId = 2
const firstTextId = 3

class ArrowFile implements ArrowSink {
  rows = 0
  readonly #arrow: Arrow
  readonly #file: FileHandle
  readonly #writer: ReturnType<typeof fileWriter>
  readonly #schema: Schema
  readonly #texts: TextColumn[] = []

  constructor(arrow: Arrow, file: FileHandle, projection: readonly AttributeRef[]) {
    this.#arrow = arrow
    this.#file = file
    const text = (): Dictionary => {
      const column = new TextColumn()
      this.#texts.push(column)
      return new arrow.Dictionary(new arrow.Utf8(), new arrow.Uint32(), firstTextId + this.#texts.length - 1)
    }
    const enumeration = (id: number): Dictionary => new arrow.Dictionary(new arrow.Utf8(), new arrow.Uint8(), id)
    const time = new arrow.Timestamp(arrow.TimeUnit.NANOSECOND, 'UTC')
    const types: [name: string, type: DataType, nullable: boolean][] = [
      ['service', text(), false],
      ['operation', text(), false],
      ['kind', enumeration(kindsId), false],
      ['status', enumeration(statusesId), false],
      ['start', time, false],
      ['end', time, false],
      ['duration', new arrow.Duration(arrow.TimeUnit.NANOSECOND), false],
      ['trace_id', new arrow.FixedSizeBinary(16), false],
      ['span_id', new arrow.FixedSizeBinary(8), false],
      ['parent_span_id', new arrow.FixedSizeBinary(8), true],
    ]
    for (const { scope, name } of projection) {
      const column = scope === 'resource' ? `resource.${name}` : name
      types.push([`${column}.text`, text(), true], [`${column}.number`, new arrow.Float64(), true])
    }
    this.#schema = new arrow.Schema(types.map(([name, type, nullable]) => new arrow.Field(name, type, nullable)))
    this.#writer = fileWriter(arrow, () => this.#dictionaries())
    this.#writer.reset(undefined, this.#schema)
  }

  async append(table: SpanTable): Promise<void> {
    if (table.length === 0) return
    this.#writer.write(this.#batch(table))
    this.rows += table.length
    await this.#flush()
  }

  async close(): Promise<void> {
    this.#writer.close()
    await this.#flush()
    await this.#file.close()
  }

  async #flush(): Promise<void> {
    for (const buffer of this.#writer.taken()) await this.#file.writeFile(buffer)
  }

  #batch(table: SpanTable): RecordBatch {
    const { makeData, RecordBatch, Struct } = this.#arrow
    const { length } = table
    const attributes = table.attributes.map((column) => split(column, length))
    const texts: Codes[] = [{ codes: table.service }, { codes: table.operation }, ...attributes.map(({ text }) => text)]
    const numbers = attributes.map(({ number }) => number)
    const parents = presentParents(table)
    const values: Readonly<Record<string, object>> = {
      kind: { data: table.kind.subarray(0, length), dictionary: this.#noTexts() },
      status: { data: table.status.subarray(0, length), dictionary: this.#noTexts() },
      start: { data: int64(table.startTime, length) },
      end: { data: int64(table.endTime, length) },
      duration: { data: durations(table) },
      trace_id: { data: table.traceId.subarray(0, length * 16) },
      span_id: { data: table.spanId.subarray(0, length * 8) },
      parent_span_id: { data: table.parentSpanId.subarray(0, length * 8), ...parents },
    }
    let text = 0
    let number = 0
    const children = this.#schema.fields.map(({ name, type }): Data => {
      let value = values[name]
      if (value === undefined && this.#arrow.DataType.isDictionary(type)) {
        const { codes, ...nulls } = texts[text] as Codes
        value = { data: (this.#texts[text++] as TextColumn).indexes(table, codes), dictionary: this.#noTexts(), ...nulls }
      }
      return makeData({ type, length, nullCount: 0, ...(value ?? (numbers[number++] as object)) } as never)
    })
    return new RecordBatch(this.#schema, makeData({ type: new Struct(this.#schema.fields), length, nullCount: 0, children }))
  }

  /** Stands for a dictionary in a batch: the real ones follow behind all batches. */
  #noTexts(): Vector<Utf8> {
    return this.#arrow.vectorFromArray([], new this.#arrow.Utf8())
  }

  #dictionaries(): [id: number, texts: Data][] {
    const data = (texts: readonly string[]): Data => this.#arrow.vectorFromArray(texts, new this.#arrow.Utf8()).data[0] as Data
    return [[kindsId, data(kinds)], [statusesId, data(statuses)], ...this.#texts.map(({ texts }, i): [number, Data] => [firstTextId + i, data(texts)])]
  }
}

/** apache-arrow's writer, with its bytes at hand instead of in a queue, and all dictionaries in front of the footer. */
function fileWriter(arrow: Arrow, dictionaries: () => readonly [id: number, texts: Data][]) {
  return new (class extends arrow.RecordBatchFileWriter {
    #pending: Uint8Array[] = []

    taken(): readonly Uint8Array[] {
      const taken = this.#pending
      this.#pending = []
      return taken
    }

    protected override _write(chunk: ArrayBufferView): this {
      if (!this._started || chunk.byteLength === 0) return this
      this.#pending.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
      this._position += chunk.byteLength
      return this
    }

    protected override _writeDictionaries(): this {
      return this
    }

    protected override _writeFooter(schema: Schema): this {
      for (const [id, texts] of dictionaries()) this._writeDictionaryBatch(texts, id)
      return super._writeFooter(schema)
    }
  })()
}

/** The texts of one column in the order in which they came, and the table's codes as places in it. */
class TextColumn {
  readonly texts: string[] = []
  /** By the table's code, 1 + the place. */
  #places = new Uint32Array(256)

  indexes(table: SpanTable, codes: Uint32Array | Float64Array): Uint32Array {
    const indexes = new Uint32Array(table.length)
    if (table.dictionary.size > this.#places.length) {
      const places = new Uint32Array(table.dictionary.size * 2)
      places.set(this.#places)
      this.#places = places
    }
    for (let row = 0; row < indexes.length; row++) {
      const code = codes[row] as number
      if (this.#places[code] === 0) this.#places[code] = this.texts.push(table.dictionary.text(code))
      indexes[row] = (this.#places[code] as number) - 1
    }
    return indexes
  }
}

interface Nulls {
  readonly nullBitmap?: Uint8Array
  readonly nullCount?: number
}
type Codes = Nulls & { readonly codes: Uint32Array | Float64Array }

/** An attribute's texts and its numbers; where there is none, the code is 0 and the number not looked at. */
function split({ type, value }: AttributeColumn, length: number): { readonly text: Codes; readonly number: Nulls & { readonly data: Float64Array } } {
  const codes = new Float64Array(length)
  for (let row = 0; row < length; row++) if (type[row] === attributeText) codes[row] = value[row] as number
  return {
    text: { codes, ...nulls(length, (row) => type[row] === attributeText) },
    number: { data: value.slice(0, length), ...nulls(length, (row) => type[row] === attributeNumber || type[row] === attributeBoolean) },
  }
}

function presentParents({ parentSpanId, length }: SpanTable): Nulls {
  const words = new Uint32Array(parentSpanId.buffer, parentSpanId.byteOffset, length * 2)
  return nulls(length, (row) => ((words[row * 2] as number) | (words[row * 2 + 1] as number)) !== 0)
}

function nulls(length: number, present: (row: number) => boolean): Nulls {
  const nullBitmap = new Uint8Array(((length + 63) >> 6) << 3)
  let nullCount = 0
  for (let row = 0; row < length; row++) {
    if (present(row)) nullBitmap[row >> 3] = (nullBitmap[row >> 3] as number) | (1 << (row & 7))
    else nullCount++
  }
  return { nullBitmap, nullCount }
}

/** The table's pairs of words are Arrow's 64-bit integers. */
function int64(words: Uint32Array, length: number): BigInt64Array {
  return new BigInt64Array(words.buffer, words.byteOffset, length)
}

function durations({ duration, length }: SpanTable): BigInt64Array {
  const words = new Uint32Array(length * 2)
  for (let row = 0; row < length; row++) {
    const ns = duration[row] as number
    words[row * 2 + 1] = Math.floor(ns / 4294967296)
    words[row * 2] = ns % 4294967296
  }
  return int64(words, length)
}
