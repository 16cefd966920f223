/** Programs as tests write them. */
import type { Declaration, Diagnostic, FileTree } from '../../../src/language/index.ts'
import { parse } from '../../../src/language/index.ts'

/** The tree without ranges, which most tests are not about. */
export function shape(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, v) => (key === 'range' || key === 'operatorRange' ? undefined : v)))
}

/** The tree of a text that has no errors. */
export function treeOf(text: string): FileTree {
  const { tree, diagnostics } = parse({ name: 'test.scale', text })
  if (diagnostics.length > 0) throw new Error(`${text}\n${diagnostics.map(({ message }) => message).join('\n')}`)
  return tree
}

export function only(text: string): Declaration {
  const { declarations } = treeOf(text)
  if (declarations.length !== 1) throw new Error(`${declarations.length} declarations in ${text}`)
  return declarations[0] as Declaration
}

/** The condition of a rule, as it is written in rules. */
export function condition(text: string): unknown {
  const rule = only(`scale deployment/x +1 when ${text}`)
  return shape(rule.kind === 'rule' ? rule.condition : undefined)
}

/** What is wrong with a text, in the text: `[400 ms](SC1007 write 400ms)`. */
export function marked(text: string): string {
  const { diagnostics } = parse({ name: 'test.scale', text })
  let out = ''
  let at = 0
  for (const { code, range, fix } of diagnostics) {
    out += `${text.slice(at, Math.max(at, range.start))}[${text.slice(range.start, range.end)}](${code}${fix === undefined ? '' : ` ${fix.title}`})`
    at = Math.max(at, range.end)
  }
  return out + text.slice(at)
}

/** The text after all fixes. */
export function fixed(text: string, diagnostics: readonly Diagnostic[]): string {
  const edits = diagnostics.flatMap(({ fix }) => fix?.edits ?? []).sort((a, b) => b.range.start - a.range.start)
  return edits.reduce((t, { range, text: replacement }) => t.slice(0, range.start) + replacement + t.slice(range.end), text)
}
