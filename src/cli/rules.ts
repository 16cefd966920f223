/** What `check` and `compile` share: rule files to read, diagnostics to print, and the exit code that follows. */

import type { LoadedSources } from '../files/index.ts'
import { loadSources } from '../files/index.ts'
import type { Diagnostic, SourceText } from '../language/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import type { MachineFormat } from './formats/index.ts'
import { diagnosticsJson } from './json.ts'
import { render, thousands } from './render.ts'
import type { Terminal } from './terminal.ts'

export type Format = 'text' | 'json'
/** Of commands that print diagnostics. */
export type ReportFormat = Format | MachineFormat

export interface ReportOptions {
  readonly failLevel: 'error' | 'warning'
  /** Prints every diagnostic, not the first of each code only. */
  readonly all: boolean
}

/** Undefined when a path could not be read, which is said on `err`. */
export function readRules(paths: readonly string[], terminal: Terminal): LoadedSources | undefined {
  const loaded = loadSources(paths)
  for (const { path, message } of loaded.problems) terminal.err(`scalec: ${path} ${message}\n`)
  return loaded.problems.length === 0 ? loaded : undefined
}

export function exitCodeOf(diagnostics: readonly Diagnostic[], { failLevel }: ReportOptions): ExitCode {
  if (diagnostics.some(({ severity }) => severity === 'error')) return exit.problems
  return failLevel === 'warning' && diagnostics.length > 0 ? exit.warnings : exit.fine
}

/** With a last line that counts them. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], sources: readonly SourceText[], colour: boolean, { all }: ReportOptions): string {
  if (diagnostics.length === 0) return ''
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  const counts = [counted(errors, 'error'), counted(diagnostics.length - errors, 'warning')].filter((count) => !count.startsWith('0 '))
  return `${render(diagnostics, sources, { colour, limit: all ? Number.POSITIVE_INFINITY : 20 })}\n${counts.join(', ')}\n`
}

export { diagnosticsJson }

/** `1 rule`, `12,000 rules` */
export function counted(n: number, word: string): string {
  return `${thousands(n)} ${word}${n === 1 ? '' : 's'}`
}
