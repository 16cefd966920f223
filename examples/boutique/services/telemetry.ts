/**
 * OpenTelemetry by hand: what an agent or `@opentelemetry/sdk-node` would set up, in the open.
 * Spans go to `scaled` over OTLP/gRPC, as they would through a Collector, and a second time to the demo's recorder.
 */
import { context, propagation, type Tracer, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as HttpExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type SpanExporter, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

/** SDKs wait 5 s by default; a rule that decides every second wants its spans sooner. */
const batchDelayMs = 500

export interface Telemetry {
  readonly tracer: Tracer
  /** Sends what is still in the batches; at most two seconds. */
  shutdown(): Promise<void>
}

/**
 * Reads the environment: `OTEL_EXPORTER_OTLP_ENDPOINT` (gRPC, `http://host:4317`) and `RECORDER_URL` (OTLP/HTTP, optional).
 * Without an endpoint spans are made, propagated and dropped.
 */
export function startTelemetry(service: string): Telemetry {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, RECORDER_URL: recorder } = process.env
  const processors: SpanProcessor[] = []
  if (endpoint !== undefined) processors.push(batched(new GrpcExporter({ url: endpoint })))
  if (recorder !== undefined) processors.push(batched(new HttpExporter({ url: recorder })))
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'boutique', 'process.pid': process.pid }),
    spanProcessors: processors,
  })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  trace.setGlobalTracerProvider(provider)
  return {
    tracer: trace.getTracer('boutique'),
    shutdown: () => Promise.race([provider.shutdown(), new Promise<void>((resolve) => setTimeout(resolve, 2000).unref())]).catch(() => {}),
  }
}

function batched(exporter: SpanExporter): SpanProcessor {
  return new BatchSpanProcessor({ exporter, scheduledDelayMillis: batchDelayMs })
}
