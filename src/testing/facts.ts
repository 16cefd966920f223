/** What a test saw, as its expectations ask for it: little, however long the test is. */
import type { StepResult } from '../engine/index.ts'
import type { Truth, UnknownReason } from '../evaluate/index.ts'
import type { Nanos } from '../spans/index.ts'

export interface Action {
  /** From the start of the test. */
  readonly ns: number
  readonly target: string
  readonly from: number
  readonly to: number
  /** Rules that asked for it. */
  readonly rules: readonly string[]
}

/** From `ns` on, until the next. */
export interface TruthSince {
  readonly ns: number
  readonly truth: Truth
  readonly unknown: UnknownReason | undefined
}

export class Facts {
  readonly actions: Action[] = []
  /** By rule: the moments at which it began to ask. */
  readonly firings = new Map<string, number[]>()
  readonly #truths = new Map<string, TruthSince[]>()
  readonly #start: Nanos
  readonly #initial: ReadonlyMap<string, number>
  /** Rules that asked at their target's last decision; answered once the target was changed since they began. */
  readonly #asking = new Map<string, 'waiting' | 'answered'>()

  /** `initial`: replicas at the start, by target. */
  constructor(start: Nanos, initial: ReadonlyMap<string, number>) {
    this.#start = start
    this.#initial = initial
  }

  add({ at, outcomes, decisions }: StepResult): void {
    const ns = at - this.#start
    for (const { rule, truth, unknown } of outcomes) {
      const known = this.#truths.get(rule) ?? []
      const last = known.at(-1)
      if (last?.truth !== truth || last.unknown !== unknown) known.push({ ns, truth, unknown })
      this.#truths.set(rule, known)
    }
    for (const { target, outcome, from, to, rules } of decisions) {
      for (const { rule, fired, silent, wants } of rules) {
        if (!fired && silent !== 'observe') this.#asking.delete(rule)
        else if (this.#fires(this.#asking.get(rule), wants !== from)) {
          this.firings.set(rule, [...(this.firings.get(rule) ?? []), ns])
          this.#asking.set(rule, 'waiting')
        }
      }
      if (outcome !== 'scale' || from === undefined || to === undefined) continue
      const asked = rules.filter(({ fired, wants }) => fired && wants !== undefined && Math.sign(wants - from) === Math.sign(to - from))
      this.actions.push({ ns, target, from, to, rules: asked.map(({ rule }) => rule) })
      // A freeze asks for nothing that could be done.
      for (const { rule, wants } of rules) if (wants !== undefined && this.#asking.has(rule)) this.#asking.set(rule, 'answered')
    }
  }

  /** Who goes on asking after an answer fires again, unless it is content, as a floor is that has been reached. */
  #fires(before: 'waiting' | 'answered' | undefined, wantsChange: boolean): boolean {
    return before === undefined || (before === 'answered' && wantsChange)
  }

  /** Desired replicas at a moment, the step that ends there included. */
  replicasAt(target: string, ns: number): number {
    return this.#actionsOf(target).findLast((action) => action.ns <= ns)?.to ?? this.#initial.get(target) ?? 0
  }

  /** Every count that the target had, with since when. */
  history(target: string): readonly { readonly ns: number; readonly replicas: number }[] {
    return [{ ns: 0, replicas: this.replicasAt(target, -1) }, ...this.#actionsOf(target).map(({ ns, to }) => ({ ns, replicas: to }))]
  }

  /** What the rule said last at a moment; undefined before its first step. */
  truthAt(rule: string, ns: number): TruthSince | undefined {
    return this.#truths.get(rule)?.findLast((since) => since.ns <= ns)
  }

  #actionsOf(target: string): readonly Action[] {
    return this.actions.filter((action) => action.target === target)
  }
}
