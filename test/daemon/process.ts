/** `scaled` as a process of its own, driven over its sockets. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** The built program, as it is installed. */
const program = new URL('../../dist/scaled.js', import.meta.url).pathname

export interface LogLine {
  readonly level: string
  readonly msg: string
  readonly [key: string]: unknown
}

export interface DecisionEvent {
  readonly event: number
  readonly target: string
  readonly outcome: string
  readonly reason: string
  readonly message: string
  readonly id: string
  readonly from?: number
  readonly to?: number
}

export interface Workspace {
  readonly dir: string
  readonly rules: string
  readonly config: string
  readonly decisions: string
  writeRules(text: string): void
  writeConfig(text: string): void
  decisionLog(): DecisionEvent[]
  remove(): void
}

/** A folder with rules and a configuration that listens on free ports. */
export function workspace(rules: string, more = ''): Workspace {
  const dir = mkdtempSync(join(tmpdir(), 'scaled-'))
  const space: Workspace = {
    dir,
    rules: join(dir, 'rules.scale'),
    config: join(dir, 'scaled.yaml'),
    decisions: join(dir, 'decisions.jsonl'),
    writeRules: (text) => writeFileSync(join(dir, 'rules.scale'), text),
    writeConfig: (text) =>
      writeFileSync(
        join(dir, 'scaled.yaml'),
        `receivers: {grpc: {port: 0}, http: {port: 0}, max_request: 1MiB}
api: {port: 0}
engine: {lateness: 200ms}
shutdown: {delay: 50ms}
state: {dir: ${join(dir, 'state')}}
decisions: {file: ${join(dir, 'decisions.jsonl')}}
${text}`,
      ),
    decisionLog: () =>
      existsSync(space.decisions)
        ? readFileSync(space.decisions, 'utf8')
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line) as DecisionEvent)
        : [],
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
  space.writeRules(rules)
  space.writeConfig(more)
  return space
}

export interface Scaled {
  readonly child: ChildProcess
  /** Its line in the log, with its addresses. */
  readonly ready: LogLine
  readonly api: string
  readonly grpc: string
  readonly http: string
  readonly log: readonly LogLine[]
  /** The first log line, past or to come, that satisfies; rejects when the process ends without it. */
  logged(is: (line: LogLine) => boolean): Promise<LogLine>
  status(): Promise<StatusDocument>
  /** Decisions as they are made. */
  follow(lastId?: number): AsyncGenerator<DecisionEvent>
  /** Sends the signal and resolves to the exit code when the process is gone. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

export interface StatusDocument {
  readonly phase: string
  readonly bundle: { readonly digest: string }
  readonly reload: { readonly ok: boolean; readonly problems?: readonly string[] }
  readonly rules: readonly { readonly rule: string; readonly truth: string; readonly since?: string }[]
  readonly targets: readonly {
    readonly target: string
    readonly replicas?: { readonly desired: number; readonly ready: number }
    readonly unreadable?: string
    readonly held?: { readonly reason: string; readonly message: string }
    readonly lastAction?: { readonly id: string; readonly to: number }
  }[]
  readonly unresolved: readonly unknown[]
  /** Of a modeler. */
  readonly modeler?: {
    readonly samplers: readonly {
      readonly state: string
      readonly instance?: string
      readonly missedTicks: number
      readonly restarts: number
      readonly lostSpans: number
    }[]
    readonly traces: { readonly sampled: number; readonly arrived: number; readonly missing: number; readonly lost: number }
  }
}

/** Runs to its end: for what does not start. */
export async function runScaled(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    err += String(chunk)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, err }
}

/** Starts and waits until it is ready. */
export async function startScaled(
  space: Workspace,
  more: readonly string[] = ['--rules', space.rules],
  command = 'run',
  nodeOptions: readonly string[] = [],
): Promise<Scaled> {
  const child = spawn(process.execPath, [...nodeOptions, program, command, '--config', space.config, ...more], { stdio: ['ignore', 'ignore', 'pipe'] })
  const log: LogLine[] = []
  const other: string[] = []
  const waiting = new Set<() => void>()
  createInterface({ input: child.stderr }).on('line', (text) => {
    if (text.startsWith('{')) log.push(JSON.parse(text) as LogLine)
    else other.push(text)
    for (const check of waiting) check()
  })
  const closed = once(child, 'close').then(([code]) => {
    for (const check of waiting) check()
    return code as number | null
  })
  function logged(is: (line: LogLine) => boolean): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const line = log.find(is)
        if (line === undefined && child.exitCode === null && child.signalCode === null) return
        waiting.delete(check)
        if (line !== undefined) resolve(line)
        else reject(new Error(`scaled ended: ${[...other, ...log.map((l) => JSON.stringify(l))].join('\n')}`))
      }
      waiting.add(check)
      check()
    })
  }
  const ready = await logged(({ msg }) => msg === 'ready')
  const api = `http://${String(ready.api)}`
  return {
    child,
    ready,
    api,
    grpc: `http://${String(ready.grpc)}`,
    http: `http://${String(ready.http)}`,
    log,
    logged,
    status: async () => (await (await fetch(`${api}/v1/status`)).json()) as StatusDocument,
    follow: (lastId) => follow(api, lastId),
    async end(signal = 'SIGTERM') {
      child.kill(signal)
      return closed
    },
  }
}

async function* follow(api: string, lastId?: number): AsyncGenerator<DecisionEvent> {
  const headers = { accept: 'text/event-stream', ...(lastId === undefined ? {} : { 'last-event-id': String(lastId) }) }
  const response = await fetch(`${api}/v1/decisions`, { headers })
  let text = ''
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    text += Buffer.from(chunk).toString()
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end)
      text = text.slice(end + 2)
      const id = /^id: (\d+)$/m.exec(block)?.[1]
      if (id !== undefined) yield { event: Number(id), ...(JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '{}') as Omit<DecisionEvent, 'event'>) }
    }
  }
}
