/**
 * Who was called where nobody answered: databases, caches, brokers and third parties send no spans of their own, and are known by what their callers say
 * of them.
 */
import { peerNaming } from '../bundle/index.ts'
import { type AttributeColumn, attributeText, type SpanTable } from './table.ts'

/** Names that were put together; when there are more, it is begun anew. */
const mostNames = 65_536
const empty = 0
const word = 2 ** 32

export class PeerNames {
  /** Whether the table has a column that names anyone. */
  readonly any: boolean
  readonly #table: SpanTable
  readonly #ways: readonly { readonly name: readonly AttributeColumn[]; readonly part: readonly AttributeColumn[] }[]
  /** Codes of whole names, by those of their parts. */
  readonly #whole = new Map<number, number>()

  constructor(table: SpanTable) {
    this.#table = table
    const columns = (names: readonly string[]): AttributeColumn[] => names.flatMap((name) => table.spanAttributes.byName.get(name) ?? [])
    this.#ways = peerNaming.map(({ name, part }) => ({ name: columns(name), part: columns(part) })).filter(({ name }) => name.length > 0)
    this.any = this.#ways.length > 0
  }

  /** The dictionary code of the peer that the row's attributes name; 0: they name none. */
  codeOf(row: number): number {
    for (const { name, part } of this.#ways) {
      const system = firstText(name, row)
      if (system === empty) continue
      const namespace = firstText(part, row)
      return namespace === empty ? system : this.#joined(system, namespace)
    }
    return empty
  }

  /** `postgresql/orders`. */
  #joined(system: number, namespace: number): number {
    const key = system * word + namespace
    let code = this.#whole.get(key)
    if (code === undefined) {
      const { dictionary } = this.#table
      code = dictionary.code(`${dictionary.text(system)}/${dictionary.text(namespace)}`)
      if (this.#whole.size === mostNames) this.#whole.clear()
      this.#whole.set(key, code)
    }
    // A full dictionary has no code for it.
    return code === empty ? system : code
  }
}

function firstText(columns: readonly AttributeColumn[], row: number): number {
  for (const { type, value } of columns) if (type[row] === attributeText && value[row] !== empty) return value[row] as number
  return empty
}
