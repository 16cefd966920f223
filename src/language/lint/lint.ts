/** Every lint: those of single rules, and the one that compares the rules of a target. */
import type { Checked } from '../check/check.ts'
import type { Rule } from '../check/program.ts'
import type { Diagnostic } from '../diagnostics.ts'
import { atOnce, type Sliced } from '../sliced.ts'
import { alwaysHolds } from './always-holds.ts'
import { attributeType } from './attribute-type.ts'
import { calleeCauses } from './callee-causes.ts'
import { clientName } from './client-name.ts'
import { type Lint, type LintContext, type Subject, subjectOf } from './context.ts'
import { fewSpans } from './few-spans.ts'
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

/** The same, a rule at a time, with what is remembered of the last time. */
export function* linting(checked: Pick<Checked, 'program' | 'resolved'>, context: LintContext, memory = new LintMemory()): Sliced<readonly Diagnostic[]> {
  const subject = subjectOf(checked, context, memory)
  const { program } = subject
  const of = (rules: readonly Rule[]): Subject => ({ ...subject, program: { ...program, rules } })
  const found: Diagnostic[] = []
  for (const rule of program.rules) {
    yield
    const own = memory.of(rule, () => lints.flatMap((each) => each(of([rule]))))
    for (const diagnostic of own) found.push(diagnostic)
  }
  for (const diagnostic of yield* memory.shadowed.all(program.rules, (rules) => shadowed(of(rules)))) found.push(diagnostic)
  return found
}
