/** scaled's configuration for a run, written into the run's folder: to be read, and to be used again by a restarted daemon. */
import { join, resolve } from 'node:path'
import type { Places } from './system.ts'

export interface Ports {
  readonly grpc: number
  readonly http: number
  readonly api: number
  /** The first of the replicas'. */
  readonly ads: number
}

export const maxReplicas = 6
/** The same for the daemon and for a replay. */
export const lateness = '1500ms'

export function configuration(places: Places, ports: Ports, replicas: number, env: Readonly<Record<string, string>>): string {
  const text = JSON.stringify
  return `# scaled run --rules rules.scale --config scaled.yaml
# Written by the demo; every key that is not here has its default (scaled check-config prints them).
receivers:
  grpc: { port: ${ports.grpc} }
  http: { port: ${ports.http} }
api: { port: ${ports.api} }

engine:
  # How long a step waits for its last spans. The services send their batches every 500 ms; the default, 5s,
  # suits SDKs with their own default of 5 s.
  lateness: ${lateness}
  # Without any span for so long nothing is known any more.
  stale: 10s

state: { dir: ${text(places.state)} }
decisions: { file: ${text(places.decisions)} }
# Nobody needs to be told that this one is about to stop.
shutdown: { delay: 100ms }

orchestrators:
  default: process
  poll: 500ms
  process:
    # When scaled ends, so do its processes. When it is killed they live on, and the next scaled adopts them.
    on_exit: stop
    pools:
      ads:
        command: ${text(process.execPath)}
        args: [${text(resolve(import.meta.dirname, '../services/ads.ts'))}]
        replicas: ${replicas}
        # The replica of slot n listens on the port from + n, which it finds in PORT.
        ports: { from: ${ports.ads}, count: ${maxReplicas} }
        ready: { kind: http, path: /healthz }
        # Callers see a replica leave the list; what they have sent by then it still answers.
        drain: 500ms
        endpoints_file: ${text(places.endpoints)}
        log_dir: ${text(join(places.logs, 'ads'))}
        env:
${Object.entries(env)
  .map(([name, value]) => `          ${name}: ${text(value)}`)
  .join('\n')}
`
}
