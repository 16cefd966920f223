/** Whether a grammar has a sentence: Jay Earley, "An efficient context-free parsing algorithm" (1970), with Aycock and Horspool's care for empty rules. */
import type { Grammar, Node } from './grammar.ts'

type Symbol = { readonly terminal: string } | { readonly rule: string }
type Rules = ReadonlyMap<string, readonly (readonly Symbol[])[]>

interface Item {
  readonly rule: string
  readonly symbols: readonly Symbol[]
  readonly dot: number
  readonly origin: number
}

/** `matches` tells whether a token can be a terminal. */
export function recognizer<T>(grammar: Grammar, start: string, matches: (token: T, terminal: string) => boolean): (tokens: readonly T[]) => boolean {
  const rules = flattened(grammar)
  const empty = emptyRules(rules)
  return (tokens) => {
    const sets: Item[][] = [[]]
    const seen: Set<string>[] = [new Set()]
    const ids = new Map<readonly Symbol[], number>()
    const add = (at: number, item: Item): void => {
      const id = ids.get(item.symbols) ?? ids.set(item.symbols, ids.size).size - 1
      const key = `${id} ${item.dot} ${item.origin} ${item.rule}`
      sets[at] ??= []
      seen[at] ??= new Set()
      if (seen[at].has(key)) return
      seen[at].add(key)
      sets[at].push(item)
    }
    for (const symbols of rules.get(start) ?? []) add(0, { rule: start, symbols, dot: 0, origin: 0 })
    for (let at = 0; at <= tokens.length; at++) {
      const set = sets[at] ?? []
      for (const item of set) {
        const next = item.symbols[item.dot]
        if (next === undefined) {
          for (const other of sets[item.origin] ?? []) {
            const wanted = other.symbols[other.dot]
            if (wanted !== undefined && 'rule' in wanted && wanted.rule === item.rule) add(at, { ...other, dot: other.dot + 1 })
          }
        } else if ('rule' in next) {
          for (const symbols of rules.get(next.rule) ?? []) add(at, { rule: next.rule, symbols, dot: 0, origin: at })
          if (empty.has(next.rule)) add(at, { ...item, dot: item.dot + 1 })
        } else if (at < tokens.length && matches(tokens[at] as T, next.terminal)) add(at + 1, { ...item, dot: item.dot + 1 })
      }
      if (set.length === 0) return false
    }
    return (sets[tokens.length] ?? []).some(({ rule, symbols, dot, origin }) => rule === start && origin === 0 && dot === symbols.length)
  }
}

/** Options, repetitions and groups as rules of their own. */
function flattened(grammar: Grammar): Rules {
  const rules = new Map<string, (readonly Symbol[])[]>()
  const symbolsOf = (node: Node): readonly Symbol[] => {
    switch (node.kind) {
      case 'terminal':
        return [{ terminal: node.name }]
      case 'rule':
        return [{ rule: node.name }]
      case 'sequence':
        return node.of.flatMap(symbolsOf)
      default: {
        const rule = `#${rules.size}`
        rules.set(rule, [])
        const inner = node.kind === 'choice' ? node.of.map(symbolsOf) : [symbolsOf(node.of as Node)]
        if (node.kind !== 'choice') inner.push([])
        rules.set(rule, node.kind === 'repeated' ? inner.map((symbols) => (symbols.length === 0 ? symbols : [...symbols, { rule }])) : inner)
        return [{ rule }]
      }
    }
  }
  for (const [name, node] of grammar) rules.set(name, node.kind === 'choice' ? node.of.map(symbolsOf) : [symbolsOf(node)])
  return rules
}

function emptyRules(rules: Rules): ReadonlySet<string> {
  const empty = new Set<string>()
  for (let size = -1; size !== empty.size; ) {
    size = empty.size
    for (const [name, alternatives] of rules)
      if (alternatives.some((symbols) => symbols.every((symbol) => 'rule' in symbol && empty.has(symbol.rule)))) empty.add(name)
  }
  return empty
}
