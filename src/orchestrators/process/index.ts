/** Pools of supervised local processes: the orchestrator where there is no cluster. */
import { mkdirSync } from 'node:fs'
import { type WorkloadRef, workloadId } from '../../bundle/index.ts'
import type { OrchestrationClient, OrchestrationError } from '../contract.ts'
import { type ProcessPoolOptions, problemsOf, resolvePool } from './config.ts'
import { type Endpoint, type RunningPool, runPool } from './pool.ts'
import { lock } from './store.ts'

export type { PoolConfig, PoolEvent, ProcessPoolOptions, Readiness } from './config.ts'
export type { Endpoint } from './pool.ts'

export interface ProcessPool extends OrchestrationClient {
  /** The replicas of a pool that may be given work, as in its endpoints file; undefined for an unknown pool. */
  endpoints(pool: string): readonly Endpoint[] | undefined
}

/**
 * Starts the pools, or takes over the replicas that an earlier instance left. The workload `process:NAME` is the pool NAME; a kind and
 * a namespace are not looked at, so that `deployment/NAME` works too where this is the default orchestrator.
 * Errors: `blocked` for a wrong configuration, or when another process uses the state folder.
 */
export async function processPool(options: ProcessPoolOptions): Promise<ProcessPool | OrchestrationError> {
  const problems = problemsOf(options)
  if (problems.length > 0) return { error: 'blocked', message: problems.join(' ') }
  mkdirSync(options.stateDir, { recursive: true })
  const unlock = lock(`${options.stateDir}/lock`)
  if (typeof unlock === 'number')
    return { error: 'blocked', message: `${options.stateDir} is in use by process ${unlock}: stop it, or choose another folder for the state.` }

  const pools = new Map<string, RunningPool>()
  for (const config of options.pools) {
    const pool = runPool(resolvePool(config, options.stateDir), options.onEvent)
    if (typeof pool === 'string') {
      for (const started of pools.values()) started.leave()
      unlock()
      return { error: 'blocked', message: `${pool}.` }
    }
    pools.set(config.name, pool)
  }

  const find = (workload: WorkloadRef): RunningPool | OrchestrationError =>
    pools.get(workload.name) ?? {
      error: 'not-found',
      message: `${workloadId(workload)}: no pool is called ${workload.name}. Known: ${[...pools.keys()].sort().join(', ')}.`,
    }

  return {
    name: 'process',
    endpoints: (name) => pools.get(name)?.endpoints(),
    async get(workload) {
      const pool = find(workload)
      return 'error' in pool ? pool : pool.get()
    },
    async set(workload, request) {
      const pool = find(workload)
      return 'error' in pool ? pool : pool.set(request)
    },
    async close() {
      for (const pool of pools.values()) if (options.onExit === 'leave') pool.leave()
      if (options.onExit !== 'leave') await Promise.all([...pools.values()].map((pool) => pool.stop()))
      unlock()
    },
  }
}
