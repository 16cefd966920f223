/** The numbers of the demo in one place: the load, and what must be seen of it. */
import type { Phase } from './demo/load.ts'

/** Two replicas of ads serve 50 requests a second (see services/ads.ts): the surge is more than they can do, and four can. */
export const phases: readonly Phase[] = [
  { name: 'calm', seconds: 12, perSecond: 15 },
  { name: 'surge', seconds: 28, perSecond: 60 },
  { name: 'calm again', seconds: 24, perSecond: 15 },
]
export const surge = { from: 12, to: 40 } as const

/** The same arrivals in every run. */
export const seed = 7

/** `slow` of rules.scale. */
export const thresholdMs = 400
export const initialReplicas = 2

/** `cooldown` of the target in rules.scale. */
export const cooldownSeconds = 8
