/** Every metric that scaled has, in any role. */
import { createMetrics } from '../../src/daemon/metrics.ts'

export interface ExposedMetric {
  readonly name: string
  readonly labelNames: readonly string[]
}

/** Those of scaled itself, without the runtime's. */
export function exposedMetrics(): readonly ExposedMetric[] {
  const metrics = createMetrics('test')
  // Each role observes some of these; nothing is read until somebody scrapes.
  for (const [name, observe] of Object.entries(metrics))
    if (name.startsWith('observe') && typeof observe === 'function') (observe as (read: () => undefined) => void)(() => undefined)
  return (metrics.registry.getMetricsAsArray() as unknown as readonly ExposedMetric[])
    .filter(({ name }) => name.startsWith('scale_'))
    .map(({ name, labelNames }) => ({ name, labelNames }))
}
