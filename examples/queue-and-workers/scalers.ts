/** Who scales: the formula of Kubernetes' HorizontalPodAutoscaler on processor time or memory, or the rules of a file in scaled's own engine. */
import { readFileSync } from 'node:fs'
import { compile } from '../../src/bundle/index.ts'
import { createEngine } from '../../src/engine/index.ts'
import { simulatedWorld, step } from '../../src/recordings/index.ts'
import { decodeJson } from '../../src/spans/index.ts'
import { readySeconds, type Scaler, sampleSeconds } from './run.ts'
import { type ServiceName, serviceNames, type Utilisation } from './simulation/services.ts'
import type { Replicas } from './simulation/system.ts'

/** Share of what was asked for that an HPA is told to keep to. */
const targets: Utilisation = { cpu: 0.6, memory: 0.7 }
const tolerance = 0.1

export const limits: Readonly<Record<ServiceName, number>> = { uploads: 8, orders: 8, gateway: 8, workers: 24, database: 4 }

/** `ceil(replicas × utilisation ÷ target)`, and no change within the tolerance. Its five minutes before it scales down are longer than a run. */
export function hpa(resource: keyof Utilisation): Scaler {
  return ({ utilisation, replicas }) => {
    const wanted = new Map<ServiceName, number>()
    if (utilisation === undefined) return wanted
    for (const name of serviceNames) {
      const ratio = utilisation[name][resource] / targets[resource]
      const desired = Math.min(limits[name], Math.ceil(replicas[name] * ratio))
      if (Math.abs(ratio - 1) > tolerance && desired > replicas[name]) wanted.set(name, desired)
    }
    return wanted
  }
}

/** Workers by the length of their queue, as KEDA would have it: so many messages for each. */
export function queueLength(perWorker: number): Scaler {
  return ({ second, queueLength: messages, replicas }) => {
    const desired = Math.min(limits.workers, Math.ceil(messages / perWorker))
    return new Map(second % sampleSeconds === 0 && desired > replicas.workers ? [['workers', desired]] : [])
  }
}

/** The rules of a file, fed with what the services export. */
export function rules(file: string, before: Replicas): Scaler {
  const { bundle, diagnostics } = compile({ roots: [{ name: file, text: readFileSync(file, 'utf8') }] }, { compiler: 'example' })
  if (bundle === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  const engine = createEngine({ bundle })
  const workloads = bundle.targets.map(({ id }) => ({ id, replicas: before[serviceOf(id)] }))
  const world = simulatedWorld(workloads, readySeconds * 1e9)
  return ({ exported, replicas }) => {
    const table = engine.table()
    for (const line of exported) decodeJson(line, table)
    engine.ingest(table)
    for (let at = engine.due(); at !== undefined; at = engine.due()) step(engine, world, at)
    const wanted = [...world.replicas()].map(([id, count]) => [serviceOf(id), count] as const)
    return new Map(wanted.filter(([name, count]) => count !== replicas[name]))
  }
}

/** `deployment/workers`: what runs workers. */
function serviceOf(target: string): ServiceName {
  const name = serviceNames.find((each) => target.endsWith(`/${each}`))
  if (name === undefined) throw new Error(`no service belongs to ${target}`)
  return name
}
