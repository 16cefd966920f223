/** Everything that people and machines are told of what happens: log, metrics, status, decision log and feed. */
import type { StepResult } from '../engine/index.ts'
import type { WorkloadError, WorkloadSnapshot } from '../evaluate/index.ts'
import type { BlameEvidence } from '../explain/index.ts'
import type { OrchestrationError } from '../orchestrators/index.ts'
import type { Decision } from '../plan/index.ts'
import { createDecisionFilter, type DecisionRecord, decisionRecord } from '../recordings/index.ts'
import type { Feed } from './api/index.ts'
import { timestamp, toMillis, wallClock } from './clock.ts'
import type { DecisionFile } from './decision-file.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import type { Transport } from './receivers/index.ts'
import { createRefusals } from './refusals.ts'
import type { LoadedRules } from './rules.ts'
import type { ReloadStatus, Status } from './status.ts'
import type { Trained } from './training.ts'

export interface Reporter {
  /** The last attempt to load rules. */
  readonly reload: ReloadStatus
  loaded(rules: LoadedRules): void
  notLoaded(problems: readonly string[]): void
  stepped(result: StepResult, elapsedMs: number): void
  /** A decision as it turned out. */
  decided(decision: Decision): void
  /** A target reads differently than before. */
  read(target: string, now: WorkloadSnapshot | WorkloadError): void
  /** The orchestrator did not take an action. */
  refused(target: string, error: OrchestrationError): void
  /** An export was refused; a burst of one kind is a line in ten seconds. */
  exportRefused(transport: Transport, code: string, problem: string): void
  stateNotWritten(error: Error): void
  /** The sampler has learnt from what was before the stream. */
  trained(trained: Trained): void
  /** An exception where there should be none. */
  bug(error: unknown): void
}

export interface ReporterParts {
  readonly logger: Logger
  readonly metrics: Metrics
  readonly status: Status
  readonly feed: Feed<DecisionRecord>
  readonly decisionFile: DecisionFile | undefined
  /** What traces say of a decision, for those that are written down. */
  readonly evidence: (decision: Decision) => BlameEvidence | undefined
}

export function createReporter({ logger, metrics, status, feed, decisionFile, evidence }: ReporterParts): Reporter {
  const filter = createDecisionFilter()
  const targetsRead = new Set<string>()
  const refusals = createRefusals(logger)
  let reload: ReloadStatus = { at: timestamp(wallClock()), ok: true }

  function noteReload(result: Omit<ReloadStatus, 'at'>): void {
    reload = { at: timestamp(wallClock()), ...result }
    metrics.reloads.inc({ result: result.ok ? 'success' : 'failure' })
    metrics.reloadOk.set(result.ok ? 1 : 0)
  }

  /** A decision is written down whatever becomes of its evidence. */
  function evidenceOf(decision: Decision): BlameEvidence | undefined {
    try {
      return evidence(decision)
    } catch (error) {
      logger.error(
        { decision: decision.id, stack: error instanceof Error ? error.stack : String(error) },
        'this is a bug: the decision has no evidence of traces',
      )
      return undefined
    }
  }

  /** Replicas that are not known any more must not linger. */
  function forget(target: string): void {
    targetsRead.delete(target)
    for (const state of ['desired', 'ready']) metrics.replicas.remove({ target, state })
  }

  return {
    get reload() {
      return reload
    },
    loaded({ bundle, from, warnings }) {
      const ids = new Set(bundle.targets.map((target) => target.id))
      for (const target of targetsRead) if (!ids.has(target)) forget(target)
      status.load(bundle)
      metrics.forgetRules()
      metrics.bundle.reset()
      metrics.bundle.set({ digest: bundle.digest }, 1)
      metrics.reloadTime.set(Date.now() / 1000)
      noteReload({ ok: true })
      logger.info({ digest: bundle.digest, from, rules: bundle.rules.length, targets: bundle.targets.length }, 'rules loaded')
      for (const warning of warnings) logger.warn(warning)
    },
    notLoaded(problems) {
      noteReload({ ok: false, problems })
      logger.error({ problems }, 'rules not loaded; the old ones stay')
    },
    stepped(result, elapsedMs) {
      status.stepped(result)
      metrics.steps.inc()
      metrics.stepDuration.observe(elapsedMs / 1000)
      metrics.stepLag.set((Date.now() - toMillis(result.at)) / 1000)
      for (const { rule, target, truth } of result.outcomes) metrics.setRule(rule, target, truth)
    },
    decided(decision) {
      const { id, target, outcome, reason, message, from, to } = decision
      status.decided(decision)
      metrics.decisions.inc({ target, outcome, reason })
      if (!filter.changed(decision)) return
      const record = decisionRecord(decision, evidenceOf(decision))
      feed.push(record)
      decisionFile?.append(JSON.stringify(record))
      logger.info({ decision: id, target, outcome, reason, from, to }, message)
    },
    read(target, now) {
      if ('error' in now) {
        forget(target)
        logger.warn({ target, error: now.error }, now.message)
        return
      }
      targetsRead.add(target)
      metrics.replicas.set({ target, state: 'desired' }, now.desired)
      metrics.replicas.set({ target, state: 'ready' }, now.ready)
      logger.debug({ target, desired: now.desired, ready: now.ready, blocked: now.blocked, owner: now.owner }, 'target read')
    },
    refused(target, { error, message }) {
      logger.warn({ target, error }, message)
    },
    exportRefused: refusals.note,
    stateNotWritten(error) {
      metrics.stateErrors.inc()
      logger.error({ error: error.message }, 'the state cannot be written; nothing is scaled until it can')
    },
    trained({ traces, problems }) {
      for (const problem of problems) logger.warn(`the sampler could not learn from all traces: ${problem}`)
      if (traces > 0) logger.info({ traces }, 'the sampler has learnt from traces before the stream')
    },
    bug(error) {
      logger.error({ stack: error instanceof Error ? error.stack : String(error) }, 'this is a bug')
    },
  }
}
