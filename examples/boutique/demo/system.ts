/** The system under demonstration: scaled, which runs the replicas of ads, and the other services of the boutique. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { initialReplicas } from '../scenario.ts'
import { readEndpoints } from '../services/balancer.ts'
import { alive, type Child, freePorts, freeRange, start, until } from './children.ts'
import { configuration, maxReplicas } from './configuration.ts'
import { isReady } from './daemon.ts'
import { startRecorder } from './recorder.ts'

const boutique = resolve(import.meta.dirname, '..')
export const root = resolve(boutique, '../..')
export const rulesFile = join(boutique, 'rules.scale')

export interface Places {
  readonly out: string
  readonly recording: string
  readonly decisions: string
  readonly config: string
  readonly endpoints: string
  readonly state: string
  readonly logs: string
}

export interface System {
  readonly places: Places
  /** Of the frontend. */
  readonly frontend: string
  /** Of scaled's HTTP API. */
  readonly api: string
  readonly daemonPid: number
  /** Why the system is broken, if it is: something that it consists of has ended. */
  broken(): string | undefined
  /** SIGKILL, then a new daemon after `pauseMs`; resolves when that is ready. */
  killDaemon(pauseMs: number): Promise<void>
  /** Everything, in the order of the requests' way; then whatever is left, by its pid. */
  stop(): Promise<void>
  /** Ends every process now. */
  abandon(): void
}

export function placesIn(out: string): Places {
  return {
    out,
    recording: join(out, 'traces.binpb'),
    decisions: join(out, 'decisions.jsonl'),
    config: join(out, 'scaled.yaml'),
    endpoints: join(out, 'run', 'endpoints.json'),
    state: join(out, 'run', 'state'),
    logs: join(out, 'logs'),
  }
}

/** Starts everything and waits until it serves. On failure, and when `stop` fires, what was started is stopped again. */
export async function startSystem(places: Places, stop: AbortSignal): Promise<System> {
  for (const dir of [places.logs, places.state]) mkdirSync(dir, { recursive: true })
  const children: Child[] = []
  const recorder = await startRecorder(places.recording)
  const [grpc = 0, http = 0, apiPort = 0] = await freePorts(3)
  const firstPort = await freeRange(maxReplicas)
  const api = `http://127.0.0.1:${apiPort}`
  const telemetry = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${grpc}`, RECORDER_URL: recorder.url }
  writeFileSync(places.config, configuration(places, { grpc, http, api: apiPort, ads: firstPort }, initialReplicas, telemetry))

  const startDaemon = (): Child =>
    start('scaled', [join(root, 'dist', 'scaled.js'), 'run', '--rules', rulesFile, '--config', places.config], {}, join(places.logs, 'scaled.log'))
  const startService = (name: string, env: Readonly<Record<string, string>> = {}): Child => {
    const child = start(name, [join(boutique, 'services', `${name}.ts`)], { ...telemetry, PORT: '0', ...env }, join(places.logs, `${name}.log`))
    children.push(child)
    return child
  }
  const urlOf = async (child: Child): Promise<string> => `http://127.0.0.1:${await child.listening}`
  const broken = (): string | undefined => {
    const ended = [daemon, ...children].find((c) => c.exited)
    if (ended !== undefined && !restarting) return `${ended.name} has ended unexpectedly: see ${ended.log}`
    return stop.aborted ? 'interrupted' : undefined
  }
  const daemonReady = (): Promise<void> => until('scaled is ready', () => isReady(api), 20_000, broken)

  let restarting = false
  let daemon = startDaemon()
  const stopAll = async (): Promise<void> => {
    // Callers first, so that nobody calls a service that is gone; scaled ends its replicas of ads.
    for (const child of children.toReversed()) await child.stop(4000)
    await daemon.stop(10_000)
    for (const pid of replicaPids(places)) if (alive(pid)) process.kill(pid, 'SIGKILL')
    await recorder.close()
  }
  try {
    const catalog = startService('catalog')
    const CATALOG_URL = await urlOf(catalog)
    const recommendations = startService('recommendations', { CATALOG_URL })
    const RECOMMENDATIONS_URL = await urlOf(recommendations)
    await daemonReady()
    await until('the replicas of ads are ready', () => readEndpoints(places.endpoints)?.length === initialReplicas, 20_000, broken)
    const frontend = await urlOf(startService('frontend', { CATALOG_URL, RECOMMENDATIONS_URL, ADS_ENDPOINTS: places.endpoints }))
    await warmUp(frontend)
    return {
      places,
      frontend,
      api,
      get daemonPid() {
        return daemon.pid
      },
      broken,
      async killDaemon(pauseMs) {
        restarting = true
        daemon.kill('SIGKILL')
        await daemon.exit
        await new Promise((done) => setTimeout(done, pauseMs))
        daemon = startDaemon()
        restarting = false
        await daemonReady()
      },
      stop: stopAll,
      abandon() {
        for (const child of [daemon, ...children]) child.kill('SIGKILL')
        for (const pid of replicaPids(places)) if (alive(pid)) process.kill(pid, 'SIGKILL')
      },
    }
  } catch (error) {
    await stopAll()
    throw error
  }
}

/** First requests compile code and open connections: they are not what the demo is about. */
async function warmUp(frontend: string): Promise<void> {
  for (let i = 0; i < 5; i++) {
    const answers = await Promise.all(Array.from({ length: 4 }, () => fetch(`${frontend}/product/mug`)))
    const bad = answers.find((a) => !a.ok)
    if (bad !== undefined) throw new Error(`the frontend answers ${bad.status}: ${await bad.text()}`)
  }
}

function replicaPids(places: Places): number[] {
  return (readEndpoints(places.endpoints) ?? []).map((e) => e.pid)
}
