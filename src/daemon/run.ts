/** `scaled run`: everything between the command line and the daemon: files, signals, exit codes. */
import { createWatcher } from '../files/index.ts'
import { isError } from '../orchestrators/index.ts'
import { type Beside, startBeside } from './beside.ts'
import type { Config } from './config/index.ts'
import type { DaemonParts } from './daemon.ts'
import { startDaemon } from './daemon.ts'
import { type DecisionFile, openDecisionFile } from './decision-file.ts'
import { createLogger, type Logger } from './logger.ts'
import { createOrchestrator } from './orchestrate.ts'
import { cannotListen, listenToSignals, refuse } from './process.ts'
import type { RulesSource } from './rules.ts'
import { loadRules } from './rules.ts'
import { openStore, type Saved, type StateStore } from './store.ts'

/** Runs until a signal; resolves to the exit code. What keeps it from starting is said on stderr in plain lines. */
export async function run(config: Config, source: RulesSource, role: DaemonParts['role']): Promise<number> {
  if (role === 'modeler' && config.modeler.samplers.length === 0)
    return refuse(2, 'modeler.samplers: a modeler needs the address of every sampler, such as scaled-sampler-0:4319')
  const rules = loadRules(source, config.bundle.public_keys)
  if ('problems' in rules) return refuse(rules.invalid ? 1 : 2, ...rules.problems)
  const logger = createLogger(config.log.level)
  const files = openFiles(config, logger)
  if (typeof files === 'string') return refuse(2, files)
  const client = await createOrchestrator(config, logger)
  if (isError(client)) return refuse(2, client.message)
  // Signals are listened to before anybody can know the process, or one that comes early would kill it.
  const signals = listenToSignals()
  let beside: Beside | undefined
  const daemon = await startDaemon({ config, logger, rules, client, role, ...files, leadChanged: () => beside?.ruleSets?.refresh() })
  if ('error' in daemon) {
    await client.close()
    return refuse(2, 'key' in daemon ? cannotListen(daemon) : daemon.message)
  }
  let base = rules.bundle
  const started = await startBeside({ config, logger, daemon, base: () => base })
  if ('error' in started) {
    await daemon.stop()
    return refuse(2, 'key' in started ? cannotListen(started) : started.message)
  }
  beside = started

  let { digest } = rules.bundle
  const reload = (always: boolean): void => {
    const next = loadRules(source, config.bundle.public_keys)
    if ('bundle' in next) {
      watcher?.folders(next.folders)
      if (next.bundle.digest === digest && !always) return
      digest = next.bundle.digest
    } else digest = '' // So that the former rules, when they are put back, are told to be loaded.
    if ('bundle' in next) base = next.bundle
    if (beside?.ruleSets === undefined || 'problems' in next) daemon.reload(next)
    else beside.ruleSets.refresh()
  }
  const watcher = config.reload.watch
    ? createWatcher(
        () => reload(false),
        (dir, error) => logger.warn({ dir, error: error.message }, 'changes in this folder are not noticed: send SIGHUP'),
      )
    : undefined
  watcher?.folders(rules.folders)
  signals.onHangUp(() => {
    reopen(files.decisionFile, logger)
    reload(true)
  })
  await signals.stop
  watcher?.close()
  await beside.close()
  await daemon.stop()
  return 0
}

interface Files extends Pick<DaemonParts, 'store' | 'saved' | 'decisionFile'> {
  readonly store: StateStore
  readonly saved: Saved | undefined
  readonly decisionFile: DecisionFile | undefined
}

/** The state and the decision log, or what is wrong. */
function openFiles(config: Config, logger: Logger): Files | string {
  const { file } = config.decisions
  let key = 'state.dir'
  try {
    const store = openStore(config.state.dir)
    const loaded = store.load()
    if (loaded.kind === 'damaged')
      logger.error(
        { reason: loaded.reason, movedTo: loaded.movedTo },
        'the state file was damaged and is moved aside: cooldowns and rate windows start anew, as on first sight',
      )
    key = 'decisions.file'
    const decisionFile =
      file === undefined ? undefined : openDecisionFile(file, (error) => logger.error({ file, error: error.message }, 'the decision log cannot be written'))
    return { store, saved: loaded.kind === 'saved' ? loaded.saved : undefined, decisionFile }
  } catch (error) {
    return `${key}: ${(error as Error).message}`
  }
}

function reopen(decisionFile: DecisionFile | undefined, logger: Logger): void {
  try {
    decisionFile?.reopen()
  } catch (error) {
    logger.error({ error: (error as Error).message }, 'the decision log cannot be opened again; the old file goes on')
  }
}
