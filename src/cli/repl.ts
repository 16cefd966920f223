/** `scalec repl RECORDING…`: type a value or a condition and see it over the recording. */
import { createInterface } from 'node:readline/promises'
import { projectPath } from '../files/index.ts'
import type { Catalog } from '../language/index.ts'
import { duration } from '../plan/index.ts'
import { decodeMessages, isRecording, openRecording, PlausibleTimes, RecordingCatalog } from '../recordings/index.ts'
import { createDictionary, SpanTable } from '../spans/index.ts'
import { type ExitCode, exit } from './exit.ts'
import { inputsOf, type ProjectOptions } from './project.ts'
import { complete } from './repl/complete.ts'
import { noRules, rulesAt } from './repl/rules.ts'
import { commandNames, Session } from './repl/session.ts'
import { durationOf } from './replay/arguments.ts'
import { counted } from './rules.ts'
import type { Terminal } from './terminal.ts'

export interface ReplOptions extends ProjectOptions {
  /** Rule files or folders, whose `let`s and defaults lines may use; the project's by default. */
  readonly rules?: readonly string[]
  readonly lateness?: string
}

/** Where lines come from. */
export interface Lines {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  /** Whether somebody types them: then there are a prompt, completion and a greeting. */
  readonly typed: boolean
}

export async function run(recordings: readonly string[], options: ReplOptions, lines: Lines, terminal: Terminal): Promise<ExitCode> {
  const fail = (problem: string): ExitCode => {
    terminal.err(`scalec: ${problem}\n`)
    return exit.usage
  }
  // Without rules there is still a recording.
  const alone = options.rules === undefined && options.project === undefined && projectPath() === undefined
  const found = alone ? undefined : inputsOf(options.rules ?? [], options, terminal)
  if (found === undefined && !alone) return exit.usage
  const lateness = durationOf('--lateness', options.lateness ?? found?.project?.defaults.lateness ?? '5s')
  if ('problem' in lateness) return fail(lateness.problem)
  const surveyed = await survey(recordings)
  if ('problem' in surveyed) return fail(surveyed.problem)
  for (const problem of surveyed.unread.slice(0, 5)) terminal.err(`scalec: ${problem}\n`)
  const rules = found === undefined ? noRules : rulesAt(found.paths)
  if (rules.problem !== undefined) terminal.err(`scalec: lines cannot use the rules: ${rules.problem}\n`)
  const session = new Session({ recordings, catalog: surveyed.catalog, rules, latenessNs: lateness.value, colour: terminal.outColour })
  if (lines.typed) terminal.out(`${surveyed.summary}. :help says what can be typed.\n`)
  await converse(session, surveyed.catalog, lines, terminal)
  return exit.fine
}

interface Survey {
  readonly catalog: Catalog
  readonly unread: readonly string[]
  readonly summary: string
}

async function survey(paths: readonly string[]): Promise<Survey | { readonly problem: string }> {
  const recording = await openRecording(paths)
  if (!isRecording(recording)) return { problem: `${recording.file}: ${recording.message}` }
  const unread: string[] = []
  const seen = new RecordingCatalog()
  const times = new PlausibleTimes()
  const onFailure = ({ file, at, message }: { readonly file: string; readonly at: string | undefined; readonly message: string }): void => {
    unread.push(`${file}${at === undefined ? '' : `, ${at}`}: ${message}`)
  }
  for await (const table of decodeMessages(recording, new SpanTable(createDictionary()), { onFailure })) {
    times.filter(table)
    seen.observe(table)
  }
  const [first] = unread
  if (seen.spans === 0) return { problem: first ?? `${recording.files.join(', ')}: there is no span in it` }
  const catalog = seen.catalog()
  return { catalog, unread, summary: `${counted(seen.spans, 'span')} of ${counted(catalog.services.length, 'service')} in ${duration(seen.end - seen.start)}` }
}

async function converse(session: Session, catalog: Catalog, { input, output, typed }: Lines, terminal: Terminal): Promise<void> {
  const completer = (line: string): [string[], string] => {
    const [candidates, replaced] = complete(line, catalog, commandNames)
    return [[...candidates], replaced]
  }
  const readline = createInterface({ input, output, terminal: typed, prompt: '> ', ...(typed ? { completer } : {}) })
  // Ctrl-C gives up what is being measured; while nothing is, it ends.
  let measuring: AbortController | undefined
  readline.on('SIGINT', () => (measuring === undefined ? readline.close() : measuring.abort()))
  let closed = false
  readline.once('close', () => {
    closed = true
  })
  // Its last lines may be answered after the input has ended.
  const prompt = (): void => {
    if (typed && !closed) readline.prompt()
  }
  try {
    prompt()
    for await (const line of readline) {
      measuring = new AbortController()
      const answer = await session.answer(line, measuring.signal)
      measuring = undefined
      if (answer === undefined) return
      // In a pipe the questions are not seen otherwise.
      if (!typed && answer !== '') terminal.out(`> ${line.trim()}\n`)
      terminal.out(answer)
      prompt()
    }
  } finally {
    readline.close()
  }
}
