/** From a request's bytes to the engine: admission, decoding, counting. */
import type { Engine } from '../engine/index.ts'
import type { SpanTable } from '../spans/index.ts'
import { decodeJson, decodeRequest } from '../spans/index.ts'
import { wallClock } from './clock.ts'
import type { Metrics } from './metrics.ts'
import type { Answer, Encoding, Intake, Transport } from './receivers/index.ts'

export interface IntakeOptions {
  readonly maxRequestBytes: number
  readonly maxInFlightBytes: number
  readonly metrics: Metrics
  /** The engine of the moment and a table of its own. */
  readonly current: () => { readonly engine: Pick<Engine, 'ingest'>; readonly table: SpanTable }
  /** Called after spans went into the engine. */
  readonly fed: () => void
  /** An export was refused. */
  readonly refused: (transport: Transport, code: string, problem: string) => void
}

export interface DrainableIntake extends Intake {
  /** From now on every export is asked to come back, when another instance or the next run may be there. */
  drain(): void
}

/** Exporters back off on their own; this only keeps them from coming back at once. */
const retryAfterMs = 1000
const drainRetryAfterMs = 5000

export function createIntake(options: IntakeOptions): DrainableIntake {
  const { metrics, maxRequestBytes, maxInFlightBytes } = options
  let inFlight = 0
  let draining = false

  function take(bytes: Uint8Array, encoding: Encoding, transport: Transport): Answer {
    if (draining) return shuttingDown
    const { engine, table } = options.current()
    table.clear()
    const decoded = encoding === 'json' ? decodeJson(bytes, table) : decodeRequest(bytes, table)
    if (!decoded.ok)
      return { kind: 'malformed', message: `${decoded.message}${decoded.offset === undefined ? '' : ` (byte ${decoded.offset})`}`, offset: decoded.offset ?? 0 }
    metrics.receivedBytes.inc({ transport }, bytes.length)
    if (decoded.spans + decoded.rejected === 0) return accepted
    const report = engine.ingest(table, wallClock())
    metrics.received.inc({ transport }, decoded.spans)
    metrics.matched.inc(report.matched)
    metrics.duplicate.inc(report.duplicate)
    metrics.late.inc(report.late)
    metrics.future.inc(report.future)
    options.fed()
    const rejected = decoded.rejected + report.future
    if (rejected === 0) return accepted
    metrics.rejected.inc(rejected)
    const reasons = [decoded.message, report.future > 0 ? `${report.future} spans end in the future: check the clock of their host` : undefined]
    return { kind: 'accepted', rejected, message: reasons.filter((reason) => reason !== undefined).join('; ') }
  }

  return {
    maxRequestBytes,
    hold(bytes) {
      if (draining) return shuttingDown
      // One request always fits, so that a limit below max_request cannot starve it for ever.
      if (inFlight > 0 && inFlight + bytes > maxInFlightBytes) return busy
      inFlight += bytes
      metrics.inFlightBytes.set(inFlight)
      return undefined
    },
    release(bytes) {
      inFlight -= bytes
      metrics.inFlightBytes.set(inFlight)
    },
    take,
    answered(transport, code, problem) {
      metrics.requests.inc({ transport, code })
      if (problem !== undefined) options.refused(transport, code, problem)
    },
    drain() {
      draining = true
    },
  }
}

const accepted: Answer = { kind: 'accepted', rejected: 0, message: '' }
const busy = { kind: 'unavailable', message: 'too many requests are being received (receivers.max_in_flight): try again', retryAfterMs } as const
const shuttingDown = { kind: 'unavailable', message: 'scaled is shutting down: try again', retryAfterMs: drainRetryAfterMs } as const
