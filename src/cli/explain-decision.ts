/** `scalec explain --decision ID decisions.jsonl`: why a decision is what it is, and what would have made it another. */
import type { LoggedDecision } from '../explain/index.ts'
import { decisionText, explainDecision, readRecord } from '../explain/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { readText } from './file.ts'
import { printJson } from './json.ts'
import type { Format } from './rules.ts'
import type { Terminal } from './terminal.ts'

export interface ExplainDecisionOptions {
  readonly format: Format
  /** An id or the beginning of one. */
  readonly decision?: string
  /** The newest decision of the log instead. */
  readonly last: boolean
}

/** How many candidates of an ambiguous id are shown. */
const fewCandidates = 8

interface Log {
  readonly decisions: readonly LoggedDecision[]
  /** One a line that could not be read, `decisions.jsonl:3: it is no JSON`. */
  readonly unread: readonly string[]
}

export function run(paths: readonly string[], options: ExplainDecisionOptions, terminal: Terminal): ExitCode {
  const fail = (problem: string): ExitCode => {
    terminal.err(`scalec: ${problem}\n`)
    return exit.usage
  }
  if (options.last && options.decision !== undefined) return fail('give --decision or --last, one of the two')
  if (paths.length === 0) return fail('name the decision log, which scaled writes and scalec replay --decisions')
  const log = readLog(paths)
  if ('error' in log) return fail(log.error)
  const found = options.decision === undefined ? lastOf(log) : decisionWith(options.decision, log, paths)
  for (const line of log.unread.slice(0, 5)) terminal.err(`scalec: ${line}\n`)
  if (log.unread.length > 5) terminal.err(`scalec: and ${log.unread.length - 5} more lines that could not be read\n`)
  if ('error' in found) return fail(found.error)
  const explanation = explainDecision(found)
  terminal.out(options.format === 'json' ? printJson(explanation) : decisionText(explanation))
  return exit.fine
}

function readLog(paths: readonly string[]): Log | { readonly error: string } {
  const decisions: LoggedDecision[] = []
  const unread: string[] = []
  for (const path of paths) {
    const file = readText(path)
    if ('error' in file) return { error: `${path}: ${file.error}` }
    const lines = file.text.split('\n')
    for (const [i, line] of lines.entries()) {
      if (line.trim() === '') continue
      const result = readRecord(line)
      if ('decision' in result) decisions.push(result.decision)
      else
        unread.push(
          `${path}:${i + 1}: this is no decision: ${result.error}${i === lines.length - 1 ? ' (the last line has no end: it may still be being written)' : ''}`,
        )
    }
  }
  return { decisions, unread }
}

function lastOf({ decisions }: Log): LoggedDecision | { readonly error: string } {
  return (
    decisions.reduce<LoggedDecision | undefined>(
      (newest, decision) => (newest === undefined || decision.time >= newest.time ? decision : newest),
      undefined,
    ) ?? { error: 'there is no decision in the log' }
  )
}

function decisionWith(id: string, { decisions }: Log, paths: readonly string[]): LoggedDecision | { readonly error: string } {
  const wanted = id.toLowerCase()
  // A log that was copied or rotated may hold a decision twice.
  const found = new Map(decisions.filter((decision) => decision.id.startsWith(wanted)).map((decision) => [decision.id, decision]))
  const exact = found.get(wanted)
  if (exact !== undefined) return exact
  const [first] = found.values()
  if (first === undefined) {
    const size = decisions.length === 1 ? '1 decision' : `${decisions.length} decisions`
    return { error: `no decision of ${paths.join(', ')} (${size}) has an id that begins with ${id}` }
  }
  if (found.size === 1) return first
  const named = [...found.values()].slice(0, fewCandidates).map((decision) => `\n  ${decision.id}  ${decision.time}  ${decision.target}  ${decision.reason}`)
  const more = found.size > fewCandidates ? `\n  and ${found.size - fewCandidates} more` : ''
  return { error: `${found.size} decisions have an id that begins with ${id}:${named.join('')}${more}` }
}
