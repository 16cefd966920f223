/** Which clauses of rules and targets ever changed what was decided. */
import type { StepResult } from '../engine/index.ts'
import type { Because } from '../evaluate/index.ts'
import type { Clause, FileTree, Program, TextRange } from '../language/index.ts'
import type { Decision, RuleReport } from '../plan/index.ts'

export interface ClauseCoverage {
  /** The rule's name or the target's id. */
  readonly of: string
  readonly file: FileTree
  readonly range: TextRange
  /** At how many decisions it took effect, and at how many it did not. */
  readonly truths: { true: number; false: number }
}

type Counted<Seen> = ClauseCoverage & { readonly takesEffect: (seen: Seen) => boolean }

export class ClauseCounter {
  readonly #ofRules = new Map<string, Counted<RuleReport>[]>()
  readonly #ofTargets = new Map<string, Counted<Decision>[]>()

  /** Clauses that leave no trace of themselves in decisions are not counted: `every`, `priority`, `combine`, bounds of rules. */
  constructor(program: Program) {
    for (const { name, file, tree } of program.rules) this.#ofRules.set(name, counters(name, file, tree.clauses, effectOnRule))
    for (const { id, file, tree } of program.declaredTargets) this.#ofTargets.set(id, counters(id, file, tree.clauses, effectOnTarget))
  }

  /** By rule, then by target. */
  get all(): readonly ClauseCoverage[] {
    return [...this.#ofRules.values(), ...this.#ofTargets.values()].flat()
  }

  add({ decisions }: StepResult): void {
    for (const decision of decisions) {
      for (const clause of this.#ofTargets.get(decision.target) ?? []) note(clause, decision)
      for (const report of decision.rules) for (const clause of this.#ofRules.get(report.rule) ?? []) note(clause, report)
    }
  }
}

function counters<Seen>(
  of: string,
  file: FileTree,
  clauses: readonly Clause[],
  effectOf: (clause: Clause) => ((seen: Seen) => boolean) | undefined,
): Counted<Seen>[] {
  return clauses.flatMap((clause) => {
    const takesEffect = effectOf(clause)
    return takesEffect === undefined ? [] : [{ of, file, range: clause.range, truths: { true: 0, false: 0 }, takesEffect }]
  })
}

function note<Seen>({ truths, takesEffect }: Counted<Seen>, seen: Seen): void {
  if (takesEffect(seen)) truths.true++
  else truths.false++
}

function effectOnRule(clause: Clause): ((report: RuleReport) => boolean) | undefined {
  switch (clause.kind) {
    case 'cooldown':
      return ({ silent }) => silent?.startsWith('rests') === true
    case 'observe':
      return ({ silent }) => silent === 'observe'
    case 'atLeastSpans':
      return ({ because }) => hasFew(because)
    case 'onMissing':
      return clause.answer === 'hold' ? undefined : ({ fired, unknown }) => fired && unknown === 'stale'
    default:
      return undefined
  }
}

function hasFew({ unknown, of = [] }: Because): boolean {
  return unknown === 'few' || of.some(hasFew)
}

function effectOnTarget(clause: Clause): ((decision: Decision) => boolean) | undefined {
  switch (clause.kind) {
    case 'between':
      return limitedBy('bounds')
    case 'cooldown':
      return limitedBy('cooldown')
    case 'settle':
      return ({ reason }) => reason === 'Settling'
    case 'stable':
      return limitedBy('stabilize', clause.before)
    case 'atMost':
      return limitedBy('rate', clause.direction)
    case 'mode':
      return ({ reason }) => reason === 'ModeOff' || reason === 'ModeOutOnly' || reason === 'Observed'
    default:
      return undefined
  }
}

/** Whether the stage changed or held what was wanted, in one direction or in any. */
function limitedBy(name: Decision['stages'][number]['stage'], direction?: 'up' | 'down'): (decision: Decision) => boolean {
  return ({ stages, from }) =>
    stages.some(({ stage, before, after }) => {
      if (stage !== name || before === after || from === undefined) return false
      return direction === undefined || before > from === (direction === 'up')
    })
}
