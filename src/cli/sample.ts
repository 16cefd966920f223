/** `scalec sample RECORDING… --budget 1%`: which traces the sampler would keep, and why. */
import { isRecording, openRecording, type Recording } from '../recordings/index.ts'
import type { KeptTrace, SamplerMode } from '../sampler/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { printJson } from './json.ts'
import { durationOf } from './replay/arguments.ts'
import { decide } from './sample/decide.ts'
import { text } from './sample/text.ts'
import { writeTraces } from './sample/write.ts'
import type { Terminal } from './terminal.ts'

export interface SampleOptions {
  /** `1%` or 0.01. */
  readonly budget: string
  readonly mode: SamplerMode
  readonly halfLife: string
  readonly warmAfter: string
  readonly idle: string
  readonly lateness: string
  /** Recordings that are only learnt from. */
  readonly train?: readonly string[]
  readonly out?: string
  readonly format: 'text' | 'json'
}

/** Usage and I/O problems are said on `err`, and the exit code tells which kind. */
export async function run(recordings: readonly string[], options: SampleOptions, terminal: Terminal): Promise<ExitCode> {
  const fail = (problem: string): ExitCode => {
    terminal.err(`scalec: ${problem}\n`)
    return exit.usage
  }
  const budget = budgetOf(options.budget)
  if (budget === undefined) return fail(`--budget ${options.budget}: a share of the traces is written 1% or 0.01, and is above zero`)
  if (!/^\d+$/.test(options.warmAfter)) return fail(`--warm-after ${options.warmAfter}: expected a number of traces`)
  if (options.out !== undefined && !/\.jsonl(\.gz)?$/.test(options.out))
    return fail(`--out ${options.out}: a recording of JSON lines is written: name it .jsonl or .jsonl.gz`)
  const times: number[] = []
  for (const [option, given] of [
    ['--half-life', options.halfLife],
    ['--lateness', options.lateness],
    ['--idle', options.idle],
  ] as const) {
    const parsed = durationOf(option, given)
    if ('problem' in parsed) return fail(parsed.problem)
    if (option !== '--lateness' && parsed.value === 0) return fail(`${option} ${given}: expected a duration above zero`)
    times.push(parsed.value)
  }
  const [halfLifeNs = 0, latenessNs = 0, idleNs = 0] = times
  const opened: Recording[] = []
  for (const paths of [recordings, ...(options.train === undefined ? [] : [options.train])]) {
    const recording = await openRecording(paths)
    if (!isRecording(recording)) return fail(`${recording.file}: ${recording.message}`)
    for (const { file, why } of recording.leftOut) terminal.err(`scalec: note: ${file} is left out: ${why}\n`)
    opened.push(recording)
  }
  const [recording, training] = opened as [Recording, Recording | undefined]
  const sampler = { mode: options.mode, budget, halfLifeNs, warmAfter: Number(options.warmAfter) }
  const decided = await decide(recording, training, { sampler, latenessNs, idleNs })
  for (const { file, at, message } of decided.unread.slice(0, 5)) terminal.err(`scalec: ${file}${at === undefined ? '' : `, ${at}`}: ${message}\n`)
  if (decided.unread.length > 0 && decided.spans === 0) return exit.usage
  if (options.out !== undefined) {
    const again = await openRecording(recordings)
    if (!isRecording(again)) return fail(`${again.file}: ${again.message}`)
    const problem = await writeTraces(options.out, again, thresholdsOf(decided.kept))
    if (problem !== undefined) return fail(problem)
  }
  const { report, kept, spans, implausible } = decided
  terminal.out(
    options.format === 'json'
      ? printJson({ recordings: recording.files, spans, implausible, ...report, traces: kept })
      : text({ ...decided, recordings: recording.files, out: options.out }),
  )
  return decided.unread.length > 0 ? exit.usage : exit.fine
}

/** Of a trace that was decided in parts the strictest, since thresholds only rise. */
function thresholdsOf(kept: readonly KeptTrace[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  // Leading digits, so that the order of the texts is that of the numbers.
  for (const { traceId, threshold } of kept) if (threshold > (found.get(traceId) ?? '')) found.set(traceId, threshold)
  return found
}

function budgetOf(given: string): number | undefined {
  const [, amount, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(given) ?? []
  const budget = Number(amount) / (percent === '%' ? 100 : 1)
  return budget > 0 && budget <= 1 ? budget : undefined
}
