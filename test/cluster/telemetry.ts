/** The same spans to several daemons, as several exporters of one Collector would send them. */
import { requestOf } from '../daemon/load.ts'

/** What the spans say: how long each takes, ms; `silent`: there are none. */
export type Load = number | 'silent'

export interface Telemetry {
  set(load: Load): void
  /** What was sent when, by the wall clock in ms; the first from the start. */
  readonly history: readonly { readonly at: number; readonly load: Load }[]
  /** Addresses of OTLP/HTTP receivers that it goes to from now on. */
  to(addresses: readonly string[]): void
  stop(): void
}

const everyMs = 100

/** Ten spans of adservice/GetAds a request. */
export function startTelemetry(first: Load): Telemetry {
  const history: { at: number; load: Load }[] = [{ at: Date.now(), load: first }]
  let load = first
  let addresses: readonly string[] = []
  const waiting = new Map<string, number>()

  async function send(address: string, body: Uint8Array<ArrayBuffer>): Promise<void> {
    // A frozen daemon takes nothing.
    if ((waiting.get(address) ?? 0) >= 5) return
    waiting.set(address, (waiting.get(address) ?? 0) + 1)
    try {
      const headers = { 'content-type': 'application/x-protobuf' }
      const answer = await fetch(`${address}/v1/traces`, { method: 'POST', headers, body, signal: AbortSignal.timeout(1000) })
      await answer.arrayBuffer()
    } catch {
      // Lost, as telemetry is.
    } finally {
      waiting.set(address, (waiting.get(address) ?? 1) - 1)
    }
  }

  const timer = setInterval(() => {
    if (load === 'silent') return
    const body = Uint8Array.from(requestOf(10, load))
    for (const address of addresses) void send(address, body)
  }, everyMs)
  return {
    set(next) {
      if (next === load) return
      load = next
      history.push({ at: Date.now(), load })
    },
    history,
    to(next) {
      addresses = next
    },
    stop: () => clearInterval(timer),
  }
}
