/** Random sentences of a grammar. */
import fc from 'fast-check'
import type { Grammar, Node } from './grammar.ts'

/** What a terminal may be in a text. */
export type Samples = (terminal: string) => readonly string[]

/** Beyond this depth the shortest way to the end is taken. */
const depthOfFreedom = 14

/** Words of sentences that a rule derives, in which a terminal is one word. */
export function sentences(grammar: Grammar, start: string, samples: Samples): fc.Arbitrary<readonly string[]> {
  const heights = heightsOf(grammar)
  return fc.infiniteStream(fc.nat(1_000_000)).map((decisions) => {
    const decide = (n: number): number => (decisions.next().value as number) % n
    const words: string[] = []
    const derive = (node: Node, depth: number): void => {
      const free = depth < depthOfFreedom && words.length < 120
      switch (node.kind) {
        case 'terminal': {
          const choices = samples(node.name)
          words.push(choices[decide(choices.length)] as string)
          return
        }
        case 'rule':
          derive(grammar.get(node.name) as Node, depth + 1)
          return
        case 'sequence':
          for (const part of node.of) derive(part, depth)
          return
        case 'choice': {
          const least = Math.min(...node.of.map((part) => heightOf(part, heights)))
          const fitting = free ? node.of : node.of.filter((part) => heightOf(part, heights) === least)
          derive(fitting[decide(fitting.length)] as Node, depth)
          return
        }
        case 'optional':
          if (free && decide(2) === 1) derive(node.of, depth + 1)
          return
        case 'repeated':
          for (let n = free ? decide(3) : 0; n > 0; n--) derive(node.of, depth + 1)
      }
    }
    derive({ kind: 'rule', name: start }, 0)
    return words
  })
}

/** How deep the shallowest derivation of each rule is. */
function heightsOf(grammar: Grammar): ReadonlyMap<string, number> {
  const heights = new Map<string, number>([...grammar.keys()].map((name) => [name, Number.POSITIVE_INFINITY]))
  for (let changed = true; changed; ) {
    changed = false
    for (const [name, node] of grammar) {
      const height = 1 + heightOf(node, heights)
      if (height >= (heights.get(name) as number)) continue
      heights.set(name, height)
      changed = true
    }
  }
  return heights
}

function heightOf(node: Node, heights: ReadonlyMap<string, number>): number {
  switch (node.kind) {
    case 'terminal':
    case 'optional':
    case 'repeated':
      return 0
    case 'rule':
      return heights.get(node.name) ?? Number.NaN
    case 'sequence':
      return Math.max(0, ...node.of.map((part) => heightOf(part, heights)))
    case 'choice':
      return Math.min(...node.of.map((part) => heightOf(part, heights)))
  }
}
