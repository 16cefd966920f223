/** The spans of open traces: columns whose slots are used again, chained trace by trace. */
import { createDictionary, type Dictionary } from '../dictionary.ts'
import { type AttributeColumn, SpanTable } from '../table.ts'
import { grown, wordsOf } from './hash.ts'
import { LinkStore } from './link-store.ts'

const initialSlots = 256
export const noSlot = -1

/** A table's id columns as words, made once a table. */
export interface TableWords {
  readonly trace: Uint32Array
  readonly span: Uint32Array
  readonly parent: Uint32Array
}

export function tableWords(table: SpanTable): TableWords {
  return { trace: wordsOf(table.traceId), span: wordsOf(table.spanId), parent: wordsOf(table.parentSpanId) }
}

interface StoredAttribute {
  type: Uint8Array
  value: Float64Array
}

export class SpanStore {
  service = new Uint32Array(initialSlots)
  operation = new Uint32Array(initialSlots)
  kind = new Uint8Array(initialSlots)
  status = new Uint8Array(initialSlots)
  /** Pairs of words, as in the table. */
  startTime = new Uint32Array(initialSlots * 2)
  endTime = new Uint32Array(initialSlots * 2)
  spanId = new Uint32Array(initialSlots * 2)
  parentSpanId = new Uint32Array(initialSlots * 2)
  duration = new Float64Array(initialSlots)
  /** Next slot of the same trace, or of the free ones. */
  next = new Int32Array(initialSlots)
  /** Once a table had links. */
  links: LinkStore | undefined
  #attributes: StoredAttribute[] = []
  /** Those of the last table: the same array again needs no look. */
  #columns: readonly AttributeColumn[] = []
  #dictionary: Dictionary | undefined
  #free = noSlot
  /** Slots from here on were never used. */
  #fresh = 0
  readonly #mostLinks: number

  /** Of the links of all spans at most so many are kept. */
  constructor(mostLinks: number) {
    this.#mostLinks = mostLinks
  }

  get dictionary(): Dictionary {
    this.#dictionary ??= createDictionary()
    return this.#dictionary
  }

  /** An empty table with the columns of those that were added. */
  table(): SpanTable {
    return new SpanTable(
      this.dictionary,
      this.#columns.map((column) => column.attribute),
      initialSlots,
    )
  }

  /**
   * Takes on the table's columns; true if they are other ones than before, as after a reload of rules. What is kept of attributes that both
   * have stays; attributes that are new are missing on the spans from before.
   */
  adopt(table: SpanTable): boolean {
    if (table.links !== undefined) this.links ??= new LinkStore(this.#mostLinks)
    if (this.#dictionary !== table.dictionary) {
      if (this.#dictionary !== undefined && this.#fresh > 0) throw new TypeError('the table has another dictionary than those before it')
      this.#dictionary = table.dictionary
    } else if (this.#columns === table.attributes) return false
    const old = new Map(this.#columns.map((column, i) => [keyOf(column), this.#attributes[i] as StoredAttribute]))
    const same = this.#columns.length === table.attributes.length && this.#columns.every((column, i) => keyOf(column) === keyOf(table.attributes[i]))
    this.#columns = table.attributes
    if (same && this.#fresh > 0) return false
    const capacity = this.duration.length
    this.#attributes = table.attributes.map((column) => old.get(keyOf(column)) ?? { type: new Uint8Array(capacity), value: new Float64Array(capacity) })
    return true
  }

  /** A slot with the row's columns. */
  put(table: SpanTable, row: number, words: TableWords): number {
    const slot = this.#take()
    if (table.links !== undefined) this.links?.put(slot, table.links, row)
    this.service[slot] = table.service[row] as number
    this.operation[slot] = table.operation[row] as number
    this.kind[slot] = table.kind[row] as number
    this.status[slot] = table.status[row] as number
    this.duration[slot] = table.duration[row] as number
    const [to, from] = [slot * 2, row * 2]
    this.startTime[to] = table.startTime[from] as number
    this.startTime[to + 1] = table.startTime[from + 1] as number
    this.endTime[to] = table.endTime[from] as number
    this.endTime[to + 1] = table.endTime[from + 1] as number
    this.spanId[to] = words.span[from] as number
    this.spanId[to + 1] = words.span[from + 1] as number
    this.parentSpanId[to] = words.parent[from] as number
    this.parentSpanId[to + 1] = words.parent[from + 1] as number
    for (let i = 0; i < this.#attributes.length; i++) {
      const stored = this.#attributes[i] as StoredAttribute
      const column = table.attributes[i] as AttributeColumn
      stored.type[slot] = column.type[row] as number
      stored.value[slot] = column.value[row] as number
    }
    return slot
  }

  /** Row `row` of `table` gets the slot's columns; the trace's id is the caller's to write. */
  write(slot: number, table: SpanTable, row: number, words: TableWords): void {
    table.service[row] = this.service[slot] as number
    table.operation[row] = this.operation[slot] as number
    table.kind[row] = this.kind[slot] as number
    table.status[row] = this.status[slot] as number
    table.duration[row] = this.duration[slot] as number
    const [to, from] = [row * 2, slot * 2]
    table.startTime[to] = this.startTime[from] as number
    table.startTime[to + 1] = this.startTime[from + 1] as number
    table.endTime[to] = this.endTime[from] as number
    table.endTime[to + 1] = this.endTime[from + 1] as number
    words.span[to] = this.spanId[from] as number
    words.span[to + 1] = this.spanId[from + 1] as number
    words.parent[to] = this.parentSpanId[from] as number
    words.parent[to + 1] = this.parentSpanId[from + 1] as number
    for (let i = 0; i < this.#attributes.length; i++) {
      const stored = this.#attributes[i] as StoredAttribute
      const column = table.attributes[i] as AttributeColumn
      column.type[row] = stored.type[slot] as number
      column.value[row] = stored.value[slot] as number
    }
  }

  free(slot: number): void {
    this.links?.free(slot)
    this.next[slot] = this.#free
    this.#free = slot
  }

  /** Tells two copies of one span apart by what they say, and not by which came first; 0 only if they say the same. */
  compareContents(a: number, b: number): number {
    const { dictionary } = this
    return (
      (this.kind[a] as number) - (this.kind[b] as number) ||
      (this.status[b] as number) - (this.status[a] as number) ||
      compareTexts(dictionary, this.service[a] as number, this.service[b] as number) ||
      compareTexts(dictionary, this.operation[a] as number, this.operation[b] as number) ||
      (this.parentSpanId[a * 2] as number) - (this.parentSpanId[b * 2] as number) ||
      (this.parentSpanId[a * 2 + 1] as number) - (this.parentSpanId[b * 2 + 1] as number) ||
      this.#compareAttributes(a, b) ||
      (this.links?.compare(a, b) ?? 0)
    )
  }

  #compareAttributes(a: number, b: number): number {
    for (const { type, value } of this.#attributes) {
      const text = type[a] === 1 && type[b] === 1
      const [left, right] = [value[a] as number, value[b] as number]
      const order = (type[a] as number) - (type[b] as number) || (text ? compareTexts(this.dictionary, left, right) : left - right)
      if (order !== 0) return order
    }
    return 0
  }

  #take(): number {
    const slot = this.#free
    if (slot !== noSlot) {
      this.#free = this.next[slot] as number
      return slot
    }
    if (this.#fresh === this.duration.length) this.#grow(this.#fresh * 2)
    return this.#fresh++
  }

  #grow(capacity: number): void {
    this.service = grown(this.service, capacity)
    this.operation = grown(this.operation, capacity)
    this.kind = grown(this.kind, capacity)
    this.status = grown(this.status, capacity)
    this.startTime = grown(this.startTime, capacity * 2)
    this.endTime = grown(this.endTime, capacity * 2)
    this.spanId = grown(this.spanId, capacity * 2)
    this.parentSpanId = grown(this.parentSpanId, capacity * 2)
    this.duration = grown(this.duration, capacity)
    this.next = grown(this.next, capacity)
    for (const column of this.#attributes) {
      column.type = grown(column.type, capacity)
      column.value = grown(column.value, capacity)
    }
  }
}

function keyOf(column: AttributeColumn | undefined): string {
  return `${column?.attribute.scope} ${column?.attribute.name}`
}

function compareTexts(dictionary: Dictionary, a: number, b: number): number {
  if (a === b) return 0
  const [left, right] = [dictionary.text(a), dictionary.text(b)]
  return left < right ? -1 : left > right ? 1 : 0
}
