/** What stands beside the daemon in a cluster, where it is configured: rules as objects, their webhook, and KEDA's external scaler. */
import type { Bundle } from '../bundle/index.ts'
import { connect, isError, type OrchestrationError } from '../orchestrators/index.ts'
import type { Config } from './config/index.ts'
import type { Daemon } from './daemon.ts'
import { createDoor } from './door.ts'
import { startExternalScaler } from './keda/server.ts'
import { wantedOf } from './keda/wanted.ts'
import type { ListenError } from './listen.ts'
import type { Logger } from './logger.ts'
import { type RuleSets, watchRuleSets } from './rule-sets/watch.ts'
import { startWebhook } from './rule-sets/webhook.ts'

export interface Beside {
  /** Undefined where rules come from files alone. */
  readonly ruleSets: RuleSets | undefined
  close(): Promise<void>
}

export interface BesideParts {
  readonly config: Config
  readonly logger: Logger
  readonly daemon: Daemon
  /** The rules of files. */
  readonly base: () => Bundle
}

export async function startBeside(parts: BesideParts): Promise<Beside | ListenError | OrchestrationError> {
  const { config, daemon } = parts
  const closing: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    await Promise.all(closing.map((each) => each()))
  }
  async function open(key: string, at: { readonly host: string; readonly port: number }, start: () => Promise<{ close(graceMs: number): Promise<void> }>) {
    try {
      const opened = await start()
      closing.push(() => opened.close(500))
      return undefined
    } catch (error) {
      await close()
      return { key, address: `${at.host}:${at.port}`, error: error as NodeJS.ErrnoException }
    }
  }
  const { keda, webhook } = config
  if (keda !== undefined) {
    const wanted = (target: string) => wantedOf(daemon.decisions.of(target), daemon.isTarget(target))
    const failed = await open('keda', keda, () => startExternalScaler(keda.host, keda.port, { wanted, onChange: daemon.decisions.onChange }, createDoor(keda)))
    if (failed !== undefined) return failed
  }
  if (webhook !== undefined) {
    const failed = await open('webhook', webhook, () => startWebhook(webhook))
    if (failed !== undefined) return failed
  }
  const ruleSets = await startRuleSets(parts)
  if (ruleSets !== undefined && isError(ruleSets)) {
    await close()
    return ruleSets
  }
  if (ruleSets !== undefined) closing.push(ruleSets.end)
  return { ruleSets, close }
}

async function startRuleSets({ config, logger, daemon, base }: BesideParts): Promise<(RuleSets & { end(): Promise<void> }) | OrchestrationError | undefined> {
  const of = config.orchestrators.kubernetes
  if (of?.rule_sets === undefined) return undefined
  const { kubeconfig, context, namespace } = of
  const api = await connect({ ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) })
  if (isError(api)) return api
  const { namespaces } = of.rule_sets
  const sets = watchRuleSets({
    api,
    namespaces: namespaces.length > 0 ? namespaces : [namespace ?? api.namespace],
    base,
    // Without any rule at all the files' bundle, which then has none either, stands.
    changed: (bundle) => daemon.reload({ bundle: bundle ?? base(), from: 'files and ScaleRuleSets', folders: [], warnings: [] }),
    mayWrite: () => daemon.leads,
    now: () => `${new Date().toISOString().slice(0, 19)}Z`,
    said: (ruleSet, message) => logger.warn({ ruleSet }, message),
  })
  return {
    ...sets,
    async end() {
      sets.close()
      await api.close()
    },
  }
}
