/** When the rules of a target asked: of that time nothing is a baseline. */
import type { Nanos } from '../spans/index.ts'

/** Steps that ended in (from, to]. */
export interface Trouble {
  /** As early as what made the rules ask can have begun, and as late. */
  readonly earliest: Nanos
  readonly latest: Nanos
  readonly to: Nanos
}

export class Troubles {
  readonly #keepNs: number
  /** By target, oldest first. */
  readonly #all: Map<string, Trouble[]>

  constructor(keepNs: number, previous?: Troubles) {
    this.#keepNs = keepNs
    this.#all = previous === undefined ? new Map() : previous.#all
  }

  /** Oldest first. */
  of(target: string): readonly Trouble[] {
    return this.#all.get(target) ?? []
  }

  /**
   * A rule asks. It is the same trouble as before if the rules were not quiet for as long as they look back: after an action they count anew, and are
   * quiet for a while whatever goes on.
   */
  add(target: string, { earliest, latest, to }: Trouble): void {
    const all = this.of(target).filter((trouble) => trouble.to > to - this.#keepNs)
    const last = all.at(-1)
    if (last !== undefined && earliest - (to - earliest) <= last.to)
      all[all.length - 1] = { earliest: Math.min(earliest, last.earliest), latest: Math.min(latest, last.latest), to }
    else all.push({ earliest, latest, to })
    this.#all.set(target, all)
  }

  /** Nobody can say yet whether the last one is over: new replicas are not ready. */
  goesOn(target: string, to: Nanos): void {
    const last = this.of(target).at(-1)
    if (last !== undefined) this.add(target, { ...last, to })
  }
}
