/** The one engine that the daemon, replay and tests drive: the order of evaluation and planning, and what they remember. */
import type { Bundle, RuleIR, TargetIR } from '../bundle/index.ts'
import type { Counted, CountRequest, Epoch, Evaluator, IngestReport, RuleOutcome, SeriesLayout, TracesReport, World } from '../evaluate/index.ts'
import type { Allowance, Budget, Decision, Spending, TargetState } from '../plan/index.ts'
import { acted, advance, allowanceOf, firstSight, givenBack, inherited, plan, setAside, settled, within } from '../plan/index.ts'
import type { ColumnRef, Dictionary, Nanos } from '../spans/index.ts'
import { SpanTable } from '../spans/index.ts'
import type { Engine, EngineState, StepResult } from './contract.ts'

/** A target with its rules, in bundle order. */
interface Planned {
  readonly target: TargetIR
  readonly rules: readonly RuleIR[]
}

export interface PlanningParts {
  readonly bundle: Bundle
  readonly evaluator: Evaluator
  readonly dictionary: Dictionary
  /** Of tables to decode into. */
  readonly columns: readonly ColumnRef[]
  readonly state: EngineState | undefined
  readonly minAvailable: number
  readonly budget: Budget | undefined
}

export class PlanningEngine implements Engine {
  readonly evaluator: Evaluator
  readonly dictionary: Dictionary
  readonly #bundle: Bundle
  readonly #columns: readonly ColumnRef[]
  readonly #planned: readonly Planned[]
  readonly #states: Map<string, TargetState>
  /** Of every rule, however long its step: a target is planned for with the last word of each of its rules. */
  readonly #outcomes = new Map<string, RuleOutcome>()

  readonly #minAvailable: number
  readonly #budget: Budget | undefined
  #spent: readonly Spending[]
  /** Targets with a predecessor's memory, of which nobody has read yet how it left them. */
  readonly #unseen = new Set<string>()

  constructor({ bundle, evaluator, dictionary, columns, state, minAvailable, budget }: PlanningParts) {
    this.#columns = columns
    this.evaluator = evaluator
    this.dictionary = dictionary
    this.#bundle = bundle
    this.#minAvailable = minAvailable
    this.#budget = budget
    this.#spent = (budget === undefined ? undefined : state?.spent) ?? []
    const rules = Map.groupBy(bundle.rules, (rule) => rule.target)
    this.#planned = bundle.targets.map((target) => ({ target, rules: rules.get(target.id) ?? [] }))
    this.#states = new Map(bundle.targets.map(({ id }) => [id, state?.targets[id] ?? firstSight]))
  }

  table(): SpanTable {
    return new SpanTable(this.dictionary, this.#columns)
  }

  ingest(table: SpanTable, now?: Nanos): IngestReport {
    return this.evaluator.ingest(table, now)
  }

  due(now?: Nanos, drain?: boolean): Nanos | undefined {
    return this.evaluator.due(now, drain)
  }

  begin(at: Nanos, world: World): CountRequest {
    const { next } = this.evaluator
    if (next === undefined) throw new RangeError('the first step has no beginning: nothing to count')
    return { start: next, at, epochs: this.#epochs(at, world) }
  }

  step(at: Nanos, world: World, counted?: Counted): StepResult {
    const epochs = this.#epochs(at, world)
    const outcomes = this.evaluator.step({ at, world, epochs, ...(counted === undefined ? {} : { counted }) })
    const touched = new Set<string>()
    for (const outcome of outcomes) {
      this.#outcomes.set(outcome.rule, outcome)
      touched.add(outcome.target)
    }
    if (this.#budget !== undefined) this.#spent = givenBack(within(this.#budget, this.#spent, at), world)
    const decisions: Decision[] = []
    for (const { target, rules } of this.#planned) {
      if (!touched.has(target.id)) continue
      const { decision, state } = plan({
        digest: this.#bundle.digest,
        at,
        target,
        rules: rules.map((rule) => ({ rule, outcome: this.#outcomes.get(rule.name) ?? unheard(rule) })),
        snapshot: world.get(target.id),
        state: this.#stateOf(target.id),
        minAvailable: this.#minAvailable,
        ...this.#allowance(at),
      })
      this.#states.set(target.id, state)
      if (this.#budget !== undefined) this.#spent = setAside(this.#spent, decision)
      decisions.push(decision)
    }
    return { at, outcomes, decisions }
  }

  /** First of all: what is evaluated at a step depends on whether the last action's replicas are ready. Asked twice it says the same. */
  #epochs(at: Nanos, world: World): ReadonlyMap<string, Epoch> {
    const epochs = new Map<string, Epoch>()
    this.#inherit(at, world)
    for (const { target } of this.#planned) {
      const state = advance(this.#stateOf(target.id), target, at, world.get(target.id))
      this.#states.set(target.id, state)
      if (state.epoch !== undefined) epochs.set(target.id, state.epoch)
    }
    return epochs
  }

  acted(decision: Decision, how: { readonly unsure?: boolean } = {}): void {
    const state = this.#states.get(decision.target)
    // A target that a reload has removed is no longer ours to remember.
    if (state !== undefined) this.#states.set(decision.target, acted(state, decision, how))
    if (this.#budget !== undefined) this.#spent = settled(this.#spent, decision)
  }

  state(): EngineState {
    return { targets: Object.fromEntries(this.#states), ...(this.#spent.length === 0 ? {} : { spent: this.#spent }) }
  }

  bring(table: SpanTable): void {
    this.evaluator.bring(table)
  }

  reached(watermark: Nanos): void {
    this.evaluator.reached(watermark)
  }

  get layout(): readonly SeriesLayout[] {
    return this.evaluator.layout
  }

  get next(): Nanos | undefined {
    return this.evaluator.next
  }

  succeed({ targets, spent = [] }: EngineState, at: Nanos, world: World): void {
    for (const id of this.#states.keys()) {
      const state = targets[id]
      if (state === undefined) {
        const { base: _, ...rest } = this.#stateOf(id)
        this.#states.set(id, rest)
      } else this.#states.set(id, state)
      this.#unseen.add(id)
    }
    this.#inherit(at, world)
    if (this.#budget !== undefined) this.#spent = spent
  }

  /** Of targets that can be read by now. */
  #inherit(at: Nanos, world: World): void {
    if (this.#unseen.size === 0) return
    const rulesOf = new Map(this.#planned.map(({ target, rules }) => [target.id, rules.map(({ name }) => name)]))
    for (const id of this.#unseen) {
      const snapshot = world.get(id)
      if (snapshot === undefined || 'error' in snapshot) continue
      this.#unseen.delete(id)
      this.#states.set(id, inherited(this.#stateOf(id), at, snapshot, rulesOf.get(id) ?? []))
    }
  }

  get watermark(): Nanos | undefined {
    return this.evaluator.watermark
  }

  get traces(): TracesReport | undefined {
    return this.evaluator.traces
  }

  /** What the targets before this one have left of the budget. */
  #allowance(at: Nanos): { readonly allowance?: Allowance } {
    return this.#budget === undefined ? {} : { allowance: allowanceOf(this.#budget, this.#spent, at) }
  }

  #stateOf(target: string): TargetState {
    return this.#states.get(target) ?? firstSight
  }
}

/** A rule whose first step has not ended: nobody knows, so nothing is taken away on its target. */
function unheard(rule: RuleIR): RuleOutcome {
  const because = { kind: 'always', text: 'its first step has not ended', truth: 'unknown', unknown: 'stale' } as const
  return { rule: rule.name, target: rule.target, truth: 'unknown', unknown: 'stale', because }
}
