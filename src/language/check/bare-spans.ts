/** Spans that are named without the word and the parenthesis that select them. */
import { pathWithin } from '../syntax/repair/statistics.ts'
import type { Expression } from '../tree.ts'
import { messages } from './messages.ts'
import { replaceWith, type Scope, say } from './scope.ts'

/** `ads/Get.p99`, `ads.p99`: reported with what is meant. Whether the expression is that, and names no constant. */
export function sayBareSpans(node: Expression, scope: Scope): boolean {
  if (scope.incomplete || (node.kind !== 'name' && (node.kind !== 'binary' || node.operator !== '/'))) return false
  // A window binds tighter than the slash: `ads/Get.p99 over 1m`.
  const { end } = node.kind === 'binary' && node.right.kind === 'over' ? node.right.value.range : node.range
  const range = { start: node.range.start, end }
  const written = scope.tree.source.text.slice(range.start, range.end)
  if (!/^[\w.-]+(?:\/[\w.-]+)*$/.test(written) || written.split('/').some((part) => scope.lets.has(part))) return false
  const dot = pathWithin(written)
  if (dot === undefined || /^\d/.test(written)) return false
  const suggestion = `span(${written.slice(0, dot)})${written.slice(dot)}`
  say(scope, messages.unknownName, range, { name: written, suggestion }, replaceWith(range, suggestion))
  return true
}
