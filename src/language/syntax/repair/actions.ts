/** Actions and workloads as people say them: `scale up ads by 2`, `scale deployment ads +2`. */
import type { IToken } from 'chevrotain'
import { report } from '../../diagnostics.ts'
import * as m from '../messages.ts'
import * as t from '../tokens.ts'
import { keyword as k } from '../tokens.ts'
import { foundPhrase, shortened } from '../words.ts'
import type { Repair, Trouble } from './kit.ts'
import { between, closingOf, endOf, gap, isWord, lexedAs, removed, rewritten, spliced, synthetic } from './kit.ts'

const directions: Readonly<Record<string, '+' | '-'>> = {
  ...{ up: '+', out: '+', add: '+', increase: '+', plus: '+', grow: '+', by: '+' },
  ...{ down: '-', in: '-', remove: '-', decrease: '-', minus: '-', shrink: '-', subtract: '-' },
}

/** `scale up deployment/ads by 2` */
export function actionOrder(at: Trouble): Repair | undefined {
  const [scale, direction, first] = at.tokens
  if (scale?.tokenType !== k.scale || direction === undefined || first === undefined || at.at < 2 || at.at > 3) return undefined
  const sign = Object.hasOwn(directions, direction.image) && direction.image !== 'by' ? directions[direction.image] : undefined
  if (sign === undefined || !isWord(first)) return undefined
  let end = 2
  while (end < at.tokens.length && !actionStarts.has((at.tokens[end] as IToken).tokenType) && !amountStarts.has((at.tokens[end] as IToken).image)) end++
  const amount = amountAt(at, end, sign)
  const action = amount?.text ?? `${sign}1`
  const actionEnd = amount?.end ?? end
  const before = at.tokens[end - 1] as IToken
  const range = { start: endOf(before), end: endOf(at.tokens[actionEnd - 1] as IToken) }
  const workload = at.text.slice(first.startOffset, endOf(before))
  const edits = [
    { range: { start: direction.startOffset, end: first.startOffset }, text: '' },
    { range, text: ` ${action}` },
  ]
  return {
    diagnostic: report(
      m.actionOrder,
      at.file,
      rangeOfWords(direction),
      { direction: direction.image, action },
      { fix: { title: `write scale ${workload} ${action}`, edits } },
    ),
    tokens: spliced(at, 1, actionEnd, ...at.tokens.slice(2, end), ...lexedAs(range.start === range.end ? rangeOfWords(direction) : range, action)),
  }
}

const actionStarts: ReadonlySet<IToken['tokenType']> = new Set([t.Plus, t.Minus, t.NumberToken, t.RatioToken, k.when, k.to])
const amountStarts: ReadonlySet<string> = new Set(['by', 'if', 'with', 'while'])

const rangeOfWords = (token: IToken) => between(token, token)

/** `by 2`, `up by +2`, `add 2 replicas`: the tokens from `start` on as an action. */
function amountAt(at: Trouble, start: number, direction: '+' | '-' | undefined): { readonly text: string; readonly end: number } | undefined {
  let i = start
  let sign = direction
  for (let word = at.tokens[i]; word !== undefined && Object.hasOwn(directions, word.image); word = at.tokens[++i])
    if (word.image !== 'by') sign = directions[word.image]
  const written = at.tokens[i]
  if (written?.tokenType === t.Plus || written?.tokenType === t.Minus) {
    sign = written.tokenType === t.Plus ? '+' : '-'
    i++
  }
  const amount = at.tokens[i]
  if (amount?.tokenType !== t.NumberToken && amount?.tokenType !== t.RatioToken) return undefined
  return { text: `${sign ?? '+'}${amount.image}`, end: isThings(at.tokens[i + 1]) ? i + 2 : i + 1 }
}

const things: ReadonlySet<string> = new Set(['replicas', 'replica', 'pods', 'pod', 'instances', 'instance', 'workers', 'more', 'copies'])

function isThings(token: IToken | undefined): boolean {
  return token !== undefined && things.has(token.image)
}

/** `scale deployment/ads by 2`, `… up 2`, `… add 2 replicas`, `… double` */
export function actionWords(at: Trouble): Repair | undefined {
  const word = at.tokens[at.at]
  if (!isWord(word) || !at.expected.includes('Sign') || !at.expected.includes('to')) return undefined
  const limit = limitAt(at)
  if (limit !== undefined) return limit
  const amount = Object.hasOwn(directions, word.image) ? amountAt(at, at.at, undefined) : undefined
  if (amount === undefined) {
    const whole = Object.hasOwn(wholeActions, word.image) ? wholeActions[word.image] : undefined
    return whole === undefined ? undefined : rewritten(at, at.at, at.at + 1, whole, m.actionSpelling, { written: word.image, action: whole })
  }
  const written = at.text.slice(word.startOffset, endOf(at.tokens[amount.end - 1] as IToken))
  return rewritten(at, at.at, amount.end, amount.text, m.actionSpelling, { written, action: amount.text })
}

/** `min 3`, `at most 5`, `max 5 replicas` */
function limitAt(at: Trouble): Repair | undefined {
  const [word, second] = at.tokens.slice(at.at, at.at + 2)
  const inWords = word?.tokenType === k.at && (second?.tokenType === k.least || second?.tokenType === k.most)
  const key = (inWords ? second : word)?.image ?? ''
  const limit = Object.hasOwn(limits, key) && (inWords || word?.tokenType !== k.at) ? limits[key] : undefined
  const number = at.at + (inWords ? 2 : 1)
  const replicas = at.tokens[number]
  if (limit === undefined || word === undefined || replicas?.tokenType !== t.NumberToken) return undefined
  const end = isThings(at.tokens[number + 1]) ? number + 2 : number + 1
  const action = `to at ${limit} ${replicas.image}`
  return rewritten(at, at.at, end, action, m.actionSpelling, { written: at.text.slice(word.startOffset, endOf(at.tokens[end - 1] as IToken)), action })
}

const limits: Readonly<Record<string, 'least' | 'most'>> = {
  ...{ min: 'least', minimum: 'least', least: 'least', floor: 'least', atleast: 'least' },
  ...{ max: 'most', maximum: 'most', most: 'most', ceiling: 'most', cap: 'most', atmost: 'most' },
}

const wholeActions: Readonly<Record<string, string>> = { double: '+100%', x2: '+100%', triple: '+200%', x3: '+200%', halve: '-50%', up: '+1', down: '-1' }

/** `+1 cooldown 5m when …`: clauses stand behind the condition. */
export function clauseBeforeCondition(at: Trouble): Repair | undefined {
  const [scale] = at.tokens
  const first = at.tokens[at.at]
  if (scale?.tokenType !== k.scale || first === undefined || !clauseStarts.has(first.tokenType) || !at.expected.includes('when')) return undefined
  const when = at.tokens.findIndex(({ tokenType }, i) => i > at.at && tokenType === k.when)
  const last = at.tokens.at(-1)
  if (when < 0 || last === undefined || at.text.slice(first.startOffset, at.tokens[when]?.startOffset).includes('//')) return undefined
  const clause = between(first, at.tokens[when - 1] as IToken)
  const text = at.text.slice(clause.start, clause.end)
  const edits = [
    { range: { start: clause.start, end: (at.tokens[when] as IToken).startOffset }, text: '' },
    { range: { start: endOf(last), end: endOf(last) }, text: ` ${text.replace(/\s+/g, ' ')}` },
  ]
  const title = `write ${shortened(text)} behind the condition`
  const parameters = { expected: '`when`', found: foundPhrase(first), help: 'clauses stand behind the condition' }
  return {
    diagnostic: report(m.unexpected, at.file, clause, parameters, { fix: { title, edits } }),
    tokens: [...at.tokens.slice(0, at.at), ...at.tokens.slice(when), ...at.tokens.slice(at.at, when)],
  }
}

const clauseStarts: ReadonlySet<IToken['tokenType']> = new Set([k.every, k.cooldown, k.at, k.on, k.priority, k.between, k.observe])

/** `+2 replicas`, `to 4 pods` */
export function needlessUnit(at: Trouble): Repair | undefined {
  const word = at.tokens[at.at]
  const before = at.tokens[at.at - 1]
  if (word === undefined || !isThings(word) || (before?.tokenType !== t.NumberToken && before?.tokenType !== t.RatioToken)) return undefined
  return removed(at, at.at, at.at + 1, m.needlessSign, { sign: word.image, after: `\`${before.image}\`` }, `remove ${word.image}`)
}

const kinds: ReadonlySet<string> = new Set([
  ...['deployment', 'deployments', 'deploy', 'statefulset', 'statefulsets', 'sts', 'replicaset', 'replicasets', 'rs', 'daemonset'],
  ...['rollout', 'rollouts', 'service', 'process', 'job', 'Deployment', 'StatefulSet', 'Rollout'],
])

/** `scale deployment ads +2` */
export function kindApart(at: Trouble): Repair | undefined {
  const name = at.tokens[at.at]
  const kind = at.tokens[at.at - 1]
  const beginning = at.tokens[at.at - 2]
  if (kind === undefined || !kinds.has(kind.image) || !(name?.tokenType === t.TextToken || isWord(name)) || name === undefined) return undefined
  // Of a workload that has its slash already the name may be anything.
  if (beginning?.tokenType === t.Slash || name.tokenType === k.when || !/^\s+$/.test(gap(at, kind, name))) return undefined
  const apart = { start: endOf(kind), end: name.startOffset }
  const meant = `${kind.image}/${name.image}`
  return {
    diagnostic: report(
      m.partsApart,
      at.file,
      between(kind, name),
      { first: kind.image, second: name.image, meant },
      { fix: { title: `write ${meant}`, edits: [{ range: apart, text: '/' }] } },
    ),
    tokens: spliced(at, at.at, at.at, synthetic(apart, t.Slash, '/')),
  }
}

function touchesNext(at: Trouble, token: IToken): boolean {
  return /\S/.test(at.text[endOf(token)] ?? ' ')
}

/** `scale … when … { cooldown 60s }` */
export function bracesOfRule(at: Trouble): Repair | undefined {
  const open = at.tokens[at.at]
  const kind = at.tokens[0]?.tokenType
  if (open?.tokenType !== t.LeftBrace || (kind !== k.scale && kind !== k.freeze) || !at.expected.includes('cooldown')) return undefined
  const close = closingOf(at.tokens, at.at)
  const last = close === undefined ? undefined : at.tokens[close]
  if (close === undefined || last === undefined) return undefined
  // With the blanks before them, unless a comment is among these.
  const edits = [open, last].map((brace, i) => {
    const before = at.tokens[(i === 0 ? at.at : close) - 1]
    const blank = before !== undefined && gap(at, before, brace).trim() === ''
    return { range: { start: blank ? endOf(before) : brace.startOffset, end: endOf(brace) }, text: blank && touchesNext(at, brace) ? ' ' : '' }
  })
  return {
    diagnostic: report(m.bracesOfRule, at.file, between(open, open), {}, { fix: { title: 'remove the braces', edits } }),
    tokens: [...at.tokens.slice(0, at.at), ...at.tokens.slice(at.at + 1, close), ...at.tokens.slice(close + 1)],
  }
}
