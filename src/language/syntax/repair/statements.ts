/** Statements of tests as others would write them. */
import type { IToken } from 'chevrotain'
import * as m from '../messages.ts'
import * as t from '../tokens.ts'
import { keyword as k } from '../tokens.ts'
import { shortened } from '../words.ts'
import type { Repair, Trouble } from './kit.ts'
import { between, isWord, rewritten, textOf, touches } from './kit.ts'

/** `load span(…) at 20/s taking 600ms for 1m`, and with the two the other way round: a load has a beginning and an end. */
export function loadFor(at: Trouble): Repair | undefined {
  const word = at.tokens[at.at]
  const period = at.tokens[at.at + 1]
  if (word === undefined || period?.tokenType !== t.DurationToken || !periodWords.has(word.image) || !isOfLoad(at)) return undefined
  if (at.expected.includes('from')) return written(at, at.at + 2, `from 0s to ${period.image}`)
  const [taking, duration] = at.tokens.slice(at.at + 2, at.at + 4)
  if (!at.expected.includes('taking') || taking?.tokenType !== k.taking || duration?.tokenType !== t.DurationToken) return undefined
  return written(at, at.at + 4, `taking ${duration.image} from 0s to ${period.image}`)
}

const periodWords: ReadonlySet<string> = new Set(['for', 'to', 'until', 'till', 'during', 'over', 'within'])

function isOfLoad(at: Trouble): boolean {
  return at.tokens.slice(0, at.at).findLast(({ tokenType }) => starts.has(tokenType))?.tokenType === k.load
}

const starts: ReadonlySet<IToken['tokenType']> = new Set([k.given, k.load, k.replay, k.pause, k.expect])

/** `expect deployment/ads = 4`, `given deployment/ads to have 4` */
export function replicasOfTest(at: Trouble): Repair | undefined {
  if (at.tokens[0]?.tokenType !== k.test || !at.expected.includes('at')) return undefined
  let end = at.at
  while (end < at.at + 3 && equalWords.has(at.tokens[end]?.image ?? '')) end++
  return end > at.at && at.tokens[end]?.tokenType === t.NumberToken ? written(at, end, 'at') : undefined
}

const equalWords: ReadonlySet<string> = new Set([
  ...['=', '==', ':', 'is', 'scaled', 'scales', 'to', 'be', 'has', 'have', 'with', 'reaches', 'reach', 'equals', 'equal', 'at', 'of'],
])

/** `load ads/Get at 20/s`, `… under front/Home from`: which spans is said in their parenthesis. */
export function spansOfTest(at: Trouble): Repair | undefined {
  if (at.tokens[0]?.tokenType !== k.test || at.expected.length !== 1 || at.expected[0] !== 'span') return undefined
  let end = at.at
  while (end < at.tokens.length && (end === at.at ? isPart(at.tokens[end]) : touches(at.tokens[end - 1], at.tokens[end]))) end++
  if (end === at.at) return undefined
  const text = textOf(at, between(at.tokens[at.at] as IToken, at.tokens[end - 1] as IToken))
  return written(at, end, `span(${text})`)
}

function isPart(token: IToken | undefined): boolean {
  return token !== undefined && (token.tokenType === t.TextToken || isWord(token))
}

/** `expect ads-slow to fire` */
export function firesOfTest(at: Trouble): Repair | undefined {
  const [first, second] = at.tokens.slice(at.at, at.at + 2)
  if (first === undefined || at.tokens[0]?.tokenType !== k.test) return undefined
  const times = Object.hasOwn(counts, first.image) ? counts[first.image] : undefined
  if (times !== undefined && at.tokens[at.at - 1]?.tokenType === k.fires) return written(at, at.at + 1, times)
  if (!at.expected.includes('fires')) return undefined
  if (fireWords.has(first.image)) return written(at, at.at + 1, 'fires')
  return auxiliaries.has(first.image) && fireWords.has(second?.image ?? '') ? written(at, at.at + 2, 'fires') : undefined
}

const counts: Readonly<Record<string, string>> = { never: '0 times', once: '1 times', twice: '2 times', thrice: '3 times' }

/** `expect no actions`: what stands behind the `no` made a name of it. */
export function noActionOfTest(at: Trouble): Repair | undefined {
  const [statement, no, word] = at.tokens.slice(Math.max(0, at.at - 2), at.at + 1)
  if (statement?.tokenType !== k.expect || no?.image !== 'no' || word === undefined || !actions.has(word.image)) return undefined
  return rewritten(at, at.at - 1, at.at + 1, 'no action', m.misspelt, { word: `no ${word.image}`, meant: 'no action' })
}

const actions: ReadonlySet<string> = new Set(['actions', 'scaling', 'change', 'changes', 'decision', 'decisions'])

const fireWords: ReadonlySet<string> = new Set(['fire', 'fired', 'firing', 'fires', 'triggers', 'trigger', 'acts'])
const auxiliaries: ReadonlySet<string> = new Set(['to', 'will', 'should', 'must', 'has', 'is'])

function written(at: Trouble, end: number, text: string): Repair {
  const word = shortened(textOf(at, between(at.tokens[at.at] as IToken, at.tokens[end - 1] as IToken)).replace(/\s+/g, ' '))
  return rewritten(at, at.at, end, text, m.misspelt, { word, meant: text })
}
