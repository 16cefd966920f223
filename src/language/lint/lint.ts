/** Every lint, in the order of their codes. */
import type { Checked } from '../check/check.ts'
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

/** The same, a lint at a time. */
export function* linting(checked: Pick<Checked, 'program' | 'resolved'>, context: LintContext): Sliced<readonly Diagnostic[]> {
  const subject = subjectOf(checked, context)
  const found: Diagnostic[] = []
  for (const each of lints) {
    for (const diagnostic of each(subject)) found.push(diagnostic)
    yield
  }
  return found
}
