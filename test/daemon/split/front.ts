/**
 * What stands in front of samplers: services that make spans with the OpenTelemetry SDK, and a Collector that sends them on: all spans of a trace to one sampler, by
 * trace id, with a real OTLP exporter; and everything to Tempo.
 */
import { ROOT_CONTEXT, SpanKind, trace as traceApi } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { type ReadableSpan, SimpleSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { service } from '../../support/otlp.ts'
import type { TempoDouble } from '../../support/tempo/server.ts'

export interface Front {
  /** How long a call of adservice takes from now on. */
  durationMs: number
  /** Traces that were made. */
  readonly made: number
  stop(): Promise<void>
}

/** A trace every 20 ms: `frontend` calls `adservice`. */
export function startFront(samplers: readonly string[], tempo: TempoDouble): Front {
  const exporters = samplers.map((url) => new SimpleSpanProcessor({ exporter: new OTLPTraceExporter({ url }) }))
  const collector: SpanProcessor = {
    onStart: () => {},
    onEnd(span) {
      const { traceId } = span.spanContext()
      exporters[Number.parseInt(traceId.slice(-1), 16) % exporters.length]?.onEnd(span)
      store(span, tempo)
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const tracerOf = (name: string) =>
    new TracerProvider({ resource: resourceFromAttributes({ 'service.name': name }), spanProcessors: [collector] }).getTracer('front')
  const [frontend, adservice] = [tracerOf('frontend'), tracerOf('adservice')]
  let made = 0
  const front = {
    durationMs: 600,
    get made() {
      return made
    },
    async stop() {
      clearInterval(timer)
      // A sampler that is gone keeps an exporter retrying.
      await Promise.race([Promise.all(exporters.map((exporter) => exporter.shutdown())), new Promise((resolve) => setTimeout(resolve, 200))])
    },
  }
  const timer = setInterval(() => {
    made++
    const now = Date.now()
    const root = frontend.startSpan('GET /', { kind: SpanKind.SERVER, startTime: now - front.durationMs - 10 })
    const call = adservice.startSpan(
      'hipstershop.AdService/GetAds',
      { kind: SpanKind.SERVER, startTime: now - front.durationMs - 5 },
      traceApi.setSpan(ROOT_CONTEXT, root),
    )
    call.end(now - 5)
    root.end(now)
  }, 20)
  return front
}

function store(span: ReadableSpan, tempo: TempoDouble): void {
  const nanos = ([seconds, rest]: readonly [number, number]): bigint => BigInt(seconds) * 1_000_000_000n + BigInt(rest)
  const { traceId, spanId } = span.spanContext()
  const parentSpanId = span.parentSpanContext?.spanId
  tempo.now = Date.now() / 1000
  const plain = { traceId, spanId, name: span.name, kind: 2, start: nanos(span.startTime), end: nanos(span.endTime) }
  tempo.traces.push({
    traceId,
    parts: [
      {
        visibleAt: tempo.now + 1,
        resources: [service(String(span.resource.attributes['service.name']), [{ ...plain, ...(parentSpanId === undefined ? {} : { parentSpanId }) }])],
      },
    ],
  })
}
