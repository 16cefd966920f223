/** Token types in words, for people who have never heard of tokens. */
import type { IToken } from 'chevrotain'
import { EOF } from 'chevrotain'

const names: Readonly<Record<string, string | readonly string[]>> = {
  Part: 'a name',
  FieldName: 'a name',
  Amount: ['a number', 'a percentage'],
  Sign: ['`+`', '`-`'],
  Direction: ['`up`', '`down`'],
  Word: 'a name',
  Identifier: 'a name',
  Literal: 'a value',
  Operator: 'an operator',
  ComparisonSign: 'a comparison',
  Number: 'a number',
  Duration: 'a duration',
  Ratio: 'a percentage',
  Rate: 'a rate',
  Size: 'a size',
  TimeOfDay: 'a time of day',
  Text: 'text in quotes',
  LeftBrace: '`{`',
  RightBrace: '`}`',
  LeftParen: '`(`',
  RightParen: '`)`',
  Comma: '`,`',
  Colon: '`:`',
  Dot: '`.`',
  PlusMinus: '`±`',
  Plus: '`+`',
  Minus: '`-`',
  Slash: '`/`',
  Assign: '`=`',
}

/** Starts of operands, in the words of the language's reference; a set that holds them all is called by one name. */
const groups: readonly { readonly all: readonly string[]; readonly phrase: string }[] = [
  { all: ['span', 'Literal', 'LeftParen', 'absent', 'during', 'Identifier'], phrase: 'a value or a condition' },
  { all: ['every', 'cooldown', 'namespace', 'priority', 'observe'], phrase: 'a clause' },
  { all: ['given', 'load', 'expect'], phrase: 'a statement of a test' },
  { all: ['Literal', 'Identifier', 'LeftParen'], phrase: 'a value' },
]

/** `a name, a number or \`(\``: what may stand behind `before`. */
export function expectedPhrase(typeNames: readonly string[], before: readonly IToken[] = []): string {
  const meant = asked(before)
  return listed([...new Set(phrasesOf(typeNames).flatMap((phrase) => meant?.[phrase] ?? phrase))], 'or')
}

function phrasesOf(typeNames: readonly string[]): readonly string[] {
  const set = new Set(typeNames)
  const phrases: string[] = []
  for (const group of groups) {
    if (!group.all.every((name) => set.has(name))) continue
    phrases.push(group.phrase)
    // A group stands for everything that begins one of its kind; `when` begins none.
    if (group.phrase === 'a value or a condition') return [group.phrase]
    if (group.phrase !== 'a value') for (const name of [...set]) if (isKeywordName(name) && name !== 'when') set.delete(name)
    for (const name of group.all) set.delete(name)
  }
  for (const name of set) phrases.push(...[names[name] ?? `\`${name}\``].flat())
  return phrases
}

type Meaning = Readonly<Record<string, string | readonly string[]>>

const duration: Meaning = { 'a value': 'a duration' }
const workload: Meaning = { 'a name': 'a workload' }
const service: Meaning = { 'a name': 'a service' }
const operand: Meaning = { 'a value or a condition': 'a value' }
const condition: Meaning = { 'a value or a condition': 'a condition' }

/** What a phrase of the grammar means behind a token of this type, where people can be told more than that. */
const behind: Readonly<Record<string, Meaning>> = {
  ...{ per: duration, for: duration, every: duration, cooldown: duration, stable: duration, within: duration, over: duration, pause: duration },
  ...{ taking: duration, from: duration, to: duration, after: duration, before: duration, by: duration, between: duration },
  ...{ when: condition, or: condition, not: condition, and: { ...condition, ...duration } },
  ...{ hold: operand, Plus: operand, Minus: operand, Star: operand, Slash: operand, Assign: operand },
  ...{ Equal: operand, NotEqual: operand, Less: operand, LessEqual: operand, Greater: operand, GreaterEqual: operand },
  at: { ...operand, 'a value': 'a rate' },
  in: { ...duration, 'a name': 'a namespace' },
  ...{ scale: workload, freeze: workload, target: workload, given: workload, on: workload },
  expect: { 'a name': ['a workload', 'a rule'] },
  namespace: { 'a name': 'a namespace' },
  ...{ under: service, of: service },
  during: { 'a name': 'a day' },
  where: { 'a name': 'a field of a span' },
  mode: { 'a name': ['`act`', '`out-only`', '`observe`', '`off`'] },
  combine: { 'a name': ['`largest`', '`sum`'] },
  Dot: { 'a name': 'a value of spans, as `p99` or `rate`' },
}

/** A token before the last one decides where the last one alone does not. */
function asked(before: readonly IToken[]): Meaning | undefined {
  const last = before.at(-1)?.tokenType.name
  const opener = before.at(-2)?.tokenType.name
  if (last === 'LeftParen') return opener === 'span' ? service : opener === 'replicas' || opener === 'ready' ? workload : undefined
  if (last === 'at' && opener === 'unknown') return duration
  return last === undefined ? undefined : behind[last]
}

function isKeywordName(name: string): boolean {
  return /^[a-z]/.test(name)
}

export function listed(phrases: readonly string[], joint: 'and' | 'or'): string {
  if (phrases.length <= 1) return phrases[0] ?? 'nothing more'
  return `${phrases.slice(0, -1).join(', ')} ${joint} ${phrases.at(-1)}`
}

export function foundPhrase(token: IToken | undefined): string {
  if (token === undefined || token.tokenType === EOF) return 'the end'
  // What a repair has put there says what it stands for.
  return `\`${shortened(token.payload === undefined ? token.image : String(token.payload))}\``
}

export function shortened(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0] ?? ''
  return line.length <= 40 ? line : `${line.slice(0, 39)}…`
}
