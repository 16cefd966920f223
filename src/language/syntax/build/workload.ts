/** Workloads, from a concrete tree or, for a declaration that is broken, from the bare tokens. */
import type { CstNode, IToken } from 'chevrotain'
import type { Name, TextRange, WorkloadNode } from '../../tree.ts'
import { workloadWithoutKind } from '../messages.ts'
import * as t from '../tokens.ts'
import type { Build } from './context.ts'
import { across, complain, maybeToken, nameOf, token } from './context.ts'

interface Parts {
  readonly first: Name
  readonly afterColon: Name | undefined
  readonly afterSlash: Name | undefined
  readonly namespace: Name | undefined
}

export function workloadOf(b: Build, cst: CstNode): WorkloadNode {
  const parts = partsOf(cst)
  if (parts.afterColon === undefined && parts.afterSlash === undefined) {
    const text = `deployment/${parts.first.text}`
    complain(
      b,
      workloadWithoutKind,
      parts.first.range,
      { name: parts.first.text },
      {
        fix: { title: `write ${text}`, edits: [{ range: { start: parts.first.range.start, end: parts.first.range.start }, text: 'deployment/' }] },
      },
    )
  }
  return assemble(parts)
}

/** The rule that a test expects something of; undefined if it is written as a workload. */
export function bareNameOf(cst: CstNode): Name | undefined {
  const { first, afterColon, afterSlash, namespace } = partsOf(cst)
  return (afterColon ?? afterSlash ?? namespace) ? undefined : first
}

function partsOf(cst: CstNode): Parts {
  const part = (key: string): Name | undefined => {
    const found = maybeToken(cst, key)
    return found === undefined ? undefined : nameOf(found)
  }
  return { first: nameOf(token(cst, 'first')), afterColon: part('afterColon'), afterSlash: part('afterSlash'), namespace: part('namespace') }
}

function assemble({ first, afterColon, afterSlash, namespace }: Parts): WorkloadNode {
  const orchestrator = afterColon === undefined ? undefined : first
  const beforeSlash = afterColon ?? first
  const name = afterSlash ?? beforeSlash
  const range: TextRange = across(first.range, (namespace ?? name).range)
  return { orchestrator, workloadKind: afterSlash === undefined ? undefined : beforeSlash, name, namespace, range }
}

/** As much of a workload as stands at `at` among the tokens of a broken declaration. */
export function workloadAt(tokens: readonly IToken[], at: number): WorkloadNode | undefined {
  const part = (i: number): Name | undefined => {
    const found = tokens[i]
    return found !== undefined &&
      (found.tokenType === t.TextToken || found.tokenType.CATEGORIES?.includes(t.Word) || found.tokenType.CATEGORIES?.includes(t.Identifier))
      ? nameOf(found)
      : undefined
  }
  const first = part(at)
  if (first === undefined) return undefined
  let next = at + 1
  const after = (type: typeof t.Colon): Name | undefined => {
    if (tokens[next]?.tokenType !== type) return undefined
    const found = part(next + 1)
    if (found !== undefined) next += 2
    return found
  }
  const afterColon = after(t.Colon)
  const afterSlash = after(t.Slash)
  if (afterColon === undefined && afterSlash === undefined) return undefined
  return assemble({ first, afterColon, afterSlash, namespace: after(t.keyword.in) })
}
