/** Limits and pace of a target, in sentences. */
import type { PaceIR, TargetIR } from '../bundle/index.ts'
import { printDuration, printRatio } from '../language/index.ts'
import { list, replicas } from '../plan/index.ts'

export function targetSentences(target: TargetIR): readonly string[] {
  const { min, max, boundsImplied, cooldownNs, settleNs, mode, combine } = target
  return [
    boundsImplied
      ? `Between ${min} and ${max} replicas; these bounds are implied (no between is written), so they never take replicas away.`
      : `Between ${min} and ${replicas(max)}.`,
    paceSentence('Up', target.up),
    paceSentence('Down', target.down),
    cooldownNs > 0 ? `After any change it rests for ${printDuration(cooldownNs)}.` : 'It does not rest after a change.',
    `New replicas have ${printDuration(settleNs)} to become ready; until they are, or that has passed, there is no other way up.`,
    ...modeSentence(mode),
    ...(combine === 'sum' ? ['Where several rules want a change the same way, their changes are added up.'] : []),
  ]
}

function paceSentence(direction: 'Up' | 'Down', { stableNs, limits }: PaceIR): string {
  const parts = [
    limits.length === 0 ? 'as fast as the rules ask' : limitWords(limits, direction),
    stableNs === 0 ? 'at once' : `only once it has been wanted for ${printDuration(stableNs)} without a break`,
  ]
  return `${direction}: ${parts.join(', ')}.`
}

function limitWords(limits: PaceIR['limits'], direction: 'Up' | 'Down'): string {
  const words = limits.map(
    ({ amount, unit, perNs }) => `${unit === 'ratio' ? printRatio(amount) : amount} ${direction === 'Up' ? 'more' : 'fewer'} per ${printDuration(perNs)}`,
  )
  return `at most ${list(words, 'or')}${limits.length > 1 ? ' (whichever allows more)' : ''}`
}

function modeSentence(mode: TargetIR['mode']): readonly string[] {
  switch (mode) {
    case 'act':
      return []
    case 'out-only':
      return ['Mode out-only: replicas are added, never taken away.']
    case 'observe':
      return ['Mode observe: what would be done is logged, and nothing is done.']
    case 'off':
      return ['Mode off: its rules are evaluated, and nothing is planned.']
    default:
      return mode satisfies never
  }
}
