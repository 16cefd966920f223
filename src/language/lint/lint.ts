/** Every lint: those of single rules, and the one that compares the rules of a target. */
import type { Checked } from '../check/check.ts'
import type { Rule } from '../check/program.ts'
import type { Diagnostic } from '../diagnostics.ts'
import { atOnce, inPortions, type Sliced } from '../sliced.ts'
import { alwaysHolds } from './always-holds.ts'
import { attributeType } from './attribute-type.ts'
import { calleeCauses } from './callee-causes.ts'
import { clientName } from './client-name.ts'
import { type Lint, type LintContext, type Subject, subjectOf } from './context.ts'
import { fewSpans } from './few-spans.ts'
import { heldTotal } from './held-total.ts'
import { LintMemory } from './memory.ts'
import { neverFires } from './never-fires.ts'
import { peerByName } from './peer-by-name.ts'
import { severalOperations } from './several-operations.ts'
import { shadowed } from './shadowed.ts'
import { superfluous } from './superfluous.ts'
import { unknownAttribute } from './unknown-attribute.ts'
import { unknownOperation } from './unknown-operation.ts'
import { unknownService } from './unknown-service.ts'
import { unknownWorkload } from './unknown-workload.ts'

/** Of single rules. */
const lints: readonly Lint[] = [
  neverFires,
  alwaysHolds,
  superfluous,
  peerByName,
  heldTotal,
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

/** What is linted: all that a check gives but its diagnostics. */
export type Lintable = Pick<Checked, 'program' | 'resolved' | 'byTarget'>

/** What the lints say of a checked program, before suppressions and other severities; `settle` is for these. */
export function lint(checked: Lintable, context: LintContext = {}): readonly Diagnostic[] {
  return atOnce(linting(checked, context))
}

/** Rules that are linted between two pauses: a few milliseconds of work, also where they meet the catalog for the first time. */
const portion = 10

/** The same, a few rules at a time, with what is remembered of the last time. */
export function* linting(checked: Lintable, context: LintContext, memory = new LintMemory()): Sliced<readonly Diagnostic[]> {
  const subject = subjectOf(checked, context, memory)
  const { program } = subject
  const of = (rules: readonly Rule[]): Subject => ({ ...subject, program: { ...program, rules } })
  const all = (rule: Rule): readonly Diagnostic[] => {
    const single = of([rule])
    return lints.flatMap((each) => each(single))
  }
  const found: Diagnostic[] = []
  yield* inPortions(program.rules, portion, (rule) => {
    for (const diagnostic of memory.of(rule, all)) found.push(diagnostic)
  })
  for (const diagnostic of yield* memory.shadowed.all(checked.byTarget, (rules) => shadowed(of(rules)))) found.push(diagnostic)
  return found
}
