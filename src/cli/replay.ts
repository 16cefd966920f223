/** `scalec replay RECORDING… --rules FILES…`: what these rules would have done while this was recorded. */
import { DecisionEvidence } from '../blame/index.ts'
import type { Bundle } from '../bundle/index.ts'
import { createEngine } from '../engine/index.ts'
import { duration } from '../plan/index.ts'
import type { Recording, RecordingFailure } from '../recordings/index.ts'
import {
  createDecisionFilter,
  decisionLine,
  decodeMessages,
  emptyTotals,
  isRecording,
  missingNames,
  openRecording,
  RecordingCatalog,
  replay,
  simulatedWorld,
} from '../recordings/index.ts'
import type { SpanTable } from '../spans/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { inputsOf, type ProjectOptions } from './project.ts'
import { durationOf, replicasOf } from './replay/arguments.ts'
import { bundleFrom } from './replay/bundle.ts'
import { json } from './replay/json.ts'
import { OutputError, openOutputs } from './replay/outputs.ts'
import { type Report, text } from './replay/text.ts'
import { Timeline } from './replay/timeline.ts'
import type { Format } from './rules.ts'
import type { Terminal } from './terminal.ts'

export interface ReplayOptions extends ProjectOptions {
  /** Rule files or folders; or `bundle`; or else the project's. */
  readonly rules?: readonly string[]
  readonly bundle?: string
  /** `deployment/adservice=2` */
  readonly replicas?: readonly string[]
  readonly readyAfter?: string
  readonly lateness?: string
  readonly format: Format
  /** Where the decision log goes, as the daemon writes it. */
  readonly decisions?: string
  /** Where the flattened span table goes, as an Arrow file. */
  readonly arrow?: string
  /** Says on `err` how far it is, over and over on one line. */
  readonly progress?: boolean
}

/** Usage and I/O problems are said on `err`, and the exit code tells which kind. */
export async function run(recordings: readonly string[], options: ReplayOptions, terminal: Terminal): Promise<ExitCode> {
  const fail = (problem: string): ExitCode => {
    terminal.err(`scalec: ${problem}\n`)
    return exit.usage
  }
  if (options.rules !== undefined && options.bundle !== undefined) return fail('give the rules with --rules or a compiled bundle with --bundle, one of the two')
  const inputs = options.bundle === undefined ? inputsOf(options.rules ?? [], options, terminal) : undefined
  if (inputs === undefined && options.bundle === undefined) return exit.usage
  const { defaults = {} } = inputs?.project ?? {}
  const readyAfter = durationOf('--ready-after', options.readyAfter ?? defaults.readyAfter ?? '30s')
  if ('problem' in readyAfter) return fail(readyAfter.problem)
  const lateness = durationOf('--lateness', options.lateness ?? defaults.lateness ?? '5s')
  if ('problem' in lateness) return fail(lateness.problem)
  const bundle = bundleFrom(inputs === undefined ? { bundle: options.bundle as string } : { rules: inputs.paths, lint: inputs.lint }, terminal)
  if (typeof bundle === 'number') return bundle
  const before = replicasOf(bundle.targets, options.replicas ?? [], defaults.replicas)
  if ('problem' in before) return fail(before.problem)
  const recording = await openRecording(recordings)
  if (!isRecording(recording)) return fail(`${recording.file}: ${recording.message}`)
  for (const { file, why } of recording.leftOut) terminal.err(`scalec: note: ${file} is left out: ${why}\n`)
  try {
    return await replayed(bundle, recording, { before: before.value, readyAfterNs: readyAfter.value, latenessNs: lateness.value }, options, terminal)
  } catch (error) {
    if (error instanceof OutputError) return fail(error.message)
    throw error
  }
}

interface Setting {
  /** Desired counts at the start, by target. */
  readonly before: ReadonlyMap<string, number>
  readonly readyAfterNs: number
  readonly latenessNs: number
}

async function replayed(bundle: Bundle, recording: Recording, setting: Setting, options: ReplayOptions, terminal: Terminal): Promise<ExitCode> {
  const { before, readyAfterNs, latenessNs } = setting
  // Text for people has no room for it.
  const evidence = options.format === 'json' || options.decisions !== undefined ? new DecisionEvidence(bundle) : undefined
  const engine = createEngine({ bundle, latenessNs, ...(evidence === undefined ? {} : { traces: { onDecided: evidence.decided } }) })
  const world = simulatedWorld(
    [...before].map(([id, replicas]) => ({ id, replicas })),
    readyAfterNs,
  )
  const catalog = new RecordingCatalog()
  const timeline = new Timeline(createDecisionFilter(), evidence)
  const totals = emptyTotals()
  const outputs = await openOutputs(options, bundle.projection)
  const progress = options.progress === true ? progressOn(terminal, recording, catalog) : undefined
  const unread: RecordingFailure[] = []
  const rejected: string[] = []
  const tables = decodeMessages(recording, engine.table(), {
    onFailure: (failure) => unread.push(failure),
    onRejected: (spans, message) => rejected.push(`${spans} left out: ${message}`),
  })
  const observe = (table: SpanTable): void => {
    catalog.observe(table)
    progress?.tick()
  }
  try {
    for await (const step of replay({ engine, tables: outputs.through(tables), world, observe, totals })) {
      for (const { decision, blame } of timeline.add(step)) outputs.log(decisionLine(decision, blame))
    }
  } finally {
    progress?.clear()
    await outputs.close()
  }
  sayUnread(unread, rejected, terminal)
  if (unread.length > 0 && catalog.spans === 0) return exit.usage
  const report: Report = {
    recordings: recording.files,
    rules: bundle.rules.map((rule) => rule.name),
    start: catalog.start,
    end: catalog.end,
    ...totals,
    readyAfterNs,
    before,
    after: world.replicas(),
    missing: missingNames(bundle, catalog.catalog()),
    events: timeline.events,
  }
  terminal.out(options.format === 'json' ? json(report, bundle.digest) : text(report))
  return unread.length > 0 ? exit.usage : exit.fine
}

/** What could not be read, the first few of each kind; the rest of the recording was replayed. */
function sayUnread(unread: readonly RecordingFailure[], rejected: readonly string[], terminal: Terminal): void {
  const few = 5
  for (const { file, at, message } of unread.slice(0, few)) terminal.err(`scalec: ${file}${at === undefined ? '' : `, ${at}`}: ${message}\n`)
  if (unread.length > few) terminal.err(`scalec: and ${unread.length - few} more that could not be read\n`)
  for (const spans of rejected.slice(0, few)) terminal.err(`scalec: spans ${spans}\n`)
  if (rejected.length > few) terminal.err(`scalec: and ${rejected.length - few} more messages with such spans\n`)
}

/** A line that is written over twice a second. */
function progressOn(terminal: Terminal, recording: Recording, catalog: RecordingCatalog): { tick(): void; clear(): void } {
  let next = performance.now() + 500
  return {
    tick() {
      if (performance.now() < next) return
      next = performance.now() + 500
      const share = Math.floor((100 * recording.bytesRead) / Math.max(1, recording.totalBytes))
      terminal.err(`\r\x1b[K${share}%  ${catalog.spans.toLocaleString('en')} spans, ${duration(catalog.end - catalog.start)} of the recording`)
    },
    clear: () => terminal.err('\r\x1b[K'),
  }
}
