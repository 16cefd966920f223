/** The daemon put together: what it is made of, the order in which it starts, and that in which it stops. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bundle } from '../bundle/index.ts'
import type { OrchestrationClient, OrchestrationError } from '../orchestrators/index.ts'
import { createWorld, isError } from '../orchestrators/index.ts'
import type { DecisionRecord } from '../recordings/index.ts'
import { createActions } from './actions.ts'
import { createFeed } from './api/index.ts'
import { timestamp, waitUnlessAborted, wallClock } from './clock.ts'
import type { Config } from './config/index.ts'
import { createControl } from './control.ts'
import { counted } from './counted-client.ts'
import { createCurrent } from './current.ts'
import type { DecisionFile } from './decision-file.ts'
import { createIntake } from './intake.ts'
import { createLatest, type Latest } from './latest.ts'
import { createLeadership, type Leadership } from './leadership.ts'
import { type ListenError, listen } from './listen.ts'
import type { Logger } from './logger.ts'
import { createMetrics } from './metrics.ts'
import { createNotices } from './notices.ts'
import { defaultOrchestrator } from './orchestrate.ts'
import { createReporter } from './reporter.ts'
import type { LoadedRules, RulesResult } from './rules.ts'
import { openSampling } from './sampling.ts'
import { createSaver } from './saver.ts'
import { startModeler } from './split/modeler.ts'
import { givenWeights } from './split/weights.ts'
import { createStatus } from './status.ts'
import type { Saved, StateStore } from './store.ts'
import { traceStore } from './stores.ts'
import { createTracesWatch, tracesDocument } from './traces.ts'
import { train } from './training.ts'
import { version } from './version.ts'

export interface DaemonParts {
  readonly config: Config
  readonly logger: Logger
  readonly rules: LoadedRules
  readonly client: OrchestrationClient
  readonly store: StateStore
  /** Of the last run. */
  readonly saved: Saved | undefined
  readonly decisionFile: DecisionFile | undefined
  /** modeler: spans are counted and traces sampled by samplers; nothing is received here. */
  readonly role: 'whole' | 'modeler'
  /** Another daemon may act now, or this one may. */
  readonly leadChanged?: () => void
}

export interface Daemon {
  /** Whether this daemon acts, of several. */
  readonly leads: boolean
  readonly decisions: Latest
  isTarget(target: string): boolean
  /** Swaps the rules at once, or keeps the old ones and shows what is wrong with the new. */
  reload(result: RulesResult): void
  /** Drains and stops; resolves within `shutdown.delay` + `shutdown.grace` and a little. */
  stop(): Promise<void>
}

/** How long the first step may wait for the first reading of the targets. */
const firstReadingMs = 2000
/** State that no action depends on is written this much later. */
const saveDelayMs = 1000
/** What the sampler has learnt is written so often; it is larger, and losing a minute of it is no harm. */
const saveSamplerMs = 60_000
/** Silence of a sampler is noticed this soon. */
const lookAtSamplersMs = 250
/** Part of the time to stop that is kept for requests under way. */
const listenersMs = 500

export async function startDaemon(parts: DaemonParts): Promise<Daemon | ListenError | OrchestrationError> {
  const { config, logger, saved } = parts
  const orchestrator = defaultOrchestrator(config.orchestrators)
  const started = wallClock()
  const metrics = createMetrics(version)
  const client = counted(parts.client, metrics.orchestratorErrors)
  const status = createStatus()
  const feed = createFeed<DecisionRecord>(config.decisions.recent, Math.floor(started / 1e3))
  const reporter = createReporter({ logger, metrics, status, feed, decisionFile: parts.decisionFile, evidence: (decision) => current.evidence.of(decision) })
  const source = traceStore(config.traces)
  const isModeler = parts.role === 'modeler'
  const sampling = isModeler ? undefined : openSampling(config, logger)
  const weights = givenWeights()
  const current = createCurrent(parts.rules.bundle, saved?.engine, config.engine, {
    startAt: started,
    sampler: sampling?.sampler ?? weights,
    countedElsewhere: isModeler,
  })
  let { from } = parts.rules
  let phase: 'starting' | 'running' | 'shutting down' = 'starting'

  const world = createWorld(
    client,
    current.bundle.targets,
    { now: wallClock, wait: waitUnlessAborted },
    { intervalMs: config.orchestrators.poll / 1e6, onChange: reporter.read },
  )
  const present = (): Saved => ({ engine: current.engine.state(), pending: Object.fromEntries(actions.pending) })
  const saver = createSaver(parts.store, present, saveDelayMs, reporter.stateNotWritten)
  const latest = createLatest()
  const leased = await createLeadership(config, {
    logger,
    present: () => current.engine.state(),
    async takeOver(left) {
      // What the last one did at its end shows in the workloads, and must be seen before anything is done.
      await within(firstReadingMs, world.refresh())
      if (left !== undefined) current.engine.succeed(left, wallClock(), world.world)
    },
    changed: () => parts.leadChanged?.(),
  })
  if (isError(leased)) return leased
  const leadership: Leadership = leased
  const notify = createNotices({ client, workloadOf: (target) => current.workloadOf(target) })
  const actions = createActions({
    mayAct: () => leadership.leads,
    client,
    world,
    persist: saver.now,
    acted: (decision, how) => current.engine.acted(decision, how),
    failed: reporter.refused,
    isTarget: (target) => current.workloadOf(target) !== undefined,
    pending: saved?.pending ?? {},
    now: () => performance.now(),
  })
  const watchTraces = createTracesWatch(logger)
  const modeler = isModeler ? await startModeler({ config, logger, weights, source, current: () => current, wake }) : undefined
  modeler?.configure(current.bundle, current.engine)
  const control = createControl({
    engine: () => current.engine,
    due: () => (modeler === undefined ? current.engine.due(wallClock()) : modeler.due(current.engine)),
    ...(modeler === undefined ? {} : { count: modeler.count }),
    actions,
    leads: () => leadership.leads,
    workloadOf: current.workloadOf,
    lookEveryMs: () => lookEvery(current.bundle),
    stepped(result, elapsedMs) {
      reporter.stepped(result, elapsedMs)
      current.evidence.stepped(result.decisions)
      watchTraces(current.engine.traces, result.at)
      saver.soon()
    },
    decided(decision) {
      reporter.decided(decision)
      latest.decided(decision)
      if (leadership.leads) notify(decision)
    },
    failed: reporter.bug,
  })
  const intake = createIntake({
    maxRequestBytes: config.receivers.max_request,
    maxInFlightBytes: config.receivers.max_in_flight,
    metrics,
    current: () => current,
    fed: wake,
    refused: reporter.exportRefused,
  })
  metrics.observeWatermark(() => current.engine.watermark)
  metrics.observeLeader(() => leadership.leads)
  metrics.observeTraces(() => current.engine.traces)
  metrics.observeSampler(() => (current.engine.traces === undefined ? undefined : sampling?.sampler.report))
  if (modeler !== undefined) metrics.observeModeler(() => modeler.report)

  const listeners = await listen(config, isModeler ? undefined : intake, {
    metrics,
    decisions: feed,
    status: document,
    ready: { phase: () => (phase === 'running' ? undefined : phase) },
    failed: reporter.bug,
  })
  if ('error' in listeners) {
    modeler?.close()
    await leadership.close()
    return listeners
  }
  const { receivers, api } = listeners
  function document(): object {
    const { bundle, engine } = current
    return {
      version,
      phase,
      started: timestamp(started),
      now: timestamp(wallClock()),
      ...(engine.watermark === undefined ? {} : { watermark: timestamp(engine.watermark) }),
      bundle: { digest: bundle.digest, compiler: bundle.compiler, from, sources: bundle.sources.map(({ name }) => name) },
      reload: reporter.reload,
      receivers: receivers.map(({ transport, host, port }) => ({ transport, address: `${host}:${port}` })),
      orchestrator,
      ...(leadership.document === undefined ? {} : { lease: leadership.document }),
      ...(engine.traces === undefined ? {} : { traces: tracesDocument(engine.traces) }),
      ...(engine.traces === undefined || sampling === undefined ? {} : { sampler: sampling.sampler.report }),
      ...(modeler === undefined ? {} : { modeler: modeler.report }),
      unresolved: [...actions.pending.values()].map(({ decision: { id, target, from: before, to } }) => ({ id, target, from: before, to })),
      ...status.document(actions.world()),
    }
  }

  function wake(): void {
    if (phase === 'running') control.wake()
  }

  reporter.loaded(parts.rules)
  if (sampling !== undefined && !sampling.restored)
    void train({ sampler: sampling.sampler, training: config.sampler.training, source, now: started }).then(reporter.trained, reporter.bug)
  await within(firstReadingMs, world.refresh())
  world.start()
  phase = 'running'
  leadership.start()
  control.start()
  const saveSampler = setInterval(() => void sampling?.save(), saveSamplerMs)
  const lookAtSamplers = modeler === undefined ? undefined : setInterval(modeler.look, lookAtSamplersMs)
  const addresses = receivers.map(({ transport, host, port }) => [transport, `${host}:${port}`])
  logger.info({ ...Object.fromEntries(addresses), api: `${config.api.host}:${api.port}`, orchestrator }, 'ready')
  if (orchestrator === 'dry-run') logger.warn('dry run: decisions are logged and nothing is scaled; configure `orchestrators` to act')

  return {
    get leads() {
      return leadership.leads
    },
    decisions: latest,
    isTarget: (target) => current.workloadOf(target) !== undefined,
    reload(result) {
      if (phase !== 'running') return
      if ('problems' in result) {
        reporter.notLoaded(result.problems)
        return
      }
      // Samplers may be counting a step for the rules of the moment.
      control.between(() => {
        try {
          current.swap(result.bundle)
        } catch (error) {
          // The compiler and the loader let it through, and the engine does not take it: a bug, but no reason to stop scaling by the old rules.
          reporter.bug(error)
          reporter.notLoaded([`the engine refuses the rules: ${(error as Error).message}`])
          return
        }
        from = result.from
        modeler?.configure(result.bundle, current.engine)
        world.retarget(result.bundle.targets)
        latest.keep(new Set(result.bundle.targets.map(({ id }) => id)))
        reporter.loaded(result)
        void world.refresh()
      })
    },
    async stop() {
      const delayMs = config.shutdown.delay / 1e6
      const deadline = performance.now() + delayMs + config.shutdown.grace / 1e6
      const left = (): number => Math.max(0, deadline - performance.now())
      phase = 'shutting down'
      intake.drain()
      logger.info('shutting down: exports are refused, what is due is evaluated')
      // An action without an answer by then stays written down, and the next run finds out what became of it.
      await Promise.all([within(left() - listenersMs, control.stop()), sleep(delayMs)])
      // The next one need not wait for the lease to expire.
      await within(left(), leadership.close())
      clearInterval(saveSampler)
      clearInterval(lookAtSamplers)
      modeler?.close()
      if (sampling !== undefined && sampling.sampler.report.decided > 0) await sampling.save()
      await saver.close()
      await listeners.close(left())
      parts.decisionFile?.close()
      // A reading under way ends with its client.
      await Promise.all([client.close(), within(left(), world.close())])
      logger.info('stopped')
    },
  }
}

/** Waits for the work, but not for ever. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const limit = new AbortController()
  await Promise.race([work, waitUnlessAborted(milliseconds, limit.signal)])
  limit.abort()
}

/** Often enough that a step is not noticeably late when no span comes to wake the loop. */
function lookEvery(bundle: Bundle): number {
  const shortest = Math.min(...bundle.rules.map((rule) => rule.everyNs / 1e6), 1000)
  return Math.max(20, shortest / 4)
}
