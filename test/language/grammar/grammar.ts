/** Grammars as data: read from EBNF (ISO 14977, as far as grammar/scale.ebnf uses it) or from the parser. */
import type { ISerializedGast, Rule, TokenType } from 'chevrotain'
import { serializeGrammar } from 'chevrotain'

export type Node =
  | { readonly kind: 'terminal'; readonly name: string }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'sequence' | 'choice'; readonly of: readonly Node[] }
  | { readonly kind: 'optional' | 'repeated'; readonly of: Node }

/** Rules by name. Terminals are words in quotes, or the names of token classes. */
export type Grammar = ReadonlyMap<string, Node>

const sequence = (...of: readonly Node[]): Node => ({ kind: 'sequence', of })

/** Reads `name = a | b [ c ] { d } ( e ) "f" ;`. Throws where the text is something else. */
export function readEbnf(text: string): Grammar {
  const words = text.replaceAll(/\(\*[\s\S]*?\*\)/g, '').match(/"[^"]*"|[\w-]+|\S/g) ?? []
  let at = 0
  const take = (expected?: string): string => {
    const word = words[at++]
    if (word === undefined || (expected !== undefined && word !== expected))
      throw new Error(`expected ${expected ?? 'a word'}, found ${word} behind ${words.slice(at - 6, at - 1).join(' ')}`)
    return word
  }
  const choice = (): Node => {
    const of = [row()]
    while (words[at] === '|') {
      at++
      of.push(row())
    }
    return of.length === 1 ? (of[0] as Node) : { kind: 'choice', of }
  }
  const row = (): Node => {
    const of: Node[] = []
    while (![undefined, '|', ';', ')', ']', '}'].includes(words[at])) of.push(factor())
    return of.length === 1 ? (of[0] as Node) : { kind: 'sequence', of }
  }
  const factor = (): Node => {
    const word = take()
    const closing = ({ '(': ')', '[': ']', '{': '}' } as const)[word as '(']
    if (closing !== undefined) {
      const inner = choice()
      take(closing)
      return word === '(' ? inner : { kind: word === '[' ? 'optional' : 'repeated', of: inner }
    }
    if (word.startsWith('"') || /^[A-Z]+$/.test(word)) return { kind: 'terminal', name: word }
    if (/^[a-z][\w-]*$/.test(word)) return { kind: 'rule', name: word }
    throw new Error(`${word} is no part of a grammar`)
  }
  const rules = new Map<string, Node>()
  while (at < words.length) {
    const name = take()
    take('=')
    if (rules.has(name)) throw new Error(`${name} is there twice`)
    rules.set(name, choice())
    take(';')
  }
  return rules
}

/** The parser's own: terminals are the names of its token types. */
export function readParser(productions: Readonly<Record<string, Rule>>): Grammar {
  return new Map(serializeGrammar(Object.values(productions)).map((rule) => [(rule as ISerializedGast & { name: string }).name, sequence(...definition(rule))]))
}

type Serialized = ISerializedGast & {
  readonly name?: string
  readonly nonTerminalName?: string
  readonly definition?: readonly Serialized[]
  readonly separator?: { readonly name: string }
}

function definition(node: ISerializedGast): Node[] {
  return ((node as Serialized).definition ?? []).map(fromParser)
}

function fromParser(node: Serialized): Node {
  const inner = sequence(...definition(node))
  const separator: Node | undefined = node.separator === undefined ? undefined : { kind: 'terminal', name: node.separator.name }
  switch (node.type) {
    case 'Terminal':
      return { kind: 'terminal', name: node.name as string }
    case 'NonTerminal':
      return { kind: 'rule', name: (node.nonTerminalName ?? node.name) as string }
    case 'Alternation':
      return { kind: 'choice', of: definition(node) }
    case 'Option':
      return { kind: 'optional', of: inner }
    case 'Repetition':
      return { kind: 'repeated', of: inner }
    case 'RepetitionMandatory':
      return sequence(inner, { kind: 'repeated', of: inner })
    case 'RepetitionWithSeparator':
      return { kind: 'optional', of: separated(inner, separator as Node) }
    case 'RepetitionMandatoryWithSeparator':
      return separated(inner, separator as Node)
    default:
      return inner
  }
}

function separated(inner: Node, separator: Node): Node {
  return sequence(inner, { kind: 'repeated', of: sequence(separator, inner) })
}

export function terminalsOf(grammar: Grammar): Set<string> {
  return namesOf(grammar, 'terminal')
}

export function namesOf(grammar: Grammar, kind: 'terminal' | 'rule'): Set<string> {
  const names = new Set<string>()
  const visit = (node: Node): void => {
    if (node.kind === kind) names.add(node.name)
    else if (node.kind === 'sequence' || node.kind === 'choice') node.of.forEach(visit)
    else if (node.kind === 'optional' || node.kind === 'repeated') visit(node.of)
  }
  for (const node of grammar.values()) visit(node)
  return names
}

export type { TokenType }
