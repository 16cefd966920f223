/** What a replay did, as columns to draw. Fed step by step; pure. */
import { actionWords, type Bundle, conditionWords, printQuantity, type RuleIR, type TargetIR } from '../../src/bundle/index.ts'
import type { StepResult } from '../../src/engine/index.ts'
import type { Because, Observed, RuleOutcome, Truth, UnknownReason, World } from '../../src/evaluate/index.ts'
import type { Decision } from '../../src/plan/index.ts'
import { createDecisionFilter } from '../../src/recordings/index.ts'
import type { DecisionPicture, Picture, RulePicture, SeriesPicture, SeriesType, TargetPicture } from './contract.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] }
type Columns = Writable<SeriesPicture>
type RuleColumns = Omit<Writable<RulePicture>, 'series'> & { readonly series: Map<string, Columns> }
type TargetColumns = Omit<Writable<TargetPicture>, 'rules'> & { readonly rules: Map<string, RuleColumns> }

/** What is known when the replay has ended. */
export type PictureFacts = Pick<Picture, 'start' | 'end' | 'spans' | 'matched' | 'warnings'>

export class PictureBuilder {
  readonly #targets: ReadonlyMap<string, TargetColumns>
  readonly #rules: ReadonlyMap<string, RuleIR>
  readonly #filter = createDecisionFilter()
  #steps = 0

  /** `before`: replicas at the start, by target. */
  constructor(bundle: Bundle, before: ReadonlyMap<string, number>) {
    this.#rules = new Map(bundle.rules.map((rule) => [rule.name, rule]))
    const rules = Map.groupBy(bundle.rules, ({ target }) => target)
    this.#targets = new Map(bundle.targets.map((target) => [target.id, columnsOf(target, before.get(target.id) ?? 0, rules.get(target.id) ?? [])]))
  }

  /** `world`: as the step left it. Returns the decisions that a decision log would have. */
  add({ at, outcomes, decisions }: StepResult, world: World): readonly Decision[] {
    this.#steps++
    const time = seconds(at)
    for (const [id, target] of this.#targets) {
      const snapshot = world.get(id)
      if (snapshot === undefined || 'error' in snapshot) continue
      target.at.push(time)
      target.desired.push(snapshot.desired)
      target.ready.push(snapshot.ready)
    }
    const asked = new Set(decisions.flatMap(({ rules }) => rules.filter(({ fired }) => fired).map(({ rule }) => rule)))
    for (const outcome of outcomes) {
      const target = this.#targets.get(outcome.target)
      const columns = target?.rules.get(outcome.rule)
      const rule = this.#rules.get(outcome.rule)
      if (columns === undefined || rule === undefined) continue
      addOutcome(columns, time, outcome, asked.has(outcome.rule), held(rule, outcome, target?.desired.at(-1)))
    }
    const changed = decisions.filter((decision) => this.#filter.changed(decision))
    for (const decision of changed) this.#targets.get(decision.target)?.decisions.push(decisionPicture(decision))
    return changed
  }

  finish(facts: PictureFacts): Picture {
    const targets = [...this.#targets.values()].map((target) => ({
      ...target,
      rules: [...target.rules.values()].map((rule) => ({ ...rule, series: [...rule.series.values()] })),
    }))
    return { ...facts, steps: this.#steps, targets }
  }
}

function columnsOf({ id, min, max }: TargetIR, initial: number, rules: readonly RuleIR[]): TargetColumns {
  return { id, min, max, initial, at: [], desired: [], ready: [], decisions: [], rules: new Map(rules.map((rule) => [rule.name, ruleColumns(rule)])) }
}

function ruleColumns({ name, doc, action, condition, observe, everyNs, source }: RuleIR): RuleColumns {
  return {
    name,
    ...(doc === undefined ? {} : { doc }),
    action: actionWords(action, everyNs),
    condition: condition.kind === 'always' ? '' : conditionWords(condition, everyNs),
    observe,
    file: source.file,
    line: source.line,
    at: [],
    truth: [],
    unknown: [],
    fired: [],
    series: new Map(),
  }
}

function addOutcome(rule: RuleColumns, time: number, { truth, unknown, because }: RuleOutcome, fired: boolean, hold: Sample | undefined): void {
  const step = rule.at.length
  rule.at.push(time)
  rule.truth.push(truth)
  rule.unknown.push(unknown ?? null)
  rule.fired.push(fired)
  const samples = [...comparisons(because, ''), ...(hold === undefined ? [] : [hold])]
  for (const sample of samples) {
    let column = rule.series.get(sample.path)
    if (column === undefined) {
      column = emptySeries(sample, step)
      rule.series.set(sample.path, column)
    }
    put(column, step, sample)
  }
  // What a step does not speak of is a gap in it.
  for (const column of rule.series.values()) if (column.values.length === step) put(column, step, undefined)
}

/** A value beside a threshold at one step. */
interface Sample {
  /** Its place in the condition: the same at every step. */
  readonly path: string
  readonly text: string
  readonly against: string
  readonly operator: string
  readonly type: string
  readonly value: number | undefined
  readonly threshold: number | undefined
  readonly truth: Truth
  readonly unknown: UnknownReason | undefined
}

function* comparisons(because: Because, path: string): Generator<Sample> {
  const { kind, text, truth, unknown, operator, left, right, counted, of = [] } = because
  if (kind === 'compare' && left !== undefined && right !== undefined) {
    const turned = isLiteral(left) && !isLiteral(right)
    const [measured, against] = turned ? [right, left] : [left, right]
    yield {
      path,
      text: measured.text,
      against: against.text,
      operator: turned ? (mirrored[operator ?? ''] ?? operator ?? '') : (operator ?? ''),
      type: measured.type,
      value: measured.value,
      threshold: against.value,
      truth,
      unknown: unknown ?? measured.unknown,
    }
  } else if (kind === 'spans' && counted !== undefined) {
    // Where the truth is unknown the count is not to be trusted either.
    const value = truth === 'unknown' ? undefined : counted.have
    yield { path, text, against: `${counted.need} spans`, operator: '>=', type: 'number', value, threshold: counted.need, truth, unknown }
  }
  for (const [i, part] of of.entries()) yield* comparisons(part, `${path}.${i}`)
}

const mirrored: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

function isLiteral({ text }: Observed): boolean {
  return /^-?[\d.]\S*$/.test(text)
}

/** Of a rule that holds a value: the value, and where it would be with as many replicas as there are. */
function held({ action }: RuleIR, { hold, truth }: RuleOutcome, replicas: number | undefined): Sample | undefined {
  if (action.kind !== 'hold' || hold === undefined) return undefined
  const { text, type, value, unknown } = hold
  const goal = printQuantity(action.at, action.value.type)
  const threshold = action.perReplica ? (replicas === undefined ? undefined : action.at * replicas) : action.at
  return { path: 'hold', text, against: action.perReplica ? `${goal} per replica` : goal, operator: 'held at', type, value, threshold, truth, unknown }
}

function emptySeries({ text, against, operator, type }: Sample, steps: number): Columns {
  const gap = (): null[] => Array<null>(steps).fill(null)
  return {
    text,
    against,
    operator,
    type: type as SeriesType,
    values: gap(),
    thresholds: gap(),
    unknown: gap(),
    truth: Array<Truth>(steps).fill('unknown'),
  }
}

function put(column: Columns, step: number, sample: Sample | undefined): void {
  column.values[step] = finite(sample?.value)
  column.thresholds[step] = finite(sample?.threshold)
  column.unknown[step] = sample?.unknown ?? null
  column.truth[step] = sample?.truth ?? 'unknown'
}

/** What JSON can carry; anything else is no value to draw. */
function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null
}

function decisionPicture({ id, at, outcome, reason, message, from, to }: Decision): DecisionPicture {
  return { id, at: seconds(at), outcome, reason, message, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
}

/** To the millisecond, as the decision log has it. */
function seconds(at: number): number {
  return Math.round(at / 1e6) / 1e3
}
