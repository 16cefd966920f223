/** Anything that has a command to read and one to write its number of replicas: `exec:NAME`, `exec:KIND/NAME`. */
import { execFile } from 'node:child_process'
import { type WorkloadRef, workloadId } from '../bundle/index.ts'
import { isError, type OrchestrationClient, type OrchestrationError, type SetRequest, type WorkloadState } from './contract.ts'

export interface ExecOptions {
  /**
   * Program and arguments, run without a shell. `{kind}`, `{name}` and `{namespace}` stand for the workload's; in `set` also `{replicas}`, `{from}`, `{reason}`
   * and `{id}`. The same is in the environment as SCALE_KIND, SCALE_NAME and so on.
   *
   * `get` prints `DESIRED`, or `DESIRED READY`, or JSON: `{"desired": 2, "ready": 1, "version": "…", "blocked": "…"}`. Exit codes: 0 fine, 3 the
   * workload moved on, 4 there is none, 5 not allowed; others: could not be asked.
   */
  readonly get: readonly string[]
  readonly set: readonly string[]
  /** 10,000 by default. */
  readonly timeoutMs?: number
}

/** Exit codes with a meaning. */
const meanings: Readonly<Record<number, OrchestrationError['error']>> = { 3: 'conflict', 4: 'not-found', 5: 'forbidden' }
const longestOutput = 1 << 20

/**
 * Reads again before it writes, one write a workload at a time: between the two somebody else may still come, since commands know no compare-and-set; one that does has
 * `{from}` for it.
 */
export function exec(options: ExecOptions): OrchestrationClient {
  const lastIds = new Map<string, string>()
  const turns = new Map<string, Promise<unknown>>()

  async function get(workload: WorkloadRef): Promise<WorkloadState | OrchestrationError> {
    const printed = await run(options.get, wordsOf(workload), options.timeoutMs)
    return isError(printed) ? namely(printed, workload) : stateIn(printed.text, workload)
  }

  async function write(workload: WorkloadRef, request: SetRequest): Promise<WorkloadState | OrchestrationError> {
    const key = workloadId(workload)
    const now = await get(workload)
    if (isError(now) || lastIds.get(key) === request.id || now.desired === request.replicas) return now
    if (now.version !== request.version)
      return { error: 'conflict', message: `${key} is at ${now.desired} and has changed since the decision was planned: plan again.` }
    const { replicas, reason, id } = request
    const done = await run(options.set, { ...wordsOf(workload), replicas: String(replicas), from: String(now.desired), reason, id }, options.timeoutMs)
    if (isError(done)) return namely(done, workload)
    lastIds.set(key, id)
    return get(workload)
  }

  return {
    name: 'exec',
    get,
    set(workload, request) {
      const key = workloadId(workload)
      const turn = (turns.get(key) ?? Promise.resolve()).then(() => write(workload, request))
      turns.set(key, turn)
      return turn
    },
    async close() {
      await Promise.all(turns.values())
    },
  }
}

type Words = Readonly<Record<string, string>>

function wordsOf({ kind = '', name, namespace = '' }: WorkloadRef): Words {
  return { kind, name, namespace }
}

function run([program = '', ...args]: readonly string[], words: Words, timeoutMs = 10_000): Promise<{ readonly text: string } | OrchestrationError> {
  const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (whole, word: string) => words[word] ?? whole)
  const variables = Object.fromEntries(Object.entries(words).map(([word, value]) => [`SCALE_${word.toUpperCase()}`, value]))
  return new Promise((resolve) => {
    execFile(
      program,
      args.map(fill),
      { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: longestOutput, env: { ...process.env, ...variables } },
      (error, stdout, stderr) => {
        if (error === null) return resolve({ text: stdout })
        const code = typeof error.code === 'number' ? error.code : undefined
        const said = stderr.trim().split('\n').at(-1) ?? ''
        const why = error.killed
          ? `it took longer than ${timeoutMs} ms`
          : code === undefined
            ? error.message
            : `it ended with ${code}${said === '' ? '' : `: ${said}`}`
        resolve({ error: (code === undefined ? undefined : meanings[code]) ?? 'transient', message: `${program} failed: ${why}.` })
      },
    )
  })
}

function namely({ error, message }: OrchestrationError, workload: WorkloadRef): OrchestrationError {
  return { error, message: `${workloadId(workload)}: ${message}${error === 'conflict' ? ' It moved on: plan again.' : ''}` }
}

/** What `get` printed. Anything else than numbers is no state: a wrong 0 would be scaled from. */
function stateIn(text: string, workload: WorkloadRef): WorkloadState | OrchestrationError {
  const said = text.trim()
  const numbers = /^(\d{1,7})(?:\s+(\d{1,7}))?$/.exec(said)
  const wrong: OrchestrationError = {
    error: 'transient',
    message: `${workloadId(workload)}: the get command printed ${said === '' ? 'nothing' : JSON.stringify(said.slice(0, 80))}: expected DESIRED, DESIRED READY, or JSON with "desired".`,
  }
  if (numbers !== null) {
    const desired = Number(numbers[1])
    return { desired, ready: Number(numbers[2] ?? desired), version: String(desired) }
  }
  const { desired, ready = desired, version, blocked } = (parse(said) ?? {}) as Record<string, unknown>
  if (!isCount(desired) || !isCount(ready)) return wrong
  return {
    desired,
    ready,
    version: typeof version === 'string' || typeof version === 'number' ? `${version}:${desired}` : String(desired),
    ...(typeof blocked === 'string' && blocked !== '' ? { blocked } : {}),
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : undefined
  } catch {
    return undefined
  }
}
