/** The last decision of every target as it turned out, for those who ask at times of their own. */
import type { Decision } from '../plan/index.ts'

export interface Latest {
  decided(decision: Decision): void
  of(target: string): Decision | undefined
  /** Calls back after each decision of the target, until the returned function is called. */
  onChange(target: string, changed: () => void): () => void
  /** Forgets all but these targets. */
  keep(targets: ReadonlySet<string>): void
}

export function createLatest(): Latest {
  const decisions = new Map<string, Decision>()
  const listeners = new Map<string, Set<() => void>>()
  return {
    decided(decision) {
      decisions.set(decision.target, decision)
      for (const changed of listeners.get(decision.target) ?? []) changed()
    },
    of: (target) => decisions.get(target),
    onChange(target, changed) {
      const all = listeners.get(target) ?? new Set()
      listeners.set(target, all.add(changed))
      return () => {
        all.delete(changed)
        if (all.size === 0) listeners.delete(target)
      }
    },
    keep(targets) {
      for (const target of decisions.keys()) if (!targets.has(target)) decisions.delete(target)
    },
  }
}
