/** `scalec blame RECORDING…`: which service made these traces slower. */
import { blame, findChange, seededRandom, type TraceLog, type Window } from '../blame/index.ts'
import { isRecording, openRecording } from '../recordings/index.ts'
import { json } from './blame/json.ts'
import { mostSpans, readTraces } from './blame/read.ts'
import { type Blamed, text } from './blame/text.ts'
import { type WindowOptions, windowsOf } from './blame/times.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { printJson } from './json.ts'
import type { Format } from './rules.ts'
import type { Terminal } from './terminal.ts'

export interface BlameCommandOptions extends WindowOptions {
  /** How many services to list. */
  readonly top: string
  readonly format: Format
}

/** The same numbers in every run, so that the same recording gives the same report. */
const seed = 1

/** Usage and I/O problems are said on `err`. */
export async function run(paths: readonly string[], options: BlameCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const fail = (problem: string): ExitCode => {
    terminal.err(`scalec: ${problem}\n`)
    return exit.usage
  }
  if (!/^[1-9]\d*$/.test(options.top)) return fail(`--top ${options.top}: write a number of services, such as 10`)
  const recording = await openRecording(paths)
  if (!isRecording(recording)) return fail(`${recording.file}: ${recording.message}`)
  for (const { file, why } of recording.leftOut) terminal.err(`scalec: note: ${file} is left out: ${why}\n`)
  const { log, unread, notes, truncated } = await readTraces(recording)
  for (const { file, at, message } of unread) terminal.err(`scalec: ${file}${at === undefined ? '' : `, ${at}`}: ${message}\n`)
  for (const note of notes) terminal.err(`scalec: note: ${note}\n`)
  if (truncated) terminal.err(`scalec: note: the recording has more than ${mostSpans.toLocaleString('en')} spans; the rest is left out\n`)
  if (log.traces === 0) return unread.length > 0 ? exit.usage : fail(`${paths.join(', ')}: no traces`)
  const recorded = recordedBy(log)
  const windows = windowsOf(options, recorded, () => findChange(log))
  if ('problem' in windows) return fail(windows.problem)
  const report = blame(log, windows.value.baseline, windows.value.window, { random: seededRandom(seed) })
  const blamed: Blamed = { recordings: recording.files, log, recorded, windows: windows.value, report }
  const top = Number(options.top)
  terminal.out(options.format === 'json' ? printJson(json(blamed, top)) : text(blamed, top))
  return exit.fine
}

/** From the first trace to just after the last one's begin. */
function recordedBy(log: TraceLog): Window {
  const begins = log.begin.subarray(0, log.traces)
  return { from: begins.reduce((a, b) => Math.min(a, b)), to: begins.reduce((a, b) => Math.max(a, b)) + 256 }
}
