/** One run of a scenario: the system in its virtual time, looked at once a second by whoever scales it. */
import type { Scenario } from './scenarios.ts'
import { type ServiceName, serviceNames, type Utilisation } from './simulation/services.ts'
import { exported } from './simulation/spans.ts'
import { type Replicas, System } from './simulation/system.ts'

export interface Look {
  readonly second: number
  /** Traces that were exported in the last second, as lines of OTLP/JSON. */
  readonly exported: readonly string[]
  /** Of the last `sampleSeconds`, at the seconds that end them. */
  readonly utilisation: Readonly<Record<ServiceName, Utilisation>> | undefined
  readonly queueLength: number
  readonly replicas: Replicas
}

/** Wanted replicas of the services that are to be changed; new ones are ready after `readySeconds`. */
export type Scaler = (look: Look) => ReadonlyMap<ServiceName, number>

export interface Outcome {
  /** Lines of OTLP/JSON. */
  readonly recording: readonly string[]
  /** Replicas at the end, of services that were changed. */
  readonly scaled: ReadonlyMap<ServiceName, number>
  /** Share of the orders in the last 30 seconds that were answered in time. */
  readonly inTime: number
  /** Orders that were not answered in time, from the first second to the last. */
  readonly late: number
  /** Messages that were stored a second, in the last 30 seconds. */
  readonly storedPerSecond: number
}

export const readySeconds = 5
/** As often as an HPA looks. */
export const sampleSeconds = 15
/** The last seconds of a run tell what became of it. */
const judgedSeconds = 30

export function run({ conditions, replicas }: Scenario, seconds: number, scaler?: Scaler, seed?: number): Outcome {
  const system = new System(conditions, replicas, seed)
  const recording: string[] = []
  const wanted = { ...replicas }
  let before = { answered: 0, inTime: 0, stored: 0 }
  for (let second = 1; second <= seconds; second++) {
    system.clock.run(second * 1000)
    const lines = exported(system.spans.take())
    recording.push(...lines)
    const utilisation = second % sampleSeconds === 0 ? sampled(system) : undefined
    for (const [name, count] of scaler?.({ second, exported: lines, utilisation, queueLength: system.queueLength, replicas: { ...wanted } }) ?? []) {
      wanted[name] = count
      system.clock.after(readySeconds * 1000).whenFired(() => system.scale(name, count))
    }
    if (second === seconds - judgedSeconds) before = { answered: system.answered, inTime: system.inTime, stored: system.stored }
  }
  return {
    recording,
    scaled: new Map(serviceNames.filter((name) => wanted[name] !== replicas[name]).map((name) => [name, wanted[name]])),
    inTime: (system.inTime - before.inTime) / (system.answered - before.answered),
    late: system.answered - system.inTime,
    storedPerSecond: (system.stored - before.stored) / judgedSeconds,
  }
}

/** What the scaler would have made of a run in which nobody scales: the most replicas that it asked for. */
export function advice(scenario: Scenario, seconds: number, scaler: Scaler): ReadonlyMap<ServiceName, number> {
  const asked = new Map<ServiceName, number>()
  run(scenario, seconds, (look) => {
    for (const [name, count] of scaler(look)) asked.set(name, Math.max(count, asked.get(name) ?? 0))
    return new Map()
  })
  return asked
}

function sampled({ services }: System): Record<ServiceName, Utilisation> {
  return Object.fromEntries(serviceNames.map((name) => [name, services[name].sample(sampleSeconds * 1000)])) as Record<ServiceName, Utilisation>
}
