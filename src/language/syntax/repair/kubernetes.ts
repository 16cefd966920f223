/** Keys of an HPA, a KEDA ScaledObject or a Deployment, where a clause is expected. */
import type { IToken } from 'chevrotain'
import * as m from '../messages.ts'
import * as t from '../tokens.ts'
import { keyword as k } from '../tokens.ts'
import type { Repair, Trouble } from './kit.ts'
import { between, hopeless, isWord, rewritten, textOf } from './kit.ts'
import { rangeWords } from './signs.ts'

type Key = 'min' | 'max' | 'replicas' | 'stable' | 'cooldown' | 'every' | 'metric' | 'behaviour'

/** By their letters, without signs and capitals. */
const keys: Readonly<Record<string, Key>> = {
  ...{ minreplicas: 'min', minreplicacount: 'min', min: 'min', minimum: 'min', minpods: 'min', mininstances: 'min' },
  ...{ maxreplicas: 'max', maxreplicacount: 'max', max: 'max', maximum: 'max', maxpods: 'max', maxinstances: 'max' },
  ...{ replicas: 'replicas', instances: 'replicas', count: 'replicas' },
  ...{ stabilizationwindowseconds: 'stable', stabilizationwindow: 'stable', stabilization: 'stable' },
  ...{ cooldownperiod: 'cooldown', cooldownseconds: 'cooldown', cooldownsec: 'cooldown' },
  ...{ pollinginterval: 'every', interval: 'every', syncperiod: 'every', evaluationinterval: 'every' },
  ...{ targetcpuutilizationpercentage: 'metric', averageutilization: 'metric', averagevalue: 'metric', metrics: 'metric', triggers: 'metric', cpu: 'metric' },
  ...{ behavior: 'behaviour', scaleup: 'behaviour', scaledown: 'behaviour', policies: 'behaviour', periodseconds: 'behaviour', selectpolicy: 'behaviour' },
}

function keyOf(token: IToken | undefined): Key | undefined {
  if (!isWord(token)) return undefined
  const name = token.image.replace(/[^A-Za-z]/g, '').toLowerCase()
  return Object.hasOwn(keys, name) ? keys[name] : undefined
}

/** The number or duration behind a key, with the signs of YAML and JSON around it. */
function valueAt(at: Trouble, key: number): { readonly token: IToken; readonly end: number } | undefined {
  const sign = at.tokens[key + 1]
  const i = sign?.tokenType === t.Colon || sign?.tokenType === t.Assign ? key + 2 : key + 1
  const token = at.tokens[i]
  if (token?.tokenType !== t.NumberToken && token?.tokenType !== t.DurationToken) return undefined
  const behind = at.tokens[i + 1]?.tokenType
  return { token, end: behind === t.Comma || behind === t.Semicolon ? i + 2 : i + 1 }
}

/** The second number of `1-10`, `1..10`, `1 to 10`, behind the first. */
function endOfRange(at: Trouble, start: number): { readonly token: IToken; readonly end: number } | undefined {
  let i = start
  while (at.tokens[i]?.tokenType === k.and || rangeWords.has(at.tokens[i]?.image ?? '')) i++
  const token = at.tokens[i]
  if (i === start || token?.tokenType !== t.NumberToken) return undefined
  const behind = at.tokens[i + 1]?.tokenType
  return { token, end: behind === t.Comma || behind === t.Semicolon ? i + 2 : i + 1 }
}

export function workloadKeys(at: Trouble): Repair | undefined {
  const token = at.tokens[at.at]
  const key = keyOf(token)
  const action = at.expected.includes('Sign') && at.expected.includes('to')
  if (token === undefined || key === undefined || !(at.expected.includes('cooldown') || action)) return undefined
  const value = valueAt(at, at.at)
  const name = token.image
  // `replicas between 1 and 10`
  if (key === 'replicas' && !action) {
    const next = at.tokens[at.at + 1]?.tokenType === t.Colon ? at.at + 2 : at.at + 1
    if (at.tokens[next]?.tokenType === k.between)
      return rewritten(at, at.at, next + 1, 'between', m.keyOfOthers, { written: `${name} between`, meant: 'between' })
  }
  if (value === undefined || key === 'metric' || key === 'behaviour') {
    if (action || (key !== 'metric' && key !== 'behaviour')) return undefined
    return hopeless(at, key === 'metric' ? m.metricKey : m.behaviourKey, between(token, token), { name })
  }
  const { token: number, end } = value
  const write = (text: string, last: number): Repair => {
    const written = textOf(at, between(token, at.tokens[last - 1] as IToken))
    return rewritten(at, at.at, last, text, m.keyOfOthers, { written: written.replace(/\s+/g, ' '), meant: text })
  }
  // `replicas 1-10` is a range; as an action it can be none.
  const most = number.tokenType === t.NumberToken ? endOfRange(at, at.tokens.indexOf(number) + 1) : undefined
  if (action) return key === 'replicas' && most === undefined ? write(`to ${number.image}`, end) : undefined
  switch (key) {
    case 'min':
    case 'max': {
      const other = keyOf(at.tokens[end])
      const second = other === (key === 'min' ? 'max' : 'min') ? valueAt(at, end) : undefined
      if (number.tokenType !== t.NumberToken || (second !== undefined && second.token.tokenType !== t.NumberToken)) return undefined
      // Alone, the other bound is the one that is implied.
      const [min, max] =
        key === 'min' ? [number.image, second?.token.image ?? String(Math.max(10, Number(number.image)))] : [second?.token.image ?? '1', number.image]
      return write(`between ${min} and ${max}`, second?.end ?? end)
    }
    case 'replicas':
      if (most !== undefined) return write(`between ${number.image} and ${most.token.image}`, most.end)
      return number.tokenType === t.NumberToken ? write(`between ${number.image} and ${number.image}`, end) : undefined
    case 'stable':
      return write(`stable ${seconds(number)} before down`, end)
    case 'cooldown':
      return write(`cooldown ${seconds(number)}`, end)
    case 'every':
      return write(`every ${seconds(number)}`, end)
  }
}

/** These keys are in seconds. */
function seconds({ tokenType, image }: IToken): string {
  if (tokenType === t.DurationToken) return image
  const value = Number(image)
  if (value > 0 && value % 3600 === 0) return `${value / 3600}h`
  return value > 0 && value % 60 === 0 ? `${value / 60}m` : `${image}s`
}
