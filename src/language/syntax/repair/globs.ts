/** Patterns of other languages as what stands behind a field: `matches "Get*"`, `in ("a", "b")`. */
import { quote } from '../build/literals.ts'

/** Of an anchored regular expression, as PromQL and TraceQL have them; undefined if no pattern says the same. */
export function globOf(expression: string): string | undefined {
  const bare = expression
    .replace(/^\^/, '')
    .replace(/\$$/, '')
    .replace(/^\((?:\?:)?([^()]*)\)$/, '$1')
  if (bare.includes('|')) {
    const choices = bare.split('|')
    return choices.every((choice) => /^[\w./ -]+$/.test(choice) && !choice.includes('.*')) ? `in (${choices.map(quote).join(', ')})` : undefined
  }
  const glob = bare.replace(/\.[*+]\??/g, '*').replace(/\\([./-])/g, '$1')
  return /[\\()[\]{}?+^$|]/.test(glob) ? undefined : `matches ${quote(glob)}`
}

/** Of SQL's `like`. */
export function likeOf(pattern: string): string {
  return `matches ${quote(pattern.replaceAll('%', '*'))}`
}
