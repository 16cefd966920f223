/** What an object is told of itself: conditions, where its errors are, how many rules it has. Pure. */
import { canonical } from '../../bundle/index.ts'
import { type Compiled, lineOf, type RuleSet } from './compile.ts'

export interface RuleSetStatus {
  readonly observedGeneration: number
  /** Of the text that is in force: the newest one that was right. */
  readonly activeGeneration?: number
  readonly rules: number
  readonly problems: Compiled['problems']
  readonly conditions: readonly Condition[]
}

export interface Condition {
  readonly type: 'Ready'
  readonly status: 'True' | 'False'
  readonly observedGeneration: number
  readonly reason: 'Compiled' | 'Invalid' | 'Refused'
  readonly message: string
  readonly lastTransitionTime: string
}

const mostProblems = 20
/** Of a condition's message, by the API's conventions. */
const longestMessage = 32_768

export interface Verdict {
  readonly compiled: Compiled
  /** Why the part is left out although its text is right. */
  readonly refused?: string
  readonly activeGeneration?: number
  readonly activeRules: number
}

export function statusOf(
  { metadata: { generation = 0 }, status }: RuleSet,
  { compiled, refused, activeGeneration, activeRules }: Verdict,
  now: string,
): RuleSetStatus {
  const errors = compiled.problems.filter(({ severity }) => severity === 'error')
  const stays = activeGeneration === undefined ? 'no rules of it are in force' : `the rules of generation ${activeGeneration} stay in force`
  const [reason, message] =
    errors.length > 0
      ? (['Invalid', `${lineOf(errors[0] as (typeof errors)[number])}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''}; ${stays}`] as const)
      : refused !== undefined
        ? (['Refused', `${refused}; ${stays}`] as const)
        : (['Compiled', activeRules === 1 ? '1 rule is in force' : `${activeRules} rules are in force`] as const)
  const said = reason === 'Compiled' ? 'True' : 'False'
  const before = (status as Partial<RuleSetStatus> | undefined)?.conditions?.find(({ type }) => type === 'Ready')
  return {
    observedGeneration: generation,
    ...(activeGeneration === undefined ? {} : { activeGeneration }),
    rules: activeRules,
    // Errors first: they are what somebody looks for, and the list has an end.
    problems: [...errors, ...compiled.problems.filter(({ severity }) => severity !== 'error')].slice(0, mostProblems),
    conditions: [
      {
        type: 'Ready',
        status: said,
        observedGeneration: generation,
        reason,
        message: message.slice(0, longestMessage),
        lastTransitionTime: before?.status === said ? before.lastTransitionTime : now,
      },
    ],
  }
}

export function sameStatus(a: unknown, b: RuleSetStatus): boolean {
  return a !== undefined && canonical(a) === canonical(b)
}
