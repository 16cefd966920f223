/** Compiles mutated programs and says what must never be: a throw, a place outside the text, a hang. */
import { analyse } from '../../src/bundle/index.ts'
import { render } from '../../src/cli/render.ts'
import type { Diagnostic } from '../../src/language/index.ts'
import { mutated, seeds } from './mutate.ts'

export interface Fuzzed {
  /** What went wrong, with the seed that shows it again. */
  readonly failures: readonly string[]
  /** The slowest program: CPU time of the thread, in milliseconds. */
  readonly worst: { readonly ms: number; readonly seed: number; readonly length: number }
  readonly programs: number
  readonly diagnostics: number
  /** Programs without an error. */
  readonly right: number
}

/** CPU milliseconds of this thread. The clock on the wall would tell of other programs as well. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

export function fuzz(first: number, count: number, limitMs: number): Fuzzed {
  const from = seeds()
  // What is made at first use belongs to no program.
  for (const text of from) compiled(text)
  const failures: string[] = []
  let worst = { ms: 0, seed: -1, length: 0 }
  let diagnostics = 0
  let right = 0
  for (let seed = first; seed < first + count; seed++) {
    const text = mutated(from, seed)
    try {
      const before = cpu()
      const found = compiled(text)
      let ms = cpu() - before
      // A collection of garbage, or code that is being optimised, may fall upon any program; what is slow again is slow.
      for (let again = 0; again < 3 && ms > limitMs / 2; again++) {
        const start = cpu()
        compiled(text)
        ms = Math.min(ms, cpu() - start)
      }
      if (ms > worst.ms) worst = { ms, seed, length: text.length }
      if (ms > limitMs) failures.push(`seed ${seed}: ${ms.toFixed(0)} ms`)
      diagnostics += found.length
      if (!found.some(({ severity }) => severity === 'error')) right++
      for (const diagnostic of found) for (const problem of problemsOf(diagnostic, text)) failures.push(`seed ${seed}: ${diagnostic.code} ${problem}`)
    } catch (error) {
      failures.push(`seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' ') : String(error)}`)
    }
    if (failures.length >= 20) break
  }
  return { failures, worst, programs: count, diagnostics, right }
}

function compiled(text: string): readonly Diagnostic[] {
  const source = { name: 'fuzz.scale', text }
  const { diagnostics } = analyse({ roots: [source], resolve: () => undefined })
  render(diagnostics, [source], { colour: false, limit: 20 })
  return diagnostics
}

/** Fixes of errors that do not take their error away. */
export function idleFixes(first: number, count: number): { readonly tried: number; readonly idle: readonly string[] } {
  const from = seeds()
  const idle: string[] = []
  let tried = 0
  for (let seed = first; seed < first + count; seed++) {
    const text = mutated(from, seed)
    const found = compiled(text)
    for (const { code, severity, message, fix, range: place } of found) {
      if (severity !== 'error' || fix === undefined) continue
      tried++
      const edits = [...fix.edits].sort((a, b) => b.range.start - a.range.start)
      const after = edits.reduce((now, { range, text: written }) => now.slice(0, range.start) + written + now.slice(range.end), text)
      // The same may be wrong elsewhere, and not have been said before: only this place counts.
      const shift = edits.reduce((sum, { range, text: written }) => sum + (range.end <= place.start ? written.length - (range.end - range.start) : 0), 0)
      if (compiled(after).some((other) => other.code === code && other.message === message && other.range.start === place.start + shift))
        idle.push(`seed ${seed}: ${code} ${message}: ${fix.title}`)
    }
  }
  return { tried, idle }
}

function problemsOf({ range, related = [], fix, message, help = '' }: Diagnostic, text: string): string[] {
  const problems: string[] = []
  const edits = [...(fix?.edits ?? [])].sort((a, b) => a.range.start - b.range.start)
  for (const { start, end } of [range, ...related.map((other) => other.range), ...edits.map((edit) => edit.range)])
    if (!(Number.isInteger(start) && start >= 0 && start <= end && end <= text.length)) problems.push(`lies at ${start} to ${end} of ${text.length}`)
  for (const [i, edit] of edits.entries()) if (i > 0 && (edits[i - 1]?.range.end ?? 0) > edit.range.start) problems.push('has a fix whose edits overlap')
  if (/undefined|NaN|\[object|Infinity/.test(`${message}${help}${fix?.title ?? ''}`) && !/undefined|NaN|\[object|Infinity/.test(text))
    problems.push(`says: ${message}`)
  return problems
}
