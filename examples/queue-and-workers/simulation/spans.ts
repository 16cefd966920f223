/** What the services record, and how it is exported: OTLP/JSON, a message a second and service, a message a line. */

export const kinds = { server: 2, client: 3, producer: 4, consumer: 5 } as const

export interface Span {
  readonly trace: number
  readonly id: number
  /** 0: a root. */
  readonly parent: number
  readonly service: string
  readonly name: string
  readonly kind: keyof typeof kinds
  /** Milliseconds since the start. */
  readonly start: number
  end: number
  failed: boolean
}

/** Tuesday 5 November 2024, 09:00 UTC, in microseconds. */
const epochUs = Date.UTC(2024, 10, 5, 9) * 1000

export class Recorder {
  /** In the order in which they ended. */
  #ended: Span[] = []
  #ids = 0
  #traces = 0

  root(service: string, name: string, now: number): Span {
    return this.#open(++this.#traces, 0, service, name, 'server', now)
  }

  child(parent: Span, service: string, name: string, kind: Span['kind'], now: number): Span {
    return this.#open(parent.trace, parent.id, service, name, kind, now)
  }

  end(span: Span, now: number, failed = false): void {
    span.end = now
    span.failed = failed
    this.#ended.push(span)
  }

  /** What has ended since it was asked last. */
  take(): readonly Span[] {
    const taken = this.#ended
    this.#ended = []
    return taken
  }

  #open(trace: number, parent: number, service: string, name: string, kind: Span['kind'], now: number): Span {
    return { trace, id: ++this.#ids, parent, service, name, kind, start: now, end: now, failed: false }
  }
}

/** One ExportTraceServiceRequest for each service, as lines. */
export function exported(spans: readonly Span[]): readonly string[] {
  const byService = Map.groupBy(spans, ({ service }) => service)
  return [...byService].map(([service, own]) => {
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] }
    return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: own.map(otlp) }] }] })
  })
}

function otlp({ trace, id, parent, name, kind, start, end, failed }: Span): object {
  return {
    traceId: hex(trace, 32),
    spanId: hex(id, 16),
    ...(parent === 0 ? {} : { parentSpanId: hex(parent, 16) }),
    name,
    kind: kinds[kind],
    startTimeUnixNano: nanos(start),
    endTimeUnixNano: nanos(end),
    ...(failed ? { status: { code: 2 } } : {}),
  }
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0')
}

function nanos(ms: number): string {
  return `${epochUs + Math.round(ms * 1000)}000`
}
