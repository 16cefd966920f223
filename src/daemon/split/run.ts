/** `scaled sampler`: everything between the command line and the sampler: signals, exit codes, and the order in which its parts start and stop. */
import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createEmbedded } from '../../sources/index.ts'
import { createDictionary, traceStateColumns } from '../../spans/index.ts'
import { createFeed } from '../api/index.ts'
import { timestamp, wallClock } from '../clock.ts'
import type { Config } from '../config/index.ts'
import { createDoor } from '../door.ts'
import { createIntake } from '../intake.ts'
import { type Listeners, listen } from '../listen.ts'
import { createLogger, type Logger } from '../logger.ts'
import { createMetrics } from '../metrics.ts'
import { cannotListen, listenToSignals, refuse } from '../process.ts'
import { createRefusals } from '../refusals.ts'
import { type RpcServer, startRpc } from '../rpc/server.ts'
import { openSampling } from '../sampling.ts'
import { traceStore } from '../stores.ts'
import { train } from '../training.ts'
import { version } from '../version.ts'
import { createPipeline } from './pipeline.ts'
import { createRing } from './ring.ts'
import { createSessions } from './sessions.ts'

/** The clock is looked at so often, for when no spans come. */
const lookMs = 100
const saveMs = 60_000

/** Runs until a signal; resolves to the exit code. */
export async function runSampler(config: Config): Promise<number> {
  const logger = createLogger(config.log.level)
  const signals = listenToSignals()
  let parts: SamplerParts
  try {
    parts = createParts(config, logger)
  } catch (error) {
    return refuse(2, `state.dir: ${(error as Error).message}`)
  }
  const opened = await open(config, parts, logger)
  if ('key' in opened) return refuse(2, cannotListen(opened))
  const { listeners, rpc } = opened
  parts.phase = 'running'
  const look = setInterval(parts.look, lookMs)
  const save = setInterval(() => void parts.sampling.save(), saveMs)
  if (!parts.sampling.restored) void learn(config, parts, logger)
  const addresses = listeners.receivers.map(({ transport, host, port }) => [transport, `${host}:${port}`])
  logger.info({ ...Object.fromEntries(addresses), api: `${config.api.host}:${listeners.api.port}`, sampler: `${rpc.host}:${rpc.port}` }, 'ready')

  await signals.stop
  parts.phase = 'shutting down'
  parts.intake.drain()
  logger.info('shutting down: exports are refused')
  await sleep(config.shutdown.delay / 1e6)
  clearInterval(look)
  clearInterval(save)
  if (parts.pipeline.sampler.report.decided > 0) await parts.sampling.save()
  const graceMs = config.shutdown.grace / 1e6
  await Promise.all([listeners.close(graceMs), rpc.close(graceMs)])
  logger.info('stopped')
  return 0
}

type SamplerParts = ReturnType<typeof createParts>

function createParts(config: Config, logger: Logger) {
  const started = wallClock()
  const instance = randomUUID()
  const metrics = createMetrics(version)
  const refusals = createRefusals(logger)
  const ring = createRing(config.sampler.recent)
  const embedded = createEmbedded({ maxBytes: config.sampler.keep })
  const sessions = createSessions({
    instance,
    dictionary: createDictionary(),
    now: wallClock,
    keepNs: config.sampler.session,
    maxOpenSpans: config.sampler.max_waiting_spans,
    projection: traceStateColumns,
  })
  const { idle, max_age, max_spans } = config.engine.traces
  const sampling = openSampling(config, logger, (trace) => pipeline.kept(trace))
  const pipeline = createPipeline({
    sampler: sampling.sampler,
    ring,
    embedded,
    now: wallClock,
    latenessNs: config.engine.lateness,
    traces: { idleNs: idle, maxAgeNs: max_age, maxSpans: max_spans, seed: randomInt(2 ** 32) },
    startAt: started,
  })
  const look = (): void => {
    pipeline.look()
    sessions.look()
  }
  const intake = createIntake({
    maxRequestBytes: config.receivers.max_request,
    maxInFlightBytes: config.receivers.max_in_flight,
    metrics,
    current: () => ({
      table: sessions.table,
      engine: {
        ingest(table, now = wallClock()) {
          pipeline.add(table)
          return sessions.ingest(table, now)
        },
      },
    }),
    fed: pipeline.look,
    refused: refusals.note,
  })
  metrics.observeWatermark(() => pipeline.watermark)
  metrics.observeTraces(() => ({ ...pipeline.report, matched: 0 }))
  metrics.observeSampler(() => pipeline.sampler.report)
  metrics.observeSessions(() => ({ ...sessions.report, lost: ring.lost }))
  return {
    instance,
    started,
    metrics,
    ring,
    embedded,
    sessions,
    pipeline,
    sampling,
    look,
    intake,
    phase: 'starting' as 'starting' | 'running' | 'shutting down',
  }
}

async function open(
  config: Config,
  parts: SamplerParts,
  logger: Logger,
): Promise<{ readonly listeners: Listeners; readonly rpc: RpcServer } | Parameters<typeof cannotListen>[0]> {
  const failed = (error: unknown): void => logger.error({ stack: error instanceof Error ? error.stack : String(error) }, 'this is a bug')
  const { instance, sessions, ring, embedded, metrics, intake } = parts
  const { host, port } = config.sampler.listen
  let rpc: RpcServer
  try {
    rpc = await startRpc(host, port, { instance, sessions, ring, traces: embedded, failed }, createDoor(config.sampler.listen))
  } catch (error) {
    return { key: 'sampler.listen', address: `${host}:${port}`, error: error as NodeJS.ErrnoException }
  }
  const listeners = await listen(config, intake, {
    metrics,
    decisions: createFeed<{ readonly target: string }>(1, 0),
    status: () => documentOf(parts),
    ready: { phase: () => (parts.phase === 'running' ? undefined : parts.phase) },
    failed,
  })
  if ('error' in listeners) {
    await rpc.close(0)
    return listeners
  }
  return { listeners, rpc }
}

function documentOf({ phase, started, instance, pipeline, sessions, ring, embedded }: SamplerParts): object {
  return {
    version,
    phase,
    started: timestamp(started),
    now: timestamp(wallClock()),
    ...(pipeline.watermark === undefined ? {} : { watermark: timestamp(pipeline.watermark) }),
    instance,
    sampler: pipeline.sampler.report,
    traces: pipeline.report,
    modelers: sessions.report,
    sampled: { last: ring.last, lost: ring.lost, kept: embedded.report },
  }
}

async function learn(config: Config, { pipeline, started }: SamplerParts, logger: Logger): Promise<void> {
  const { traces, problems } = await train({ sampler: pipeline.sampler, training: config.sampler.training, source: traceStore(config.traces), now: started })
  for (const problem of problems) logger.warn(`the sampler could not learn from all traces: ${problem}`)
  if (traces > 0) logger.info({ traces }, 'the sampler has learnt from traces before the stream')
}
