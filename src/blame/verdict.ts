/** What a ranking says, in words. */
import { duration, list, significant } from '../plan/index.ts'
import type { Charge } from './charge.ts'
import type { BlamedService, Ranking } from './report.ts'

/**
 * `clear`: other traces of the same kind would have named the same service, and chance none so bad. `likely`: both hold less strictly. `unclear`: a
 * service comes first, and that is all. `nothing`: none took longer. `empty`: there is nothing to compare.
 */
export type Sureness = 'clear' | 'likely' | 'unclear' | 'nothing' | 'empty'

export interface Verdict {
  readonly sureness: Sureness
  /** The service that added most; undefined where there is none. */
  readonly service: string | undefined
  readonly sentence: string
  /** What follows for who would add replicas. */
  readonly hint: string | undefined
}

/** Parts of what was added that count as all, and as none, of it. */
const nearlyAll = 0.85
const worthSaying = 0.15

export function verdict(report: Ranking): Verdict {
  const { services, tracesBefore, tracesAfter } = report
  const [top] = services
  if (tracesBefore === 0 || tracesAfter === 0) {
    const where = tracesAfter > 0 ? 'the baseline' : tracesBefore > 0 ? 'the window' : 'either window'
    return { sureness: 'empty', service: undefined, sentence: `No trace began in ${where}: there is nothing to compare.`, hint: undefined }
  }
  const sureness = surenessOf(report)
  if (top === undefined || sureness === 'nothing')
    return { sureness: 'nothing', service: undefined, sentence: 'No service took longer than in the baseline.', hint: undefined }
  const sentences = [opening(top, sureness), whereItLies(top), doubt(report), decoy(report, top)].filter((sentence) => sentence !== undefined)
  return { sureness, service: top.service, sentence: sentences.join(' '), hint: hintOf(top) }
}

/** With fewer traces on either side nothing is more than a guess: few arrangements of them exist that a permutation test could try. */
const leastTraces = 10

function surenessOf({ confidence, tracesBefore, tracesAfter }: Ranking): Sureness {
  if (confidence === undefined) return 'nothing'
  if (Math.min(tracesBefore, tracesAfter) < leastTraces) return 'unclear'
  const { agreement, chance } = confidence
  if (agreement >= 0.9 && chance <= 0.05) return 'clear'
  return agreement >= 0.6 && chance <= 0.1 ? 'likely' : 'unclear'
}

function opening({ service, added, share }: BlamedService, sureness: Sureness): string {
  const what = `it added ${duration(added)} to a trace, ${share > 0.995 ? 'all' : `${percent(share)} of all`} that services added`
  switch (sureness) {
    case 'clear':
      return `${service} is at fault: ${what}.`
    case 'likely':
      return `${service} is probably at fault: ${what}.`
    default:
      return `It is unclear which service is at fault. ${service} comes first: ${what}.`
  }
}

/** What was charged as its own, split as self and gap rose: few calls may have made one of them count for less. */
function partsOf({ charge, self, gap }: BlamedService): Charge {
  const [rose, waited] = [Math.max(0, self), Math.max(0, gap)]
  const own = charge.self + charge.gap
  return rose + waited === 0 ? charge : { ...charge, self: (own * rose) / (rose + waited), gap: (own * waited) / (rose + waited) }
}

/** The parts of what it added that are worth saying, the largest first. */
export function placesOf(service: BlamedService): readonly { readonly ns: number; readonly where: string }[] {
  const { self, gap, calls, queue } = partsOf(service)
  return [
    { ns: self, where: service.peer ? 'in the calls to it' : 'in its own work' },
    { ns: gap, where: 'between its callers and it' },
    { ns: calls, where: 'in its calls to others (all took longer)' },
    { ns: queue, where: 'in the queue before those who wait for it' },
  ]
    .filter(({ ns }) => ns >= worthSaying * service.added)
    .sort((a, b) => b.ns - a.ns)
}

function whereItLies(service: BlamedService): string {
  const { added } = service
  const parts = placesOf(service)
  const [only] = parts
  if (parts.length === 1 && only !== undefined)
    return `${only.ns >= 0.97 * added ? 'All' : only.ns >= nearlyAll * added ? 'Nearly all' : 'Most'} of that lies ${only.where}.`
  return `Of that, ${list(parts.map(({ ns, where }) => `${percent(ns / added)} lies ${where}`))}.`
}

function doubt({ confidence, tracesBefore, tracesAfter }: Ranking): string | undefined {
  if (confidence === undefined) return undefined
  const { agreement, chance, resamples } = confidence
  const doubts = [
    ...(agreement < 0.9 ? [`only ${percent(agreement)} of ${resamples} resamples of the traces name it`] : []),
    ...(chance > 0.05 ? [`traces dealt at random look as bad in ${percent(chance)} of cases`] : []),
  ]
  const least = Math.min(tracesBefore, tracesAfter)
  if (least < (doubts.length > 0 ? 100 : leastTraces)) doubts.push(`${tracesBefore} traces before and ${tracesAfter} after are few`)
  return doubts.length === 0 ? undefined : `It may be chance: ${list(doubts)}.`
}

/** The service that plain latency would have named. */
function decoy({ services }: Ranking, top: BlamedService): string | undefined {
  const worst = services.reduce((a, b) => ((b.plain ?? 0) > (a.plain ?? 0) ? b : a))
  if (worst.service === top.service || (worst.plain ?? 0) <= 0) return undefined
  const had = worst.share < 0.01 ? 'almost none' : percent(worst.share)
  return `Plain p99 would have named ${worst.service}, which rose by ${duration(worst.plain ?? 0)} and added ${had} of it.`
}

function hintOf(top: BlamedService): string | undefined {
  const { service, added } = top
  const { self, gap, calls, queue } = partsOf(top)
  if (top.peer) return `${service} sends no spans: its callers cannot tell whether it is slow or the way to it.`
  if (queue >= worthSaying * added)
    return `${service} is slow, and messages pile up before those who wait for it: more of those would only ask it for more at a time.`
  if (gap >= nearlyAll * added && self < 0.05 * added)
    return `${service} itself is no slower; the time passes on the way to it. If its replicas are busy, it is queueing, and more of them help; if they are not, it is the network, and replicas seldom cure network delay.`
  if (calls > Math.max(self, gap))
    return `${service} waits longer for all that it calls, whatever it calls: it gets too little CPU, or its own network is slow.`
  return undefined
}

export function percent(share: number): string {
  return `${significant(share * 100, share < 0.1 ? 1 : 2)}%`
}
