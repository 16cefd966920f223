/** grammar/scale.ebnf as data, and words for its terminals. */
import { readFileSync } from 'node:fs'
import * as t from '../../../src/language/syntax/tokens.ts'
import { readEbnf } from './grammar.ts'

export const ebnf = readEbnf(readFileSync('grammar/scale.ebnf', 'utf8'))

const names = ['ads', 'a.b', 'mon', 'x-1', '_y']
const literals = ['3', '0.5', '400ms', '1m30s', '5%', '100/s', '512MiB', '"text"', 'true', 'false']
const comparisons = ['==', '!=', '<', '<=', '>', '>=']

/** Classes of terminals in the reference: what the parser calls them, and words that belong to them. */
export const classes: Readonly<Record<string, { readonly type: string; readonly words: readonly string[] }>> = {
  NAME: { type: 'Identifier', words: names },
  FIELD: { type: 'Identifier', words: names },
  CONSTANT: { type: 'Identifier', words: names },
  WORD: { type: 'Word', words: ['3scale', '2024'] },
  PATTERN: { type: 'Pattern', words: ['*', 'hipstershop.Ad*'] },
  NUMBER: { type: 'Number', words: ['3', '0.5'] },
  DURATION: { type: 'Duration', words: ['400ms'] },
  RATIO: { type: 'Ratio', words: ['5%'] },
  RATE: { type: 'Rate', words: ['9/min'] },
  SIZE: { type: 'Size', words: ['1kB'] },
  TIME: { type: 'TimeOfDay', words: ['08:30'] },
  TEXT: { type: 'Text', words: ['"text"'] },
}
/** The same for the classes that only the parser has. */
const classesOfParser: Readonly<Record<string, readonly string[]>> = {
  Part: ['ads', '3scale', '"text"', 'Get*'],
  FieldName: ['a.b', '"text"'],
  Literal: literals,
  Amount: ['3', '5%'],
  Operator: ['and', 'or', '+', '-', '*', '/', ...comparisons],
  ComparisonSign: comparisons,
  Sign: ['+', '-'],
  Direction: ['up', 'down'],
}
export const samples: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.entries(classes).map(([name, { words }]) => [name, words])),
  ...Object.fromEntries(Object.values(classes).map(({ type, words }) => [type, words])),
  ...classesOfParser,
}
const signs: Readonly<Record<string, string>> = Object.fromEntries(
  t.lexed.flatMap(({ name, PATTERN }) => (typeof PATTERN === 'string' ? [[name, PATTERN]] : [])),
)
/** Words for a terminal of the reference or of the parser. */
export const samplesOf = (terminal: string): readonly string[] => samples[terminal] ?? [signs[terminal] ?? terminal.replaceAll('"', '')]
