/** What would have let through what a stage of the plan changed or held. */
import type { Reason, Release, RuleReport, Stage } from '../plan/index.ts'
import { duration, replicas, value } from '../plan/index.ts'
import { flip } from './flip.ts'
import { flipWords } from './flip-words.ts'
import type { LoggedDecision } from './record.ts'

/** Of the stage `mode`; what a person paused says itself until when. */
const modeWords: Partial<Record<Reason, string>> = {
  ModeOff: "the target's mode is off; mode act would plan for it",
  ModeOutOnly: "the target's mode is out-only; mode act would let it through",
}

/** HPA's tolerance, as the planner has it. */
const tolerance = 0.1

/** A sentence or more for each stage that left its mark, in their order. */
export function releases(decision: LoggedDecision): readonly string[] {
  const found = decision.stages.flatMap((stage) => releaseOf(stage, decision).map((clause) => `${stage.reason === undefined ? 'Limited' : 'Held'}: ${clause}.`))
  // What no stage held: a target that could not be read, what only observes, what the orchestrator refused.
  const unsaid = decision.outcome === 'hold' && decision.reason !== 'WithinTolerance' && !found.some((line) => line.startsWith('Held: '))
  return unsaid ? [...found, `Held: ${decision.message}.`] : found
}

function releaseOf(stage: Stage, decision: LoggedDecision): readonly string[] {
  const { release, reason, message, before, after, stage: name } = stage
  const rules = rulesNamed(release?.rules ?? [], decision)
  switch (name) {
    case 'resolve':
      return reason === undefined ? [] : unresolved(stage, decision)
    case 'merge':
      if (reason === 'StaleEvidence') return rules.map((rule) => `stale evidence of ${rule.rule}: ${clauseThatHolds(rule)}`)
      if (release === undefined) return []
      return rules.map((rule) => `${bound(release, rule.rule)}: ${clauseThatHolds(rule)}`)
    case 'freeze':
      return reason === undefined ? [] : rules.map((rule) => `${rule.rule} froze ${decision.target}: ${clauseThatHolds(rule)}`)
    case 'mode':
      return reason === undefined ? [] : [modeWords[reason] ?? `${message}`]
    case 'stabilize':
      return passing(stage, `it had to stay wanted for another ${duration(release?.afterNs ?? 0)} (stabilization)`)
    case 'cooldown':
      return passing(stage, `the cooldown had ${duration(release?.afterNs ?? 0)} left`)
    case 'epoch':
      return passing(stage, `the last action's replicas had to be ready; waiting for them ends in ${duration(release?.afterNs ?? 0)} at the latest`)
    case 'rate':
      return passing(
        stage,
        `the pace allowed ${replicas(release?.limit ?? after)} of ${before} wanted${release?.afterNs === undefined ? '' : `; more in ${duration(release.afterNs)}`}`,
      )
    case 'bounds':
      return passing(stage, `a bound of ${before} would have let it through; it is ${release?.limit ?? after}`)
    case 'health':
    case 'budget':
      return message === undefined ? [] : [message]
    case 'compare':
      return []
    default:
      return name satisfies never
  }
}

/** Only where the stage says what it would take; older logs do not. */
function passing({ release, message }: Stage, words: string): readonly string[] {
  if (message === undefined) return []
  return [release === undefined ? message : words]
}

/** Nothing was asked for: by whom, and why not. */
function unresolved({ reason, release, message }: Stage, { rules }: LoggedDecision): readonly string[] {
  switch (reason) {
    case 'Cooldown':
      return rules.flatMap(({ rule, restNs }) => (restNs === undefined ? [] : [`${rule} had ${duration(restNs)} of its own cooldown left`]))
    case 'Settling':
      return release?.afterNs === undefined
        ? []
        : [`the last action's replicas had to be ready; waiting for them ends in ${duration(release.afterNs)} at the latest`]
    case 'WithinTolerance':
      // Said of every rule that holds a value.
      return []
    case 'StaleEvidence':
      return rules.filter(({ unknown }) => unknown === 'stale' || unknown === 'world').map((report) => `${report.rule}: ${clauseThatHolds(report)}`)
    default:
      return message === undefined ? [] : [message]
  }
}

/** The values at which a `to hold` would have asked for another number. */
export function toleranceOf({ rule, held, fired, wants }: RuleReport, from: number | undefined): readonly string[] {
  if (held?.value.value === undefined || !fired || wants !== from || from === undefined || from === 0) return []
  const whole = held.perReplica ? held.at * from : held.at
  const shown = (n: number): string => value({ ...held.value, value: n })
  return [
    `${rule}: ${held.value.text} had to be below ${shown(whole * (1 - tolerance))} or above ${shown(whole * (1 + tolerance))}; it was ${value(held.value)}`,
  ]
}

function rulesNamed(names: readonly string[], { rules }: LoggedDecision): readonly RuleReport[] {
  return names.flatMap((name) => rules.filter(({ rule }) => rule === name))
}

/** `a floor of 4 by night-floor` */
function bound({ limit, bound: kind }: Release, rule: string): string {
  return limit === undefined || kind === undefined ? rule : `a ${kind} of ${limit} by ${rule}`
}

/** What keeps the rule as it is, turned round. */
function clauseThatHolds({ rule, truth, because }: RuleReport): string {
  const change = flip(because, truth !== 'true')
  return change === undefined || change.kind === 'never' ? `${rule} is ${truth}` : flipWords(change)
}
