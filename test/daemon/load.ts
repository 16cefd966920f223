/** Spans of a service, made by the OpenTelemetry SDK and sent by one of its exporters. */
import { randomBytes } from 'node:crypto'
import { SpanKind } from '@opentelemetry/api'
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { SimpleSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import { encodeRequest, service } from '../support/otlp.ts'
import type { Scaled } from './process.ts'

export type Exporter = 'grpc' | 'http/protobuf' | 'http/json'

function exporterTo(scaled: Scaled, kind: Exporter): SpanExporter {
  switch (kind) {
    case 'grpc':
      return new GrpcExporter({ url: scaled.grpc })
    case 'http/protobuf':
      return new ProtobufExporter({ url: `${scaled.http}/v1/traces` })
    case 'http/json':
      return new JsonExporter({ url: `${scaled.http}/v1/traces` })
  }
}

export interface Load {
  stop(): Promise<void>
}

/** A span of `adservice` every 20 ms that ends now and has lasted `durationMs`. */
export function startLoad(scaled: Scaled, durationMs: number, exporter: Exporter = 'grpc'): Load {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'adservice' }),
    spanProcessors: [new SimpleSpanProcessor({ exporter: exporterTo(scaled, exporter) })],
  })
  const tracer = provider.getTracer('load')
  const timer = setInterval(() => {
    const now = Date.now()
    tracer.startSpan('hipstershop.AdService/GetAds', { kind: SpanKind.SERVER, startTime: now - durationMs }).end(now)
  }, 20)
  return {
    async stop() {
      clearInterval(timer)
      // A daemon that is gone keeps an exporter retrying.
      await Promise.race([provider.shutdown(), new Promise((resolve) => setTimeout(resolve, 200))])
    },
  }
}

/** One encoded request of `count` spans of adservice/GetAds that end now. */
export function requestOf(count: number, durationMs: number, endMs: number = Date.now()): Uint8Array {
  const end = BigInt(Math.round(endMs)) * 1_000_000n
  const spans = Array.from({ length: count }, () => ({
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'hipstershop.AdService/GetAds',
    kind: 2,
    start: end - BigInt(durationMs) * 1_000_000n,
    end,
  }))
  return encodeRequest([service('adservice', spans)])
}
