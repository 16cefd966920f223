/** Values that end by themselves: windows, periods, pauses, moments of tests, and the rate of a load. */
import { printDuration, type QuantityType, type Use } from '../../../../src/language/index.ts'
import { formulaAt, isSpanField } from '../formula.ts'
import { roundAbove } from '../recorded.ts'
import { type Request, tokensOf } from '../request.ts'
import { type Suggestion, tiers } from '../suggestion.ts'
import { unitsBehind } from './units.ts'

const second = 1e9
const minute = 60 * second

/** All are durations but the rate of a load. */
export function typeOfAtom({ label }: Use): QuantityType {
  return label === 'rate' ? 'rate' : 'duration'
}

export function atomValues(request: Request, atom: Use): readonly Suggestion[] {
  const isTaken = atom.within?.rule === 'loadStatement' && atom.label === 'duration'
  const typed = unitsBehind(request, [typeOfAtom(atom)], !isTaken).filter(({ label }) => isPossible(request, atom, label))
  const shown = valuesOf(request, atom).map((label, i): Suggestion => ({ label, kind: 'value', tier: tiers.likely, weight: -i }))
  return [...shown, ...typed]
}

function valuesOf(request: Request, atom: Use): readonly string[] {
  const owner = atom.within
  const keyword = request.place.tokens[atom.start - 1]?.type ?? request.place.tokens.at(-1)?.type
  const first = owner === undefined ? undefined : tokensOf(request.place, owner)[0]?.type
  switch (owner?.rule) {
    case 'clause':
      return clauseValues(first, keyword)
    case 'operand':
    case 'absence':
      return windows(request, atom)
    case 'functionCall':
      return printed([5 * minute, 10 * minute, 15 * minute, 30 * minute])
    case 'loadStatement':
      return loadValues(request, atom)
    case 'statement':
      return first === 'given' ? printed([20 * second, 30 * second, minute]) : moments(request, keyword === 'pause')
    default:
      return moments(request, false)
  }
}

function clauseValues(clause: string | undefined, keyword: string | undefined): readonly string[] {
  switch (clause) {
    case 'every':
      return printed([5 * second, 10 * second, 15 * second, 30 * second, minute])
    case 'stable':
      return printed([5 * minute, 10 * minute, 3 * minute, minute, 0])
    case 'settle':
      return printed([2 * minute, 5 * minute, minute])
    case 'on':
      return printed([5 * minute, 10 * minute, 2 * minute])
    case 'up':
    case 'down':
      return keyword === 'per' ? printed([minute, 5 * minute, 10 * minute]) : []
    default:
      return printed([minute, 2 * minute, 5 * minute, 10 * minute])
  }
}

/** The shortest window that may stand there, nanoseconds; undefined where none stands. */
export function leastWindow(request: Request, atom: Use): number | undefined {
  const { place, everyNs } = request
  const owner = atom.within?.rule
  if (owner !== 'operand' && owner !== 'absence') return undefined
  const before = place.tokens.slice(0, atom.start)
  const counted = before.at(-1)?.type === 'in' && before.at(-2)?.type === 'times' ? Number(before.at(-3)?.text) : 1
  // Of spans any number may come in one step.
  return isSpanField(formulaAt(request, atom)?.left ?? []) ? everyNs : counted * everyNs
}

/** Whether the checker would take the duration there; of those that it cannot judge alone, yes. */
function isPossible(request: Request, atom: Use, text: string): boolean {
  const least = leastWindow(request, atom)
  const ns = simple(text)
  return least === undefined || ns === undefined || (ns >= least && ns % request.everyNs === 0)
}

function windows(request: Request, atom: Use): readonly string[] {
  const { everyNs } = request
  const least = leastWindow(request, atom) ?? everyNs
  const usual = [minute, 30 * second, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute]
  const fitting = usual.filter((ns) => ns >= least && ns % everyNs === 0)
  return printed([...fitting, ...(fitting.includes(2 * least) ? [] : [2 * least])].filter((ns, i, all) => all.indexOf(ns) === i))
}

function loadValues(request: Request, { label, within: load }: Use): readonly string[] {
  if (label === 'rate') return ['20/s', '100/s', '10/s', '60/min']
  if (label !== 'duration') return moments(request, label === 'start')
  const selector = request.place.uses.find(({ rule, within: outer }) => rule === 'selector' && outer === load)
  const [service, slash, operation] = selector === undefined ? [] : tokensOf(request.place, selector)
  const known =
    service === undefined
      ? []
      : (request.known?.counted({
          service: service.text,
          kinds: [1, 2, 5],
          ...(slash?.type === 'Slash' && operation !== undefined ? { operation: operation.text } : {}),
        }) ?? [])
  const p50 = Math.max(0, ...known.map((match) => match.operation.p50 ?? 0))
  const p99 = Math.max(0, ...known.map((match) => match.operation.p99 ?? 0))
  return [...(p50 > 0 ? printed([roundAbove(p50)]) : []), ...(p99 > 0 ? printed([roundAbove(2 * p99)]) : []), ...printed([0.15 * second, 0.6 * second, second])]
}

/** From the start of the test: behind the last moment that it names. */
function moments({ place }: Request, isStart: boolean): readonly string[] {
  const named = place.tokens
    .filter(({ type }) => type === 'Duration')
    .flatMap(({ text }) => simple(text) ?? [])
    .filter((ns) => ns % second === 0)
  const last = Math.max(0, ...named)
  return printed([...(isStart ? [0, last] : []), last + 30 * second, last + minute, last + 2 * minute].filter((ns, i, all) => all.indexOf(ns) === i))
}

const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: second, m: minute, h: 60 * minute, d: 24 * 60 * minute }

/** Nanoseconds of a duration in whole units. */
function simple(text: string): number | undefined {
  let ns = 0
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g)) {
    const size = units[unit ?? '']
    if (size === undefined) return undefined
    ns += Number(number) * size
  }
  return ns
}

function printed(durations: readonly number[]): readonly string[] {
  return durations.map(printDuration)
}
