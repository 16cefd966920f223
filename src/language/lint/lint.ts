/** Every lint, in the order of their codes. */
import type { Checked } from '../check/check.ts'
import type { Program, Rule } from '../check/program.ts'
import type { Diagnostic } from '../diagnostics.ts'
import { atOnce, type Sliced } from '../sliced.ts'
import { alwaysHolds } from './always-holds.ts'
import { attributeType } from './attribute-type.ts'
import { calleeCauses } from './callee-causes.ts'
import { clientName } from './client-name.ts'
import { type Lint, type LintContext, subjectOf } from './context.ts'
import { fewSpans } from './few-spans.ts'
import { neverFires } from './never-fires.ts'
import { peerByName } from './peer-by-name.ts'
import { severalOperations } from './several-operations.ts'
import { shadowed } from './shadowed.ts'
import { superfluous } from './superfluous.ts'
import { unknownAttribute } from './unknown-attribute.ts'
import { unknownOperation } from './unknown-operation.ts'
import { unknownService } from './unknown-service.ts'
import { unknownWorkload } from './unknown-workload.ts'

const lints: readonly Lint[] = [
  neverFires,
  alwaysHolds,
  shadowed,
  superfluous,
  peerByName,
  unknownService,
  unknownOperation,
  unknownAttribute,
  unknownWorkload,
  severalOperations,
  clientName,
  attributeType,
  fewSpans,
  calleeCauses,
]

/** What the lints say of a checked program, before suppressions and other severities; `settle` is for these. */
export function lint(checked: Pick<Checked, 'program' | 'resolved'>, context: LintContext = {}): readonly Diagnostic[] {
  return atOnce(linting(checked, context))
}

/** Rules that a lint is given between two pauses: a few milliseconds of work, also where it meets the catalog for the first time. */
const portion = 25

/** The same, a lint of a few rules at a time. */
export function* linting(checked: Pick<Checked, 'program' | 'resolved'>, context: LintContext): Sliced<readonly Diagnostic[]> {
  const subject = subjectOf(checked, context)
  const found: Diagnostic[] = []
  const { program } = subject
  const [portions, portionsByTarget] = [portionsOf(program.rules.map((rule) => [rule])), portionsOf(rulesByTarget(program))]
  yield
  for (const each of lints)
    for (const rules of each === shadowed ? portionsByTarget : portions) {
      for (const diagnostic of each({ ...subject, program: { ...program, rules } })) found.push(diagnostic)
      yield
    }
  return found
}

/** The rules of one target belong together only for the lint that compares them. */
function rulesByTarget({ rules }: Program): readonly (readonly Rule[])[] {
  return [...Map.groupBy(rules, ({ target }) => target).values()]
}

/** In the same order; what belongs together stays together, however many it is. */
function portionsOf(groups: readonly (readonly Rule[])[]): readonly (readonly Rule[])[] {
  const portions: Rule[][] = []
  for (const group of groups) {
    const last = portions.at(-1)
    if (last === undefined || last.length >= portion) portions.push([...group])
    else last.push(...group)
  }
  return portions
}
