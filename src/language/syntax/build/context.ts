/**
 * Reading the concrete tree. The tree is built only from declarations that parsed without an error (after repairs), so whatever the
 * grammar demands is there; a missing child is a bug and throws. What the grammar cannot say is reported here.
 */
import type { CstElement, CstNode, IToken } from 'chevrotain'
import type { Diagnostic, Message } from '../../diagnostics.ts'
import { report } from '../../diagnostics.ts'
import type { Name, SourceText, TextRange } from '../../tree.ts'
import * as t from '../tokens.ts'
import { meaning, unquote } from './literals.ts'

export interface Build {
  readonly source: SourceText
  readonly diagnostics: Diagnostic[]
}

export function complain<P>(b: Build, message: Message<P>, range: TextRange, parameters: P, more: Parameters<typeof report>[4] = {}): undefined {
  b.diagnostics.push(report(message, b.source.name, range, parameters, more))
}

export function tokens(node: CstNode, key: string): readonly IToken[] {
  return (node.children[key] ?? none) as IToken[]
}

export function nodes(node: CstNode, key: string): readonly CstNode[] {
  return (node.children[key] ?? none) as CstNode[]
}

const none: readonly CstElement[] = []

export function token(node: CstNode, key: string): IToken {
  return required(node, key) as IToken
}

export function child(node: CstNode, key: string): CstNode {
  return required(node, key) as CstNode
}

export function maybeToken(node: CstNode, key: string): IToken | undefined {
  return node.children[key]?.[0] as IToken | undefined
}

export function maybeChild(node: CstNode, key: string): CstNode | undefined {
  return node.children[key]?.[0] as CstNode | undefined
}

function required(node: CstNode, key: string): CstElement {
  const found = node.children[key]?.[0]
  if (found === undefined) throw new Error(`the concrete tree of ${node.name} has no ${key}`)
  return found
}

export function range(first: IToken, last: IToken = first): TextRange {
  return { start: first.startOffset, end: last.startOffset + last.image.length }
}

/** From the start of the one to the end of the other. */
export function across(first: TextRange, last: TextRange): TextRange {
  return { start: first.start, end: last.end }
}

export function from(first: IToken, last: TextRange): TextRange {
  return { start: first.startOffset, end: last.end }
}

export function to(first: TextRange, last: IToken): TextRange {
  return { start: first.start, end: last.startOffset + last.image.length }
}

/** A name, or one in quotes. */
export function nameOf(word: IToken): Name {
  return word.tokenType === t.TextToken
    ? { text: unquote(meaning(word)), quoted: true, range: range(word) }
    : { text: meaning(word), quoted: false, range: range(word) }
}

export { meaning }

export function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined
}
