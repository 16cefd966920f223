/**
 * ScaleRuleSet objects of some namespaces → the rules of the moment, beside those of files. Each object is compiled alone: what is wrong in one keeps the last
 * text of *that one* that was right, and is said in its status.
 */
import { type Bundle, combine, type Part } from '../../bundle/index.ts'
import { createMirror, isError, type KubernetesApi, type Mirror } from '../../orchestrators/index.ts'
import { type Compiled, compileRuleSet, type RuleSet } from './compile.ts'
import { sameStatus, statusOf } from './status.ts'

export interface RuleSetsOptions {
  readonly api: KubernetesApi
  readonly namespaces: readonly string[]
  /** Of files; undefined without any. */
  readonly base: () => Bundle | undefined
  /** Other rules than before; undefined where nothing has any. */
  readonly changed: (bundle: Bundle | undefined) => void
  /** One of several daemons writes. */
  readonly mayWrite: () => boolean
  /** RFC 3339, to the second. */
  readonly now: () => string
  /** For the log. */
  readonly said: (ruleSet: string, message: string) => void
}

export interface RuleSets {
  /** All namespaces have been read and every status that changed is written. */
  settled(): Promise<void>
  /** Looks again, after the rules of files changed or the right to write did. */
  refresh(): void
  close(): void
}

interface Known {
  readonly generation: string
  readonly compiled: Compiled
  /** The newest text that was right. */
  readonly good?: { readonly part: Part; readonly generation: number }
}

export const ruleSetRoot = '/apis/scale.dev/v1alpha1'

export function watchRuleSets(options: RuleSetsOptions): RuleSets {
  const { api, namespaces, base, changed, mayWrite, now, said } = options
  const known = new Map<string, Known>()
  const mirrors = new Map<string, Mirror<RuleSet>>()
  let digest: string | undefined
  let due = false
  let work: Promise<void> = Promise.resolve()
  let closed = false

  function refresh(): void {
    if (due || closed) return
    due = true
    // A list of many is one change.
    work = work.then(async () => {
      await new Promise((resolve) => setImmediate(resolve))
      due = false
      if (!closed) await look()
    })
  }

  async function look(): Promise<void> {
    const objects = [...mirrors.values()].flatMap((mirror) => [...mirror.all()])
    const keys = new Set(objects.map(keyOf))
    // While a namespace cannot be read, what was known of it stands.
    for (const [key] of known) if (!keys.has(key) && mirrors.get(namespaceOf(key))?.inStep) known.delete(key)
    for (const object of objects) judge(object)
    const parts = [...known].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, { good }]) => (good === undefined ? [] : [good.part]))
    const files = base()
    const { bundle, refused } = combine([...(files === undefined ? [] : [{ name: '', bundle: files }]), ...parts])
    if (bundle?.digest !== digest) {
      digest = bundle?.digest
      changed(bundle)
    }
    const reasons = new Map(refused.map(({ part, reason }) => [part, reason]))
    if (mayWrite()) for (const object of objects) await tell(object, reasons.get(keyOf(object)))
  }

  function judge(object: RuleSet): void {
    const key = keyOf(object)
    const { uid = '', generation = 0 } = object.metadata
    const before = known.get(key)
    const version = `${uid}:${generation}`
    if (before?.generation === version) return
    const compiled = compileRuleSet(object)
    // Another object of the same name has nothing to do with the last.
    const last = before?.generation.startsWith(`${uid}:`) ? before.good : undefined
    const good = compiled.part === undefined ? last : { part: compiled.part, generation }
    known.set(key, { generation: version, compiled, ...(good === undefined ? {} : { good }) })
    if (compiled.part === undefined)
      said(key, `generation ${generation} is wrong${last === undefined ? '' : `, and that of generation ${last.generation} stays in force`}`)
  }

  async function tell(object: RuleSet, refused: string | undefined): Promise<void> {
    const { compiled, good } = known.get(keyOf(object)) as Known
    const status = statusOf(
      object,
      {
        compiled,
        activeRules: refused === undefined ? (good?.part.bundle.rules.length ?? 0) : 0,
        ...(refused === undefined ? {} : { refused }),
        ...(good === undefined || refused !== undefined ? {} : { activeGeneration: good.generation }),
      },
      now(),
    )
    if (sameStatus(object.status, status)) return
    const { name, namespace, resourceVersion } = object.metadata
    const path = `${ruleSetRoot}/namespaces/${encodeURIComponent(namespace)}/scalerulesets/${encodeURIComponent(name)}/status`
    const body = { apiVersion: 'scale.dev/v1alpha1', kind: 'ScaleRuleSet', metadata: { name, namespace, resourceVersion }, spec: object.spec, status }
    const response = await api.call('PUT', path, body)
    // A conflict brings a newer object through the watch, and with it another try.
    if (isError(response)) said(keyOf(object), `its status cannot be written: ${response.message}`)
    else if (response.status !== 200 && response.status !== 409) said(keyOf(object), `its status cannot be written: status ${response.status}`)
  }

  for (const namespace of namespaces) {
    const path = `${ruleSetRoot}/namespaces/${encodeURIComponent(namespace)}/scalerulesets`
    const mirror = createMirror<RuleSet>(api, path, {
      keep: ({ metadata, spec, status }: RuleSet): RuleSet => ({
        metadata,
        ...(spec === undefined ? {} : { spec }),
        ...(status === undefined ? {} : { status }),
      }),
    })
    mirrors.set(namespace, mirror)
    mirror.onChange(refresh)
  }

  return {
    async settled() {
      for (const mirror of mirrors.values()) while (!mirror.inStep && !closed) await new Promise((resolve) => setTimeout(resolve, 20))
      let seen: Promise<void> | undefined
      while (seen !== work) {
        seen = work
        await seen
      }
    },
    refresh,
    close() {
      closed = true
      for (const mirror of mirrors.values()) mirror.close()
    },
  }
}

function keyOf({ metadata: { name, namespace } }: RuleSet): string {
  return `${namespace}/${name}`
}

function namespaceOf(key: string): string {
  return key.split('/')[0] as string
}
