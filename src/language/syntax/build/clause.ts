/** Clauses of rules, targets and defaults. */
import type { CstNode, IToken } from 'chevrotain'
import { exact } from '../../exact.ts'
import type { Clause } from '../../tree.ts'
import * as t from '../tokens.ts'
import type { Build } from './context.ts'
import { from, isDefined, maybeChild, maybeToken, meaning, nameOf, nodes, range, token, tokens } from './context.ts'
import { atomOf } from './formula.ts'
import { numberOf, ratioOf } from './literals.ts'

export function clausesOf(b: Build, cst: CstNode): Clause[] {
  const clauses = nodes(cst, 'clause').map((clause) => clauseOf(b, clause))
  return exact(clauses.filter(isDefined))
}

function clauseOf(b: Build, cst: CstNode): Clause | undefined {
  const start = token(cst, 'keyword')
  const atomCst = maybeChild(cst, 'atom')
  const atom = atomCst === undefined ? undefined : atomOf(b, atomCst)
  if (atomCst !== undefined && atom === undefined) return undefined
  const word = meaning(start)
  switch (word) {
    case 'every':
    case 'cooldown':
      return atom && { kind: word, duration: atom, range: from(start, atom.range) }
    case 'namespace': {
      const name = nameOf(token(cst, 'name'))
      return { kind: 'namespace', name, range: from(start, name.range) }
    }
    case 'at':
      return { kind: 'atLeastSpans', count: numberOf(token(cst, 'number')), range: range(start, token(cst, 'spans')) }
    case 'on': {
      if (atom === undefined) return { kind: 'onMissing', answer: 'hold', range: range(start, token(cst, 'hold')) }
      return { kind: 'onMissing', answer: { floor: numberOf(token(cst, 'number')), after: atom }, range: from(start, atom.range) }
    }
    case 'priority': {
      const value = numberOf(token(cst, 'number'))
      return { kind: 'priority', value, range: from(start, value.range) }
    }
    case 'between': {
      const [min, max] = tokens(cst, 'number').map(numberOf)
      return min && max && { kind: 'between', min, max, range: from(start, max.range) }
    }
    case 'observe':
      return { kind: 'observe', range: range(start) }
    case 'up':
    case 'down': {
      const sign = maybeToken(cst, 'sign')
      const amount = token(cst, 'number')
      return (
        atom && {
          kind: 'atMost',
          direction: word,
          sign: sign === undefined ? undefined : signOf(sign),
          amount: amount.tokenType === t.RatioToken ? ratioOf(amount) : numberOf(amount),
          per: atom,
          range: from(start, atom.range),
        }
      )
    }
    case 'stable': {
      const direction = token(cst, 'direction')
      return atom && { kind: 'stable', duration: atom, before: meaning(direction) as 'up' | 'down', range: range(start, direction) }
    }
    case 'settle':
      return atom && { kind: 'settle', within: atom, range: from(start, atom.range) }
    case 'mode': {
      const mode = nameOf(token(cst, 'name'))
      return { kind: 'mode', mode, range: from(start, mode.range) }
    }
    default: {
      const how = nameOf(token(cst, 'name'))
      return { kind: 'combine', how, range: from(start, how.range) }
    }
  }
}

export function signOf(sign: IToken): 1 | -1 {
  return meaning(sign) === '+' ? 1 : -1
}
