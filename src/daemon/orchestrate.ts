/** The orchestrators that the configuration names, behind one client. */
import { join } from 'node:path'
import type { OrchestrationClient, OrchestrationError, PoolConfig } from '../orchestrators/index.ts'
import { advised, composite, dryRun, exec, isError, kubernetes, nomad, processPool, swarm } from '../orchestrators/index.ts'
import type { Config } from './config/index.ts'
import type { Logger } from './logger.ts'

type Orchestrators = Config['orchestrators']
type OrchestratorName = NonNullable<Orchestrators['default']>

/** The order in which what is configured becomes the default. */
const preferred = ['kubernetes', 'process', 'swarm', 'nomad', 'exec'] as const

/** Of targets that name none: what is configured, the cluster first; without any, nothing is scaled. */
export function defaultOrchestrator(of: Orchestrators): OrchestratorName {
  return of.default ?? preferred.find((name) => of[name] !== undefined) ?? 'dry-run'
}

export async function createOrchestrator(config: Config, logger: Logger): Promise<OrchestrationClient | OrchestrationError> {
  const { orchestrators } = config
  const chosen = defaultOrchestrator(orchestrators)
  const dry = dryRun({ replicas: orchestrators['dry-run'].replicas, otherwise: 1 })
  const byPrefix: Record<string, OrchestrationClient> = { 'dry-run': dry }
  if (orchestrators.kubernetes !== undefined || chosen === 'kubernetes') {
    const { kubeconfig, context, namespace } = orchestrators.kubernetes ?? {}
    const client = await kubernetes({
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
      ...(namespace === undefined ? {} : { namespace }),
    })
    if (isError(client)) return client
    byPrefix.kubernetes = config.keda === undefined ? client : advised(client)
  }
  if (orchestrators.process !== undefined) {
    const client = await processPool({
      stateDir: join(config.state.dir, 'process'),
      pools: Object.entries(orchestrators.process.pools).map(([name, pool]) => poolConfig(name, pool)),
      onExit: orchestrators.process.on_exit,
      onEvent: ({ pool, slot, event, pid, message }) => logger.info({ pool, slot, event, pid }, message),
    })
    if (isError(client)) return client
    byPrefix.process = client
  }
  for (const [name, client] of Object.entries(remote(orchestrators))) {
    if (isError(client)) return client
    byPrefix[name] = client
  }
  const client = byPrefix[chosen]
  if (client === undefined) return { error: 'blocked', message: `orchestrators.default is ${chosen}, and orchestrators.${chosen} is not configured` }
  return composite({ default: client, byPrefix })
}

/** Those that need no more than their configuration. */
function remote({ swarm: docker, nomad: cluster, exec: commands }: Orchestrators): Readonly<Record<string, OrchestrationClient | OrchestrationError>> {
  return {
    ...(docker === undefined ? {} : { swarm: swarm(defined(docker)) }),
    ...(cluster === undefined ? {} : { nomad: nomad(defined(cluster)) }),
    ...(commands === undefined ? {} : { exec: exec({ get: commands.get, set: commands.set, timeoutMs: commands.timeout / 1e6 }) }),
  }
}

/** Without the keys that nobody gave, below too. */
type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> extends object ? Defined<Exclude<T[K], undefined>> : Exclude<T[K], undefined> }
function defined<T extends object>(of: T): Defined<T> {
  const entries = Object.entries(of).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries.map(([key, value]) => [key, typeof value === 'object' && value !== null ? defined(value) : value])) as Defined<T>
}

/** From the configuration's nanoseconds to the pool's milliseconds. */
function poolConfig(name: string, pool: NonNullable<Orchestrators['process']>['pools'][string]): PoolConfig {
  const { drain, grace, endpoints_file, log_dir, ready, args, cwd, env, min, max, ports, host, ...rest } = pool
  return {
    name,
    ...rest,
    ...(args === undefined ? {} : { args }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(ports === undefined ? {} : { ports }),
    ...(host === undefined ? {} : { host }),
    ...(ready === undefined ? {} : { ready: readiness(ready) }),
    ...(drain === undefined ? {} : { drainMs: drain / 1e6 }),
    ...(grace === undefined ? {} : { graceMs: grace / 1e6 }),
    ...(endpoints_file === undefined ? {} : { endpointsFile: endpoints_file }),
    ...(log_dir === undefined ? {} : { logDir: log_dir }),
  }
}

function readiness({
  kind,
  path,
  after,
}: {
  readonly kind: 'tcp' | 'http' | 'started'
  readonly path: string
  readonly after: number
}): NonNullable<PoolConfig['ready']> {
  switch (kind) {
    case 'tcp':
      return { kind }
    case 'http':
      return { kind, path }
    case 'started':
      return { kind, afterMs: after / 1e6 }
  }
}
