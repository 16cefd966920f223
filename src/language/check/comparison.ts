/** What comparison operators mean; the checker, the lints and the evaluator ask here. */
import type { Comparison } from '../tree.ts'

const mirror = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' } as const satisfies Record<Comparison, Comparison>

/** `a < b` is `b > a`. */
export function mirrored(operator: Comparison): Comparison {
  return mirror[operator]
}

export function compare(operator: Comparison, left: number, right: number): boolean {
  switch (operator) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
    case '==':
      return left === right
    case '!=':
      return left !== right
    default:
      return operator satisfies never
  }
}
