/** Calls that nobody answered, as spans of whom they called. */
import { peerKind } from '../bundle/index.ts'
import { type AssembledSpans, type Dictionary, peerSystem } from '../spans/index.ts'
import { Columns } from './predicate.ts'
import { SelectorIndex } from './selector-index.ts'

/** The bit that selectors of peers have in their kinds. */
export const peerCode = peerKind

/** What selectors of peers look into: spans by the names of their peers, and what their times mean to these. */
export class Peers {
  readonly index: SelectorIndex
  readonly columns: Columns
  #view: AssembledSpans | undefined
  #noGap = new Float64Array(0)

  constructor(dictionary: Dictionary) {
    this.columns = new Columns(dictionary)
    this.index = new SelectorIndex(dictionary, this.columns, undefined, namesOf)
  }

  /** Nobody can tell the way to a peer from its work: what its caller saw is what it took, and all of that is its own. */
  get view(): AssembledSpans {
    if (this.#view === undefined) throw new Error('no traces are bound')
    return this.#view
  }

  bind(found: AssembledSpans): void {
    if (this.#noGap.length < found.gap.length) this.#noGap = new Float64Array(found.gap.length)
    this.#view = { ...found, seen: found.spans.duration, gap: this.#noGap, own: found.self }
    this.columns.bindTraces(this.#view)
  }
}

/** `postgresql/orders` is also `postgresql`. */
function namesOf(peer: string): readonly string[] {
  const system = peerSystem(peer)
  return system === peer ? [peer] : [peer, system]
}
