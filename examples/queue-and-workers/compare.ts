/** `node examples/queue-and-workers/compare.ts`: what the ways of scaling make of the two scenarios, as the tables of the README. */
import { fileURLToPath } from 'node:url'
import { advice, type Outcome, run, type Scaler } from './run.ts'
import { hpa, queueLength, rules } from './scalers.ts'
import { recordedSeconds, type Scenario, scaledSeconds, scenarios } from './scenarios.ts'
import { type ServiceName, serviceNames } from './simulation/services.ts'

export interface Way {
  readonly name: string
  /** A new one for each run, since they remember. */
  readonly scaler: (scenario: Scenario) => Scaler | undefined
}

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const ways: readonly Way[] = [
  { name: 'nobody', scaler: () => undefined },
  { name: 'HPA on CPU, 60 %', scaler: () => hpa('cpu') },
  { name: 'HPA on memory, 70 %', scaler: () => hpa('memory') },
  { name: 'queue length, 2 a worker', scaler: () => queueLength(2) },
  { name: 'plain/rules.scale', scaler: ({ replicas }) => rules(file('plain/rules.scale'), replicas) },
  { name: 'rules.scale', scaler: ({ replicas }) => rules(file('rules.scale'), replicas) },
]

/** Doubles the workers ten seconds into the trouble. */
const twiceTheWorkers: Way = {
  name: 'twice the workers',
  scaler:
    ({ replicas }) =>
    ({ second }) =>
      new Map<ServiceName, number>(second === 40 ? [['workers', 2 * replicas.workers]] : []),
}

export const allWays: readonly Way[] = [...ways, twiceTheWorkers]

export interface Row {
  readonly way: string
  /** What it asks for in the recording, in which nobody scales. */
  readonly asked: ReadonlyMap<ServiceName, number>
  /** What became of the system with it. */
  readonly outcome: Outcome
}

export function compared(scenario: Scenario, way: Way, seed?: number): Row {
  const scaler = way.scaler(scenario)
  const asked = scaler === undefined ? new Map() : advice(scenario, recordedSeconds, scaler)
  return { way: way.name, asked, outcome: run(scenario, scaledSeconds, way.scaler(scenario), seed) }
}

/** A scenario's rows, in Markdown. */
export function tableOf(scenario: Scenario, rows: readonly Row[]): string {
  const changes = (replicas: ReadonlyMap<ServiceName, number>): string => {
    const changed = serviceNames.filter((name) => replicas.has(name)).map((name) => `${name} ${scenario.replicas[name]} → ${replicas.get(name)}`)
    return changed.length === 0 ? 'nothing' : changed.join(', ')
  }
  const lines = rows.map(({ way, asked, outcome: { scaled, late, inTime, storedPerSecond } }) => {
    return `| ${way} | ${changes(asked)} | ${changes(scaled)} | ${late} | ${Math.round(inTime * 100)} % | ${storedPerSecond.toFixed(0)} |`
  })
  const head = '| scaled by | asks for | has in the end | late orders | in time at the end | stored a second |\n| --- | --- | --- | ---: | ---: | ---: |'
  return `**${scenario.title}**; at fault: ${scenario.cause}\n\n${head}\n${lines.join('\n')}\n`
}

if (import.meta.main) {
  const tables = scenarios.map((scenario) =>
    tableOf(
      scenario,
      allWays.map((way) => compared(scenario, way)),
    ),
  )
  process.stdout.write(tables.join('\n'))
}
