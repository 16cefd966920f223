/** What a process pool is told: times in milliseconds. */
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'

/** When a replica may be given work. */
export type Readiness =
  /** Its port accepts a connection. */
  | { readonly kind: 'tcp' }
  /** `GET http://HOST:PORT/path` answers 2xx. */
  | { readonly kind: 'http'; readonly path: string }
  /** It has lived for `afterMs` (0 by default). */
  | { readonly kind: 'started'; readonly afterMs?: number }

export interface PoolConfig {
  /** As in `process:NAME`. Also the name of the pool's folder: letters, digits, `.`, `_`, `-`. */
  readonly name: string
  readonly command: string
  /** `{port}` and `{slot}` stand for the replica's own. */
  readonly args?: readonly string[]
  readonly cwd?: string
  /** Added to the environment of this process. `HOST`, `PORT` and `SLOT` are set for each replica. */
  readonly env?: Readonly<Record<string, string>>
  /** How many at the very first start; afterwards the pool remembers what it was last set to. */
  readonly replicas: number
  /** 0 by default. */
  readonly min?: number
  /** By default `ports.count`, else no limit. */
  readonly max?: number
  /** The replica of slot n gets the port from + n. */
  readonly ports?: { readonly from: number; readonly count: number }
  /** Address that replicas listen on; 127.0.0.1 by default. */
  readonly host?: string
  /** `tcp` by default where there are ports, else `started`. */
  readonly ready?: Readiness
  /** From leaving the endpoints file to SIGTERM, so that callers stop sending work first; 500 by default. */
  readonly drainMs?: number
  /** From SIGTERM to SIGKILL; 10000 by default. */
  readonly graceMs?: number
  /** A replica that dies is started again after `initialMs` (200), doubling to `maxMs` (30000); `resetAfterMs` (10000) of life forgive. */
  readonly restart?: { readonly initialMs?: number; readonly maxMs?: number; readonly resetAfterMs?: number }
  /** Between two looks at a replica that is not ready yet, and at adopted ones; 100 by default. */
  readonly probeMs?: number
  /** Where the replicas are listed for their callers; `STATE_DIR/NAME/endpoints.json` by default. */
  readonly endpointsFile?: string
  /** Folder of `SLOT.log`, what each replica writes to stdout and stderr, appended; `STATE_DIR/NAME` by default. */
  readonly logDir?: string
}

export interface PoolEvent {
  readonly pool: string
  /** -1: the pool itself. */
  readonly slot: number
  readonly event: 'started' | 'adopted' | 'ready' | 'draining' | 'stopping' | 'killed' | 'exited' | 'failed'
  readonly pid: number | undefined
  readonly message: string
}

export interface ProcessPoolOptions {
  /** Folder of the pools' state. One process at a time may use it. */
  readonly stateDir: string
  readonly pools: readonly PoolConfig[]
  /** What `close` does with the replicas; `stop` by default. After `leave` the next instance adopts them. */
  readonly onExit?: 'stop' | 'leave'
  readonly onEvent?: (event: PoolEvent) => void
}

/** A pool's configuration with everything filled in. */
export interface Pool extends Required<Omit<PoolConfig, 'ports' | 'cwd' | 'restart'>> {
  readonly ports: PoolConfig['ports']
  readonly cwd: string | undefined
  readonly restart: { readonly initialMs: number; readonly maxMs: number; readonly resetAfterMs: number }
  /** Digest of what a running replica depends on: a replica of another digest is replaced. */
  readonly spec: string
  readonly dir: string
}

export function resolvePool(config: PoolConfig, stateDir: string): Pool {
  const dir = resolve(stateDir, config.name)
  const { command, args = [], cwd, env = {}, ports, host = '127.0.0.1' } = config
  return {
    ...config,
    args,
    cwd,
    env,
    ports,
    host,
    dir,
    min: config.min ?? 0,
    max: config.max ?? ports?.count ?? Number.POSITIVE_INFINITY,
    ready: config.ready ?? (ports === undefined ? { kind: 'started' } : { kind: 'tcp' }),
    drainMs: config.drainMs ?? 500,
    graceMs: config.graceMs ?? 10_000,
    restart: {
      initialMs: config.restart?.initialMs ?? 200,
      maxMs: config.restart?.maxMs ?? 30_000,
      resetAfterMs: config.restart?.resetAfterMs ?? 10_000,
    },
    probeMs: config.probeMs ?? 100,
    endpointsFile: resolve(config.endpointsFile ?? `${dir}/endpoints.json`),
    logDir: resolve(config.logDir ?? dir),
    spec: createHash('sha256')
      .update(JSON.stringify([command, args, cwd ?? null, Object.entries(env).sort(), ports?.from ?? null, host]))
      .digest('hex')
      .slice(0, 16),
  }
}

/** What is wrong with the configuration: one sentence each, naming the key. */
export function problemsOf(options: ProcessPoolOptions): string[] {
  const problems: string[] = []
  const taken: { pool: string; from: number; to: number }[] = []
  const names = new Set<string>()
  for (const pool of options.pools) {
    const say = (key: string, what: string) => problems.push(`pools.${pool.name}.${key}: ${what}.`)
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(pool.name)) say('name', 'must consist of letters, digits, ".", "_" and "-"')
    if (names.has(pool.name)) say('name', 'is used twice')
    names.add(pool.name)
    for (const key of ['replicas', 'min', 'max'] as const) {
      const value = pool[key]
      if (value !== undefined && (!Number.isInteger(value) || value < 0)) say(key, 'must be a whole number, 0 or more')
    }
    const { min, max, ready, ports } = resolvePool(pool, options.stateDir)
    if (min > max) say('min', `is ${min}, more than max, which is ${max}`)
    if (pool.replicas < min || pool.replicas > max) say('replicas', `is ${pool.replicas}, outside of ${range(min, max)}`)
    if (ports === undefined) {
      if (ready.kind !== 'started') say('ready', `${ready.kind} needs ports`)
      continue
    }
    const to = ports.from + ports.count - 1
    if (!Number.isInteger(ports.from) || !Number.isInteger(ports.count) || ports.from < 1 || ports.count < 1 || to > 65_535)
      say('ports', 'must be a range of ports between 1 and 65535')
    if (max > ports.count) say('ports', `has ${ports.count} ports for up to ${max} replicas`)
    for (const other of taken) if (ports.from <= other.to && other.from <= to) say('ports', `overlaps with the ports of ${other.pool}`)
    taken.push({ pool: pool.name, from: ports.from, to })
  }
  return problems
}

export function range(min: number, max: number): string {
  return max === Number.POSITIVE_INFINITY ? `${min} or more` : `${min} to ${max}`
}
