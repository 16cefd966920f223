/** Fixes of several phases of the compiler for one text. */
import type { Diagnostic, Fix } from './diagnostics.ts'

type Edit = Fix['edits'][number]

/**
 * Leaves out fixes that were made for a text which is not there: the parser goes on as if its own fixes had been made, so what the checker
 * finds within one of these is edited only after it. A single word in the place of another may be replaced as a whole.
 */
export function withoutClashes(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const rewritten = new Map<string, Edit[]>()
  for (const { code, file, fix } of diagnostics) {
    if (!isSyntax(code) || fix === undefined) continue
    const edits = rewritten.get(file)
    if (edits === undefined) rewritten.set(file, [...fix.edits])
    else edits.push(...fix.edits)
  }
  if (rewritten.size === 0) return diagnostics
  return diagnostics.map((diagnostic) => {
    const { fix, ...rest } = diagnostic
    if (fix === undefined || isSyntax(diagnostic.code)) return diagnostic
    const before = rewritten.get(diagnostic.file) ?? []
    return fix.edits.some((edit) => before.some((other) => clash(edit, other))) ? rest : diagnostic
  })
}

function isSyntax(code: string): boolean {
  return code.startsWith('SC1')
}

function clash({ range }: Edit, { range: rewritten, text }: Edit): boolean {
  const overlap = range.start < rewritten.end && rewritten.start < range.end
  const whole = range.start <= rewritten.start && rewritten.end <= range.end
  return overlap && !(whole && /^(?:\w[\w.%/]*|"[^"]*")$/.test(text))
}
