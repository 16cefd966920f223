/** One test: the engine over its loads and recordings, in virtual time. */
import { createEngine, type StepResult } from '../engine/index.ts'
import { defaultTraces } from '../evaluate/index.ts'
import type { CheckedLoad, Test, TextRange } from '../language/index.ts'
import { simulatedWorld, step } from '../recordings/index.ts'
import { columnsFor, type Nanos, SpanTable } from '../spans/index.ts'
import type { Bench } from './bench.ts'
import { Facts } from './facts.ts'
import { type Failure, isExpectation, judge } from './judge.ts'
import { createLoad, latestEnd, spansOf } from './load.ts'
import type { Period } from './period.ts'
import { type RecordedSpans, withoutPauses } from './recording.ts'

/** New replicas are ready after so long, unless the test says otherwise; as in a replay. */
const defaultReadyAfterNs = 30e9
/** What a test may ask for: more is a slip of the pen. */
const mostSteps = 2_000_000
const mostSpans = 20_000_000

export interface TestResult {
  readonly test: Test
  /** In the order of the text; empty when the test passed. */
  readonly failures: readonly Failure[]
  /** Why it could not be run. */
  readonly problem: Problem | undefined
  readonly start: Nanos
  readonly steps: number
  readonly spans: number
}

export interface Problem {
  /** Of the statement that it is about. */
  readonly range: TextRange
  readonly message: string
}

/** Sees every step of a test as it is taken. */
export type StepObserver = (step: StepResult, start: Nanos) => void

export async function runTest(bench: Bench, test: Test, observe?: StepObserver): Promise<TestResult> {
  const plan = await planOf(bench, test)
  if ('problem' in plan) return { test, failures: [], problem: plan.problem, start: bench.start, steps: 0, spans: 0 }
  const { start, endNs, initial } = plan
  const facts = new Facts(start, initial)
  let steps = 0
  const spans = drive(bench, plan, (result) => {
    steps++
    facts.add(result)
    observe?.(result, start)
  })
  const failures = test.statements.filter(isExpectation).flatMap((expectation) => judge(expectation, facts, endNs) ?? [])
  return { test, failures, problem: undefined, start, steps, spans }
}

interface Plan {
  readonly start: Nanos
  /** A multiple of the tick. */
  readonly endNs: number
  readonly loads: readonly CheckedLoad[]
  readonly recordings: readonly RecordedSpans[]
  readonly paused: readonly Period[]
  /** Replicas at the start, by target. */
  readonly initial: ReadonlyMap<string, number>
  readonly readyAfterNs: number
}

async function planOf(bench: Bench, test: Test): Promise<Plan | { readonly problem: Problem }> {
  const { statements } = test
  const excess = excessOf(statements, bench.tickNs)
  if (excess !== undefined) return { problem: excess }
  const recordings: RecordedSpans[] = []
  let start = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  for (const statement of statements) {
    if (statement.kind !== 'replay') continue
    const recording = await bench.recording(test, statement.path)
    const { range } = statement
    if ('problem' in recording) return { problem: { range, message: recording.problem } }
    recordings.push(recording)
    const { firstEnd = start, lastEnd = end } = recording
    start = Math.min(start, firstEnd - (firstEnd % bench.tickNs))
    end = Math.max(end, lastEnd)
    if ((end - start) / bench.tickNs > mostSteps) return { problem: { range, message: tooManySteps((end - start) / bench.tickNs) } }
  }
  if (recordings.every(({ lastEnd }) => lastEnd === undefined)) start = bench.start
  // A span that ends where a step does belongs to the next.
  const lastNs = Math.max(0, end - start + 1, ...statements.map(lastNamed))
  return {
    start,
    endNs: Math.ceil(lastNs / bench.tickNs) * bench.tickNs,
    loads: statements.filter((statement) => statement.kind === 'load'),
    recordings,
    paused: statements.filter((statement) => statement.kind === 'pause'),
    initial: new Map([
      ...bench.bundle.targets.map(({ id, min }) => [id, Math.max(1, min)] as const),
      ...statements.flatMap((statement) => (statement.kind === 'given' ? [[statement.target, statement.replicas] as const] : [])),
    ]),
    readyAfterNs: statements.findLast((statement) => statement.kind === 'givenReady')?.afterNs ?? defaultReadyAfterNs,
  }
}

/** The statement that asks for more than a test may have. */
function excessOf(statements: Test['statements'], tickNs: number): Problem | undefined {
  let spans = 0
  for (const statement of statements) {
    const { range } = statement
    if (statement.kind === 'load') spans += spansOf(statement)
    if (spans > mostSpans) return { range, message: `makes ${millions(spans)} spans; a test may have ${millions(mostSpans)}` }
    const steps = lastNamed(statement) / tickNs
    if (steps > mostSteps) return { range, message: tooManySteps(steps) }
  }
  return undefined
}

function tooManySteps(steps: number): string {
  return `takes ${millions(steps)} steps; a test may have ${millions(mostSteps)}`
}

/** The last moment that a statement names, or needs. */
function lastNamed(statement: Test['statements'][number]): number {
  switch (statement.kind) {
    case 'load':
      return latestEnd(statement)
    case 'pause':
      return statement.toNs
    case 'expectReplicas':
      return statement.byNs
    case 'expectUnknown':
      return statement.atNs
    case 'expectAction': {
      const { when } = statement
      return when.kind === 'always' ? 0 : when.kind === 'between' ? when.toNs : when.ns
    }
    default:
      return 0
  }
}

/** Every step of the test, each with all spans that ended before its end; returns how many spans there were. */
function drive(bench: Bench, plan: Plan, observe: (result: StepResult) => void): number {
  const { start, endNs, paused } = plan
  const { bundle, dictionary, tickNs } = bench
  // A recording is ingested as a whole, and no trace of it decided early for that.
  const recorded = plan.recordings.reduce((sum, recording) => sum + recording.table.length, 0)
  const traces = { maxSpans: defaultTraces.maxSpans + recorded }
  const engine = createEngine({ bundle, dictionary, startAt: start, traces })
  const world = simulatedWorld(
    [...plan.initial].map(([id, replicas]) => ({ id, replicas })),
    plan.readyAfterNs,
  )
  const table = new SpanTable(dictionary, columnsFor(bundle), 256)
  const loads = plan.loads.map((load, i) => createLoad(load, i + 1, start, dictionary, paused))
  let spans = 0
  const ingest = (): void => {
    if (table.length > 0) engine.ingest(table)
    spans += table.length
    table.clear()
  }
  // The engine puts each span into the step in which it ended, so recordings need not be dealt out.
  for (const recording of plan.recordings) withoutPauses(recording, table, start, paused)
  ingest()
  // A test that replays ends like a replay: the last traces are complete, since nothing more can come of them.
  const drains = plan.recordings.length > 0 && loads.length === 0
  for (let ns = tickNs; ns <= endNs; ns += tickNs) {
    for (const load of loads) load.fill(table, ns)
    ingest()
    if (drains && ns + tickNs > endNs) engine.due(undefined, true)
    observe(step(engine, world, start + ns))
  }
  return spans
}

function millions(n: number): string {
  return n < 1e6 ? String(Math.round(n)) : `${Number((n / 1e6).toPrecision(3))} million`
}
