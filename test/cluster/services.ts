/**
 * Services that are fast until each, at a moment of its own, is slow; and what is known of them where: by SDKs' batches, and in the metric that a tuned pipeline makes of the
 * same batches (spanmetrics flushed every 15 s, scraped every 15 s, p99 over the last minute), each with a phase of its own.
 */
import { randomBytes } from 'node:crypto'
import { encodeRequest, type PlainSpan, service } from '../support/otlp.ts'

export const fastMs = 100
export const slowMs = 800

/** Of the OpenTelemetry SDK's batch span processor. */
const sdkEveryMs = 5000
const flushEveryMs = 15_000
const scrapeEveryMs = 15_000
const queryMs = 60_000
const tickMs = 250
const spansPerTick = 5

/** Cumulative, as Prometheus has it. */
interface Counts {
  readonly slow: number
  readonly all: number
}

interface Service {
  readonly name: string
  breachAt: number
  /** Not exported yet by an SDK that waits 5 s, and by one that waits a second. */
  readonly waiting: PlainSpan[]
  readonly waitingBriefly: PlainSpan[]
  nextExport: number
  nextBriefExport: number
  nextFlush: number
  nextScrape: number
  received: Counts
  flushed: Counts
  readonly scraped: { readonly at: number; readonly counts: Counts }[]
}

export interface Services {
  readonly names: readonly string[]
  /** From so many ms from now on each is slow; returns the moments by the wall clock. */
  breach(afterMs: readonly number[]): readonly number[]
  /** What the tuned pipeline answers to `histogram_quantile(0.99, …[1m])`, ms. */
  tunedP99(name: string): number
  /** What is so, ms. */
  trueP99(name: string): number
  stop(): void
}

/** `usual` and `brief` are OTLP/HTTP receivers that SDKs export to every 5 s and every second. */
export function startServices(count: number, usual: string, brief: string): Services {
  const began = Date.now()
  const soon = (everyMs: number): number => began + Math.random() * everyMs
  const services = Array.from({ length: count }, (_, i): Service => {
    const none = { slow: 0, all: 0 }
    const phases = { nextExport: soon(sdkEveryMs), nextBriefExport: soon(1000), nextFlush: soon(flushEveryMs), nextScrape: soon(scrapeEveryMs) }
    return { name: `svc-${i}`, breachAt: Number.POSITIVE_INFINITY, waiting: [], waitingBriefly: [], ...phases, received: none, flushed: none, scraped: [] }
  })
  const named = new Map(services.map((one) => [one.name, one]))

  function tick(): void {
    const now = Date.now()
    for (const one of services) {
      const spans = Array.from({ length: spansPerTick }, (_, i) => spanOf(now - (i * tickMs) / spansPerTick, one.breachAt))
      one.waiting.push(...spans)
      one.waitingBriefly.push(...spans)
      if (now >= one.nextBriefExport) {
        one.nextBriefExport += 1000
        void send(brief, one.name, one.waitingBriefly.splice(0))
      }
      if (now >= one.nextExport) {
        one.nextExport += sdkEveryMs
        const batch = one.waiting.splice(0)
        void send(usual, one.name, batch)
        const slow = batch.filter(({ start, end }) => end - start > 400_000_000n).length
        one.received = { slow: one.received.slow + slow, all: one.received.all + batch.length }
      }
      if (now >= one.nextFlush) {
        one.nextFlush += flushEveryMs
        one.flushed = one.received
      }
      if (now >= one.nextScrape) {
        one.nextScrape += scrapeEveryMs
        one.scraped.push({ at: now, counts: one.flushed })
      }
    }
  }

  const timer = setInterval(tick, tickMs)
  return {
    names: services.map(({ name }) => name),
    breach(afterMs) {
      const now = Date.now()
      for (const [i, one] of services.entries()) one.breachAt = now + (afterMs[i] as number)
      return services.map(({ breachAt }) => breachAt)
    },
    tunedP99(name) {
      const { scraped } = named.get(name) as Service
      const last = scraped.at(-1)?.counts
      const before = scraped.findLast(({ at }) => at <= Date.now() - queryMs)?.counts ?? { slow: 0, all: 0 }
      if (last === undefined) return fastMs
      // Nearest rank: with more than one slow span in a hundred, the p99 is a slow one.
      return last.slow - before.slow > (last.all - before.all) / 100 ? slowMs : fastMs
    },
    trueP99: (name) => (Date.now() >= (named.get(name) as Service).breachAt ? slowMs : fastMs),
    stop: () => clearInterval(timer),
  }
}

function spanOf(endMs: number, breachAt: number): PlainSpan {
  const end = BigInt(Math.round(endMs)) * 1_000_000n
  const lasted = BigInt(endMs >= breachAt ? slowMs : fastMs) * 1_000_000n
  return { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex'), name: 'shop.Ads/GetAds', kind: 2, start: end - lasted, end }
}

async function send(address: string, name: string, spans: readonly PlainSpan[]): Promise<void> {
  const body = Uint8Array.from(encodeRequest([service(name, spans)]))
  const headers = { 'content-type': 'application/x-protobuf' }
  const answer = await fetch(`${address}/v1/traces`, { method: 'POST', headers, body })
  await answer.arrayBuffer()
}
