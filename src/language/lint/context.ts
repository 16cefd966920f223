/** What lints are given, and what each of them is. */
import type { Catalog } from '../catalog.ts'
import type { Checked } from '../check/check.ts'
import type { CheckedCondition, Program, Rule, Target } from '../check/program.ts'
import type { Resolutions } from '../check/resolved.ts'
import { type Diagnostic, type Message, report, type Severity } from '../diagnostics.ts'
import type { TextRange } from '../tree.ts'
import { type CatalogView, viewOf } from './known.ts'
import { type Formula, formulaOf } from './logic/formula.ts'
import type { LintMemory } from './memory.ts'

/** Everything from outside the program; all of it is optional, and without it the lints that need it keep silent. */
export interface LintContext {
  /** What the live system is known to have. */
  readonly catalog?: Catalog
  /** Questions to that catalog, by whoever lints again and again: answers are remembered in it. */
  readonly view?: CatalogView
  /** Spans a second, by `service` or `service/operation`; goes before the catalog's. */
  readonly rates?: Readonly<Record<string, number>>
  /** Share of the traces that the sampler keeps, 0 to 1; undefined: all of them. */
  readonly sampled?: number
  /** Most that one rule may cost. */
  readonly budget?: Budget
  /** The day on which suppressions are judged, as `2027-01-31`; without one none has expired. */
  readonly today?: string
  /** Names that the catalog does not have are errors. */
  readonly strict?: boolean
  /** Other severities, by code; of warnings and of lints only. */
  readonly severities?: Readonly<Record<string, Severity | 'off'>>
}

export interface Budget {
  /** Microseconds of work a second. */
  readonly work?: number
  /** Bytes. */
  readonly memory?: number
}

/** A checked program with its surroundings. */
export interface Subject {
  readonly program: Program
  readonly resolved: Resolutions
  readonly context: LintContext
  /** Of the catalog, if there is one. */
  readonly view: CatalogView | undefined
  readonly targetOf: (id: string) => Target | undefined
  /** A condition in the form that `logic/` reasons with; made once. */
  readonly formula: (condition: CheckedCondition) => Formula
  /** What `find` finds in the catalog, for whatever rules are asked about; found once. */
  readonly once: <T>(find: (catalog: Catalog) => T) => T | undefined
}

/** One check: pure, and quick enough to be asked on every keystroke. It is given one rule of the program at a time, or those of one target. */
export type Lint = (subject: Subject) => readonly Diagnostic[]

export function subjectOf({ program, resolved }: Pick<Checked, 'program' | 'resolved'>, context: LintContext, memory: LintMemory): Subject {
  const formulas = new Map<CheckedCondition, Formula>()
  const formula = (condition: CheckedCondition): Formula => {
    const known = formulas.get(condition) ?? formulaOf(condition)
    formulas.set(condition, known)
    return known
  }
  const view = context.view ?? (context.catalog === undefined ? undefined : viewOf(context.catalog))
  let targets: ReadonlyMap<string, Target> | undefined
  const targetOf = (id: string): Target | undefined => {
    targets ??= new Map(program.targets.map((target) => [target.id, target]))
    return targets.get(id)
  }
  memory.begin(view, context)
  const once = <T>(find: (catalog: Catalog) => T): T | undefined => (view === undefined ? undefined : memory.once(find, view.catalog))
  return { program, resolved, context, view, targetOf, formula, once }
}

/** A diagnostic in the rule's file. */
export function inRule<P>(rule: Rule, entry: Message<P>, range: TextRange, parameters: P, more?: Parameters<typeof report>[4]): Diagnostic {
  return report(entry, rule.file.source.name, range, parameters, more)
}

/** Where the rule's condition stands; of a `to hold` without one, the action. */
export function conditionRange(rule: Rule): TextRange {
  return rule.tree.condition?.range ?? rule.condition.range
}

/** `more` of a message that knows a better spelling. */
export function respelling(range: TextRange, text: string | undefined): Parameters<typeof report>[4] {
  return text === undefined ? {} : { fix: { title: `write ${text}`, edits: [{ range, text }] } }
}
