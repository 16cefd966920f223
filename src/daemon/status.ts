/** What `/v1/status` shows: gathered as steps go by, read when asked. */
import type { Bundle, RuleIR } from '../bundle/index.ts'
import type { StepResult } from '../engine/index.ts'
import type { RuleOutcome, World } from '../evaluate/index.ts'
import type { Decision } from '../plan/index.ts'
import type { Nanos } from '../spans/index.ts'
import { timestamp } from './clock.ts'

export interface ReloadStatus {
  readonly at: string
  readonly ok: boolean
  /** Of a failure: what is wrong, one line a problem. */
  readonly problems?: readonly string[]
}

export interface Status {
  /** A new bundle: rules that it still has keep what is known of them. */
  load(bundle: Bundle): void
  stepped(result: StepResult): void
  decided(decision: Decision): void
  /** `rules` and `targets` of the document, in bundle order. */
  document(world: World): { readonly rules: readonly object[]; readonly targets: readonly object[] }
}

interface RuleStatus {
  readonly outcome: RuleOutcome
  /** When the rule last took its present truth. */
  readonly since: Nanos
}

export function createStatus(): Status {
  let bundle: Bundle | undefined
  const rules = new Map<string, RuleStatus>()
  const decisions = new Map<string, Decision>()
  const actions = new Map<string, Decision>()

  function ruleDocument(rule: RuleIR): object {
    const known = rules.get(rule.name)
    return {
      rule: rule.name,
      target: rule.target,
      ...(rule.doc === undefined ? {} : { doc: rule.doc }),
      source: `${rule.source.file}:${rule.source.line}`,
      observe: rule.observe,
      ...(known === undefined
        ? { truth: 'unknown', unknown: 'not evaluated yet' }
        : {
            truth: known.outcome.truth,
            ...(known.outcome.unknown === undefined ? {} : { unknown: known.outcome.unknown }),
            since: timestamp(known.since),
            because: known.outcome.because,
            ...(known.outcome.hold === undefined ? {} : { hold: known.outcome.hold }),
          }),
    }
  }

  return {
    load(next) {
      bundle = next
      const names = new Set(next.rules.map((rule) => rule.name))
      const ids = new Set(next.targets.map((target) => target.id))
      for (const name of rules.keys()) if (!names.has(name)) rules.delete(name)
      for (const map of [decisions, actions]) for (const id of map.keys()) if (!ids.has(id)) map.delete(id)
    },
    stepped({ at, outcomes }) {
      for (const outcome of outcomes) {
        const before = rules.get(outcome.rule)
        rules.set(outcome.rule, { outcome, since: before?.outcome.truth === outcome.truth ? before.since : at })
      }
    },
    decided(decision) {
      decisions.set(decision.target, decision)
      if (decision.outcome === 'scale') actions.set(decision.target, decision)
    },
    document(world) {
      return {
        rules: bundle?.rules.map(ruleDocument) ?? [],
        targets:
          bundle?.targets.map((target) => {
            const last = decisions.get(target.id)
            const action = actions.get(target.id)
            return {
              target: target.id,
              mode: target.mode,
              between: [target.min, target.max],
              ...worldDocument(world, target.id),
              ...(last === undefined ? {} : { lastDecision: brief(last) }),
              ...(last?.outcome === 'hold' ? { held: { reason: last.reason, message: last.message } } : {}),
              ...(action === undefined ? {} : { lastAction: brief(action) }),
            }
          }) ?? [],
      }
    },
  }
}

function worldDocument(world: World, target: string): object {
  const now = world.get(target)
  if (now === undefined) return { unreadable: 'not read yet' }
  if ('error' in now) return { unreadable: now.message }
  const { desired, ready, readySince, blocked, owner } = now
  return {
    replicas: { desired, ready, ...(readySince === undefined ? {} : { readySince: timestamp(readySince) }) },
    ...(blocked === undefined ? {} : { blocked }),
    ...(owner === undefined ? {} : { owner }),
  }
}

function brief({ id, at, outcome, reason, message, from, to }: Decision): object {
  return { id, at: timestamp(at), outcome, reason, message, from, to }
}
