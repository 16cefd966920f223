/** The verdict of a decision in one sentence: why this service, and not the one that calls it. */
import { duration, list } from '../plan/index.ts'
import type { TraceLog } from './log.ts'
import type { BlamedService, Ranking } from './report.ts'
import { percent, placesOf, type Verdict } from './verdict.ts'

/** `after`: the traces of the window. */
export function why(log: TraceLog, after: readonly number[], { services }: Ranking, { sureness, service }: Verdict): string {
  const top = services.find((of) => of.service === service)
  if (top === undefined) return 'No service took longer than before.'
  const caller = callerOf(log, after, top.service, services)
  const other = caller === undefined ? '' : `, and not ${caller.service}, which calls it`
  const opening =
    sureness === 'clear'
      ? `${top.service} is at fault${other}`
      : sureness === 'likely'
        ? `${top.service} is probably at fault${other}`
        : `It is unclear which service is at fault; ${top.service} comes first`
  const added = `it added ${duration(top.added)} to a trace, ${top.share > 0.995 ? 'all' : `${percent(top.share)} of all`} that services added`
  const places = placesOf(top).map(({ where }) => where)
  const where = places.length === 0 ? '' : `, ${places.length === 1 ? 'nearly all of it ' : ''}${list(places)}`
  return `${opening}: ${added}${where}${caller === undefined ? '' : `; ${ofCaller(caller)}`}.`
}

function ofCaller({ service, plain, added }: BlamedService): string {
  const own = added < 1000 ? 'nothing' : duration(added)
  return plain === undefined || plain < 1000 ? `${service} added ${own} itself` : `${service} took ${duration(plain)} longer at p99, but added ${own} itself`
}

/** The service that calls it most. */
function callerOf(log: TraceLog, after: readonly number[], service: string, services: readonly BlamedService[]): BlamedService | undefined {
  const calls = new Map<number, number>()
  const code = log.dictionary.code(service)
  for (const trace of after) {
    for (let row = log.firstRow[trace] as number; row < log.endOf(trace); row++) {
      if (log.service[row] !== code) continue
      const caller = log.callerOf(row)
      if (caller !== log.service[row]) calls.set(caller, (calls.get(caller) ?? 0) + (log.weight[trace] as number))
    }
  }
  const [most] = [...calls].sort(([a, n], [b, m]) => m - n || (log.dictionary.text(a) < log.dictionary.text(b) ? -1 : 1))
  return most === undefined ? undefined : services.find((of) => of.service === log.dictionary.text(most[0]))
}

/** What to say where the rules that ask look at other services than the one at fault. */
export function elsewhere(
  { sureness, service }: Verdict,
  asking: readonly { readonly rule: { readonly name: string }; readonly services: readonly string[]; readonly reads: (service: string) => boolean }[],
  target: string,
): string | undefined {
  if (service === undefined || (sureness !== 'clear' && sureness !== 'likely') || asking.some(({ reads }) => reads(service))) return undefined
  const read = [...new Set(asking.flatMap(({ services }) => services))]
  const rules = list(asking.map(({ rule }) => rule.name))
  return `${rules} ${asking.length === 1 ? 'looks' : 'look'} at ${list(read)} only: unless ${target} is what runs ${service}, more of it may not help.`
}
