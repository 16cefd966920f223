/** What a modeler has in place of receivers: samplers that count for it, and traces that they sampled. */
import { randomUUID } from 'node:crypto'
import { type Bundle, serialize } from '../../bundle/index.ts'
import type { Engine } from '../../engine/index.ts'
import type { Counted, World } from '../../evaluate/index.ts'
import { createFetcher, type TraceSource } from '../../sources/index.ts'
import { decodeJson, decodeRequest, type Nanos, type SpanTable } from '../../spans/index.ts'
import { toMillis, waitUnlessAborted, wallClock } from '../clock.ts'
import type { Config } from '../config/index.ts'
import type { Logger } from '../logger.ts'
import { connectSampler, type SamplerClient } from '../rpc/client.ts'
import { createArrivals } from './arrivals.ts'
import { createGathering, type SamplerReport } from './gathering.ts'
import { type GivenWeights, hexOf } from './weights.ts'

export interface ModelerReport {
  readonly samplers: readonly SamplerReport[]
  readonly traces: ReturnType<typeof createArrivals>['report'] & ReturnType<typeof createFetcher>['report'] & { readonly source: string }
}

export interface Modeler {
  /** The rules of the moment. */
  configure(bundle: Bundle, engine: Engine): void
  due(engine: Engine): Nanos | undefined
  count(engine: Engine, at: Nanos, world: World): Promise<Counted>
  /** Looks at the clock. */
  look(): void
  readonly report: ModelerReport
  close(): void
}

export interface ModelerParts {
  readonly config: Config
  readonly logger: Logger
  readonly weights: GivenWeights
  /** Of whole traces; undefined: the samplers themselves. */
  readonly source: TraceSource | undefined
  readonly current: () => { readonly engine: Engine; readonly table: SpanTable }
  /** A step may be due. */
  readonly wake: () => void
}

export async function startModeler({ config, logger, weights, source, current, wake }: ModelerParts): Promise<Modeler> {
  const { samplers, patience } = config.modeler
  const clients = new Map<string, SamplerClient>()
  for (const address of samplers) clients.set(address, await connectSampler(address, config.modeler))
  const clientOf = (address: string): SamplerClient => clients.get(address) as SamplerClient

  const gathering = createGathering({
    samplers,
    connect: (address, events) => clientOf(address).statistics(events),
    session: randomUUID(),
    now: wallClock,
    patienceNs: patience,
    wake,
    changed: (sampler, message) => logger.warn({ sampler }, message),
  })

  /** Which sampler kept a trace that is being fetched. */
  const keepers = new Map<string, string>()
  const samplersThemselves: TraceSource = {
    name: 'the sampler that kept it',
    fetch: ({ traceId }) => clientOf(keepers.get(traceId) as string).fetch(Buffer.from(traceId, 'hex')),
    search: async () => ({ error: 'samplers are not searched' }),
  }
  const from = source ?? samplersThemselves
  const fetcher = createFetcher({
    source: from,
    now: () => toMillis(wallClock()),
    sleep: waitUnlessAborted,
    parallel: config.traces.parallel,
    queue: config.traces.queue,
  })
  const arrivals = createArrivals({
    weights,
    wanted: () => current().engine.traces !== undefined,
    async fetch(sampler, { traceId, start, end }) {
      const id = hexOf(traceId)
      keepers.set(id, sampler)
      try {
        return await fetcher.fetch({ traceId: id, start, end })
      } finally {
        keepers.delete(id)
      }
    },
    bring({ bytes, encoding }) {
      const { engine, table } = current()
      table.clear()
      const decoded = encoding === 'json' ? decodeJson(bytes, table) : decodeRequest(bytes, table)
      if (decoded.ok) engine.bring(table)
      else logger.error({ source: from.name, problem: decoded.message }, 'a trace cannot be read')
    },
  })
  const subscriptions = samplers.map((address) =>
    clientOf(address).subscribe(
      () => arrivals.cursorOf(address),
      (reply) => arrivals.receive(address, reply),
    ),
  )

  return {
    configure(bundle, engine) {
      gathering.configure({ bundle: serialize(bundle), latenessNs: config.engine.lateness, layout: engine.layout })
    },
    due(engine) {
      const { watermark } = gathering
      if (watermark !== undefined) engine.reached(watermark)
      return engine.due()
    },
    count: (engine, at, world) => gathering.count(engine.begin(at, world)),
    look: () => gathering.look(),
    get report() {
      return { samplers: gathering.samplers, traces: { source: from.name, ...fetcher.report, ...arrivals.report } }
    },
    close() {
      fetcher.close()
      for (const subscription of subscriptions) subscription.close()
      gathering.close()
      for (const client of clients.values()) client.close()
    },
  }
}
