/** The paper's two scenarios, scaled down so that a recording of one is small: section 2.2 has 1000 requests a second and 100 workers. */
import type { Conditions, Replicas } from './simulation/system.ts'

export interface Scenario {
  readonly name: 'backlog' | 'saturation'
  readonly title: string
  readonly conditions: Conditions
  readonly replicas: Replicas
  /** The workload that the slowness comes from. */
  readonly cause: 'workers' | 'database'
}

/** The second in which the trouble begins. */
export const troubleAt = 30
/** Of a recording, in which nobody scales anything. */
export const recordedSeconds = 60
/** Of a run that somebody scales. */
export const scaledSeconds = 180

const step = (before: number, after: number) => (second: number) => (second < troubleAt ? before : after)
const always = (value: number) => () => value

/** Four workers that need 100 ms for each message process 40 a second; then 52 come. */
export const backlog: Scenario = {
  name: 'backlog',
  title: 'More messages come than the workers can take',
  conditions: { uploadsPerSecond: step(8, 14), ordersPerSecond: step(16, 38), transactions: always(16) },
  replicas: { uploads: 2, orders: 2, gateway: 2, workers: 4, database: 1 },
  cause: 'workers',
}

/**
 * The database's disk gives an eighth of what it gave: of twelve transactions that come at a time ten wait, and cost the other two their speed. It commits 15 a
 * second then, and 24 come. The load stays as it was.
 */
export const saturation: Scenario = {
  name: 'saturation',
  title: 'Transactions pile up in the database',
  conditions: { uploadsPerSecond: always(8), ordersPerSecond: always(16), transactions: step(16, 2) },
  replicas: { uploads: 2, orders: 2, gateway: 2, workers: 12, database: 1 },
  cause: 'database',
}

export const scenarios: readonly Scenario[] = [backlog, saturation]
