/** `under` and `child of`: what is above a span in its trace. */
import { canonical, type SelectorIR } from '../bundle/index.ts'
import { type AssembledSpans, operationMatcher, type SpanTable, serviceMatcher } from '../spans/index.ts'
import { type Columns, cachedByCode, compilePredicate, kindOf, type RowTest } from './predicate.ts'

type AncestorIR = NonNullable<SelectorIR['ancestor']>

const unknown = 0
const absent = 1
const present = 2
const clientKind = 3
const producerKind = 4

export class Ancestors {
  readonly #columns: Columns
  /** By the selector's canonical JSON: selectors that name one ancestor walk up once. */
  readonly #lineages = new Map<string, Lineage>()

  constructor(columns: Columns) {
    this.#columns = columns
  }

  /** Whether the row's span has such an ancestor. */
  test({ relation, selector }: AncestorIR): RowTest {
    const lineage = this.#lineageOf(selector)
    return relation === 'under' ? lineage.under : lineage.childOf
  }

  /** The rows are those of other traces from now on. */
  bind(found: AssembledSpans): void {
    for (const lineage of this.#lineages.values()) lineage.bind(found)
  }

  #lineageOf(selector: SelectorIR): Lineage {
    const key = canonical(selector)
    let lineage = this.#lineages.get(key)
    if (lineage === undefined) {
      lineage = new Lineage(this.#matcher(selector))
      this.#lineages.set(key, lineage)
    }
    return lineage
  }

  /** Whether the row's span itself is one of the selector's. */
  #matcher({ service, operation, kinds, where, ancestor }: SelectorIR): RowTest {
    const columns = this.#columns
    const { dictionary } = columns
    const isService = cachedByCode(serviceMatcher(service), dictionary)
    const isOperation = operation === undefined ? undefined : cachedByCode(operationMatcher(operation), dictionary)
    const mask = kinds.reduce((bits, kind) => bits | (1 << kind), 0)
    const test = where === undefined ? undefined : compilePredicate(where, columns)
    const above = ancestor === undefined ? undefined : this.test(ancestor)
    return (row) => {
      const { table } = columns
      if (!isService(table.service[row] as number)) return false
      if (isOperation !== undefined && !isOperation(table.operation[row] as number)) return false
      if (((mask >>> kindOf(table.kind[row] as number)) & 1) === 0) return false
      return (test === undefined || test(row)) && (above === undefined || above(row))
    }
  }
}

/** The rows that match one selector, and those below them. */
class Lineage {
  readonly #matches: RowTest
  #parent: Int32Array = new Int32Array(0)
  #spans: Pick<SpanTable, 'service' | 'kind'> = { service: new Uint32Array(0), kind: new Uint8Array(0) }
  /** Whether a row matches or has an ancestor that does. */
  #known = new Uint8Array(0)

  constructor(matches: RowTest) {
    this.#matches = matches
  }

  bind({ parent, spans }: AssembledSpans): void {
    this.#parent = parent
    this.#spans = spans
    if (this.#known.length < spans.length) this.#known = new Uint8Array(Math.max(spans.length, this.#known.length * 2))
    else this.#known.fill(unknown, 0, spans.length)
  }

  /** Between a span and what called it from another service lies the caller's own record of the call, which is no step of its own. */
  readonly childOf: RowTest = (row) => {
    const parent = this.#parent[row] as number
    if (parent < 0) return false
    if (this.#matches(parent)) return true
    const { service, kind } = this.#spans
    const isCall = (kind[parent] === clientKind || kind[parent] === producerKind) && service[parent] !== service[row]
    const caller = isCall ? (this.#parent[parent] as number) : -1
    return caller >= 0 && this.#matches(caller)
  }

  /** Each row is walked over once, however many spans are below it; a loop, because a trace may be a chain of any length. */
  readonly under: RowTest = (row) => {
    const parent = this.#parent
    const known = this.#known
    const first = parent[row] as number
    let at = first
    while (at >= 0 && known[at] === unknown && !this.#matches(at)) at = parent[at] as number
    if (at >= 0 && known[at] === unknown) known[at] = present
    const verdict = at < 0 ? absent : (known[at] as number)
    for (let below = first; below !== at; below = parent[below] as number) known[below] = verdict
    return verdict === present
  }
}
