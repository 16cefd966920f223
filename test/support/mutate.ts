/** Programs as they are while someone types, pastes and errs: those of the project with changes of words and characters. */
import { globSync, readFileSync } from 'node:fs'

/** Deterministic numbers from 0 to 1 (mulberry32). */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Every rule file of examples and tests, and every program of the reference. */
export function seeds(): string[] {
  const files = globSync(['examples/**/*.scale', 'test/samples/**/*.scale', 'test/bundle/golden/*.scale'], {
    exclude: (path) => /node_modules|\/out\//.test(String(path)),
  })
  const programs = globSync(['grammar/**/*.md']).flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/^```scale[^\n]*\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? ''),
  )
  return [...files.sort().map((path) => readFileSync(path, 'utf8')), ...programs.sort()]
}

const wordPattern = /\s+|"[^"\n]*"?|[\w.]+|./gu

/** What people and other languages put in. */
const foreign = [
  ...[
    '{',
    '}',
    '(',
    ')',
    '[5m]',
    '"',
    "'",
    ',',
    ':',
    ';',
    '.',
    '=',
    '==',
    '=~',
    '!~',
    '!',
    '&&',
    '||',
    '|',
    '<>',
    '%',
    '*',
    '/',
    '-',
    '+',
    '±',
    '#',
    '//',
    '///',
  ],
  ...[
    '400',
    '0.4',
    '.5',
    '1e3',
    '10k',
    '400 ms',
    '5m',
    '5%',
    '100/s',
    '08:00',
    '"text',
    'rate(',
    'p99(',
    'histogram_quantile(0.99, ',
    'sum by (pod) (',
    'by (pod)',
  ],
  ...[
    '{ resource.service.name = "ads" }',
    '| rate()',
    'if',
    'then',
    'when',
    'scale',
    'scale up',
    'target',
    'freeze',
    'let',
    'test',
    'import',
    'defaults',
    'language',
  ],
  ...[
    'minReplicas: 1',
    'maxReplicas: 10',
    'replicas: 3',
    'for',
    'times in',
    'not',
    'and',
    'or',
    'not in',
    'like "a%"',
    'span(',
    'absent(',
    'min(',
    'where',
    'under',
    'x: ',
  ],
  ...['\u0000', '\ud800', '\u2028', '🦊', 'e\u0301', '\t', '\r\n', '\n', 'é', '“', '”', '≥', '\u00a0', '\\', '\\u', '__proto__', 'constructor', 'toString'],
]

/** One program, from a seed: up to eight changes of one text, or of two that are put together. */
export function mutated(seedsOf: readonly string[], seed: number): string {
  const next = random(seed)
  const below = (n: number): number => Math.floor(next() * n)
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T
  let text = window(pick(seedsOf), below)
  if (next() < 0.1) text += window(pick(seedsOf), below)
  for (let changes = 1 + below(8); changes > 0; changes--) text = next() < 0.7 ? words(text, below, pick) : characters(text, below, pick)
  return text
}

/** A long text gives a piece, so that changes meet each other. */
function window(text: string, below: (n: number) => number): string {
  const most = 1500
  if (text.length <= most) return text
  const lines = text.split('\n')
  const start = below(lines.length)
  let piece = ''
  for (let i = start; i < lines.length && piece.length < most; i++) piece += `${lines[i]}\n`
  return piece
}

function words(text: string, below: (n: number) => number, pick: <T>(all: readonly T[]) => T): string {
  const all = text.match(wordPattern) ?? []
  const at = below(all.length)
  const other = below(all.length)
  switch (below(7)) {
    case 0:
      all.splice(at, 1)
      break
    case 1:
      all.splice(at, 0, all[at] ?? '')
      break
    case 2:
      ;[all[at], all[other]] = [all[other] ?? '', all[at] ?? '']
      break
    case 3:
      all.splice(at, 1, ` ${pick(foreign)} `)
      break
    case 4:
      all.splice(at, 0, pick(foreign))
      break
    case 5:
      // As when a line is cut out, or its end lost.
      all.splice(at, below(20))
      break
    default:
      all.splice(at, 0, ...all.slice(other, other + below(20)))
  }
  return all.join('')
}

function characters(text: string, below: (n: number) => number, pick: <T>(all: readonly T[]) => T): string {
  const at = below(text.length + 1)
  switch (below(5)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1)
    case 1:
      return text.slice(0, at) + (text[at] ?? '') + text.slice(at)
    case 2:
      return text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2)
    case 3:
      return text.slice(0, at) + pick(foreign) + text.slice(at)
    default:
      return text.slice(0, at)
  }
}
