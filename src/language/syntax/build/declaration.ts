/** Declarations, whole and broken. */
import type { CstNode, IToken } from 'chevrotain'
import type { ActionNode, Declaration, Name, TextRange } from '../../tree.ts'
import type { DeclarationKeyword } from '../split.ts'
import * as t from '../tokens.ts'
import { clausesOf, signOf } from './clause.ts'
import type { Build } from './context.ts'
import { child, from, maybeChild, maybeToken, meaning, nameOf, nodes, range, token } from './context.ts'
import { conditionOf, expressionOf } from './formula.ts'
import { numberOf, ratioOf, textOf } from './literals.ts'
import { statementsOf } from './statement.ts'
import { workloadAt, workloadOf } from './workload.ts'

/** What is known of a declaration before its concrete tree is looked at. */
export interface Frame {
  readonly keyword: DeclarationKeyword
  readonly label: Name | undefined
  readonly doc: string | undefined
  readonly range: TextRange
}

/** Of a declaration that parsed. It is `broken` if something is wrong with it that the grammar cannot say. */
export function declarationOf(b: Build, cst: CstNode, frame: Frame): Declaration {
  const before = b.diagnostics.length
  const declaration = wholeOf(b, cst, frame)
  return b.diagnostics.length === before ? declaration : { ...declaration, broken: true }
}

function wholeOf(b: Build, cst: CstNode, { keyword, label, doc, range }: Frame): Declaration {
  const broken = false
  switch (keyword) {
    case 'import':
      return { kind: 'import', path: textOf(token(cst, 'Text')), doc, broken, range }
    case 'let':
      return { kind: 'let', name: nameOf(token(cst, 'Identifier')), value: expressionOf(b, child(cst, 'formula')), doc, broken, range }
    case 'defaults':
      return { kind: 'defaults', clauses: clausesOf(b, cst), doc, broken, range }
    case 'target':
      return { kind: 'target', workload: workloadOf(b, child(cst, 'workload')), clauses: clausesOf(b, cst), doc, broken, range }
    case 'test':
      return { kind: 'test', name: textOf(token(cst, 'Text')), statements: statementsOf(b, cst), doc, broken, range }
    case 'scale': {
      const workload = workloadOf(b, child(cst, 'workload'))
      const action = actionOf(b, child(cst, 'change'))
      const written = maybeChild(cst, 'formula')
      const condition = written === undefined ? undefined : conditionOf(b, written)
      return { kind: 'rule', label, workload, action, condition, clauses: clausesOf(b, cst), doc, broken, range }
    }
    case 'freeze': {
      const workload = workloadOf(b, child(cst, 'workload'))
      const written = maybeToken(cst, 'direction')
      const direction = written === undefined ? undefined : (meaning(written) as 'up' | 'down')
      const condition = conditionOf(b, child(cst, 'formula'))
      return { kind: 'freeze', label, workload, direction, condition, clauses: clausesOf(b, cst), doc, broken, range }
    }
  }
}

function actionOf(b: Build, cst: CstNode): ActionNode | undefined {
  const sign = maybeToken(cst, 'sign')
  if (sign !== undefined) {
    const written = token(cst, 'amount')
    const amount = written.tokenType === t.RatioToken ? ratioOf(written) : numberOf(written)
    return { kind: 'change', sign: signOf(sign), amount, range: from(sign, amount.range) }
  }
  const start = token(cst, 'to')
  const replicas = maybeToken(cst, 'replicas')
  if (replicas !== undefined) {
    const bound = maybeToken(cst, 'bound')
    const kind = bound === undefined ? 'exactly' : meaning(bound) === 'least' ? 'at least' : 'at most'
    return { kind: 'set', bound: kind, replicas: numberOf(replicas), range: range(start, replicas) }
  }
  const value = expressionOf(b, child(cst, 'value'))
  const at = expressionOf(b, nodes(cst, 'target')[0] as CstNode)
  const replica = maybeToken(cst, 'replica')
  if (value === undefined || at === undefined) return undefined
  return { kind: 'hold', value, at, perReplica: replica !== undefined, range: replica === undefined ? from(start, at.range) : range(start, replica) }
}

/** Of a declaration that did not parse: its name, as far as its tokens tell it, and nothing else. `tokens` start at the keyword. */
export function brokenDeclaration(tokens: readonly IToken[], { keyword, label, doc, range }: Frame): Declaration {
  const base = { doc, broken: true, range }
  const second = tokens[1]
  switch (keyword) {
    case 'import':
      return { kind: 'import', path: second?.tokenType === t.TextToken ? textOf(second) : undefined, ...base }
    case 'let':
      return { kind: 'let', name: second?.tokenType.CATEGORIES?.includes(t.Identifier) ? nameOf(second) : undefined, value: undefined, ...base }
    case 'defaults':
      return { kind: 'defaults', clauses: [], ...base }
    case 'target':
      return { kind: 'target', workload: workloadAt(tokens, 1), clauses: [], ...base }
    case 'test':
      return { kind: 'test', name: second?.tokenType === t.TextToken ? textOf(second) : undefined, statements: [], ...base }
    case 'scale':
      return { kind: 'rule', label, workload: workloadAt(tokens, 1), action: undefined, condition: undefined, clauses: [], ...base }
    case 'freeze':
      return { kind: 'freeze', label, workload: workloadAt(tokens, 1), direction: undefined, condition: undefined, clauses: [], ...base }
  }
}
