/** What the rules in the editor would have done while something was recorded. */
import { existsSync } from 'node:fs'
import { dirname, isAbsolute, posix, resolve } from 'node:path'
import type { Range } from 'vscode-languageserver/node'
import { createEngine } from '../../src/engine/index.ts'
import { createDecisionFilter, decodeMessages, emptyTotals, isRecording, openRecording, replay, simulatedWorld, timeOf } from '../../src/recordings/index.ts'
import type { Document } from '../contract.ts'
import type { ProjectState } from '../workspace/project.ts'
import { breathe, runnable } from './runnable.ts'

export interface ReplayAnswer {
  readonly recording: string
  readonly rules: readonly { readonly name: string; readonly uri: string; readonly range: Range; readonly fired: number }[]
  readonly steps: number
  readonly spans: number
  readonly decisions: readonly ReplayDecision[]
  /** For people. */
  readonly text: string
  readonly problem?: string
}

interface ReplayDecision {
  /** RFC 3339, UTC. */
  readonly time: string
  readonly target: string
  readonly from?: number
  readonly to?: number
  readonly kind: string
  readonly why: string
}

/** More are not sent: an editor shows none of them. */
const mostDecisions = 1000

export async function replayRules(
  state: ProjectState,
  document: Document,
  asked: string | undefined,
  version: string,
  cancelled: () => boolean,
): Promise<ReplayAnswer> {
  const name = asked ?? state.project.runs.replay?.recording ?? namedIn(document) ?? state.project.recordings?.[0]
  const failed = (problem: string): ReplayAnswer => ({ recording: name ?? '', rules: [], steps: 0, spans: 0, decisions: [], text: `${problem}\n`, problem })
  if (name === undefined) return failed('say which recording: no test of this file names one, and the project has none')
  const ready = await runnable(state, version)
  if ('problem' in ready) return failed(ready.problem)
  const path = isAbsolute(name) ? name : resolve(state.unit.folder, name)
  if (!existsSync(path)) return failed(`there is no recording ${name}`)
  const recording = await openRecording([path])
  if (!isRecording(recording)) return failed(`${recording.file}: ${recording.message}`)

  const { bundle } = ready
  const { defaults } = state.unit.settings ?? {}
  const engine = createEngine({ bundle, latenessNs: nanosOf(defaults?.lateness) ?? 5e9 })
  const given = new Map(Object.entries(defaults?.replicas ?? {}))
  const start = bundle.targets.map(({ id, min }) => ({ id, replicas: given.get(id) ?? given.get(id.replace(/ in .*$/, '')) ?? Math.max(1, min) }))
  const world = simulatedWorld(start, nanosOf(defaults?.readyAfter) ?? 30e9)
  const filter = createDecisionFilter()
  const totals = emptyTotals()
  const fired = new Map(bundle.rules.map((rule) => [rule.name, 0]))
  const decisions: ReplayDecision[] = []
  const unread: string[] = []
  const tables = decodeMessages(recording, engine.table(), { onFailure: ({ file, message }) => unread.push(`${file}: ${message}`) })
  let rest = performance.now()
  for await (const step of replay({ engine, tables, world, totals })) {
    for (const decision of step.decisions) {
      for (const rule of decision.rules) if (rule.fired) fired.set(rule.rule, (fired.get(rule.rule) ?? 0) + 1)
      if (!filter.changed(decision) || decision.outcome === 'steady' || decisions.length >= mostDecisions) continue
      const { at, target, from, to, outcome, message } = decision
      decisions.push({ time: timeOf(at), target, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), kind: outcome, why: message })
    }
    if (performance.now() - rest < 8) continue
    await breathe()
    if (cancelled()) return failed('the replay was cancelled')
    rest = performance.now()
  }
  if (totals.spans === 0) return failed(unread[0] ?? `${name} has no spans`)
  const { steps, spans } = totals
  state.replayed({ recording: name, fired, steps })
  const rules = ready.bench.program.rules.flatMap((rule) => {
    const there = state.project.documents.get(rule.file.source.name)
    return there === undefined ? [] : [{ name: rule.name, uri: there.uri, range: there.lines.rangeOf(rule.tree.range), fired: fired.get(rule.name) ?? 0 }]
  })
  return { recording: name, rules, steps, spans, decisions, text: textOf(name, spans, steps, decisions, fired, unread) }
}

/** The first recording that a test of the document names, as a path from the project's folder. */
function namedIn(document: Document): string | undefined {
  for (const declaration of document.parsed.tree.declarations) {
    if (declaration.kind !== 'test') continue
    for (const statement of declaration.statements)
      if (statement.kind === 'replay') return isAbsolute(statement.path.value) ? statement.path.value : posix.join(dirname(document.name), statement.path.value)
  }
  return undefined
}

function textOf(
  name: string,
  spans: number,
  steps: number,
  decisions: readonly ReplayDecision[],
  fired: ReadonlyMap<string, number>,
  unread: readonly string[],
): string {
  const lines = [
    `${name}: ${spans.toLocaleString('en')} spans, ${steps.toLocaleString('en')} steps`,
    ...unread.slice(0, 3).map((problem) => `could not be read: ${problem}`),
    '',
    ...[...fired].map(([rule, times]) => `${rule}: ${times === 0 ? 'never fired' : `fired ${times === 1 ? 'once' : `${times} times`}`}`),
    '',
    ...(decisions.length === 0 ? ['nothing was decided'] : decisions.map(({ time, target, why }) => `${time.slice(11, 19)}  ${target}: ${why}`)),
  ]
  return `${lines.join('\n')}\n`
}

const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }

/** A duration of `scale.json`, which is checked when the file is read. */
function nanosOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g)].reduce((sum, [, n, unit]) => sum + Number(n) * (units[unit as string] as number), 0)
}
