/** Disruption budgets. Lowering a count is no eviction, so they do not stop it: somebody should know where one would have been passed over. Pure. */
import { type LabelSelector, type Labels, selects } from './labels.ts'

export interface Budget {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid?: string; readonly resourceVersion?: string }
  readonly spec?: { readonly selector?: LabelSelector; readonly minAvailable?: number | string; readonly maxUnavailable?: number | string }
  readonly status?: { readonly desiredHealthy?: number }
}

/** A sentence where a budget of pods with these labels wants more than `replicas` healthy. A share of the pods falls with their number, and wants nothing of that kind. */
export function budgetNote(budgets: Iterable<Budget>, labels: Labels, namespace: string, replicas: number): string | undefined {
  for (const { metadata, spec } of budgets) {
    if (typeof spec?.minAvailable !== 'number' || spec.minAvailable <= replicas || spec.selector === undefined || !selects(spec.selector, labels)) continue
    return `PodDisruptionBudget ${namespace}/${metadata.name} wants ${spec.minAvailable} available, and ${replicas} are desired: scaling in passes it over.`
  }
  return undefined
}
