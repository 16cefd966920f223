/** What happened in a run, as the demo itself saw it, and whether the loop closed. Times are seconds since the load began. */
import { quantile, type Sample } from './load.ts'

/** A decision to scale, from the daemon. */
export interface Action {
  readonly id: string
  /** When it was made, by this machine's clock. */
  readonly seen: number
  /** End of the step that it was made for. */
  readonly step: number
  readonly from: number
  readonly to: number
  readonly reason: string
  readonly message: string
}

export interface Story {
  readonly samples: readonly Sample[]
  readonly actions: readonly Action[]
  /** Every change of the number of ready replicas, oldest first; from the endpoints file, not from the daemon. */
  readonly ready: readonly { readonly at: number; readonly replicas: number }[]
}

export interface Bounds {
  readonly surge: { readonly from: number; readonly to: number }
  readonly thresholdMs: number
  readonly initialReplicas: number
}

export interface Check {
  /** What must be so. */
  readonly what: string
  readonly ok: boolean
  /** The evidence, or what is missing. */
  readonly detail: string
}

export interface Verdict {
  readonly checks: readonly Check[]
  readonly breach?: number
  readonly up?: Action
  /** When the replicas of `up` were ready. */
  readonly upReady?: number
  readonly down?: Action
  readonly p99: { readonly before?: number; readonly during?: number; readonly after?: number; readonly end?: number }
}

/** New replicas are given so long to work off what had queued before them. */
const recoverySeconds = 4
/** And must then hold for so long, or the surge says nothing. */
const provenSeconds = 4
/** In so many of the seconds after that p99 must be below the threshold: a machine that does other things as well stalls now and then. */
const calmShare = 0.75

/** The p99 in milliseconds of the requests that were due in [from, to); undefined of none. */
export function p99(samples: readonly Sample[], from: number, to: number): number | undefined {
  return quantile(
    samples.filter((s) => s.due >= from && s.due < to).map((s) => s.latencyMs),
    0.99,
  )
}

/** The p99 of the requests that ended in each second before `until`; undefined of a second without answers. */
export function p99PerSecond(samples: readonly Sample[], until: number): (number | undefined)[] {
  const bySecond = Array.from({ length: Math.max(1, Math.floor(until)) }, (): number[] => [])
  for (const { due, latencyMs } of samples) bySecond[Math.floor(due + latencyMs / 1000)]?.push(latencyMs)
  return bySecond.map((latencies) => quantile(latencies, 0.99))
}

export function judge(story: Story, bounds: Bounds): Verdict {
  const { samples, actions, ready } = story
  const { surge, thresholdMs, initialReplicas } = bounds
  const bySecond = p99PerSecond(samples, surge.to)
  const breachSecond = bySecond.findIndex((value, second) => second >= surge.from && (value ?? 0) > thresholdMs)
  const breach = breachSecond < 0 ? undefined : breachSecond + 1
  const up = actions.find((a) => a.to > a.from && a.seen > surge.from && a.seen < surge.to)
  const upReady = up && ready.find((r) => r.at >= up.seen - 1 && r.replicas >= up.to)?.at
  const settled = upReady === undefined ? undefined : upReady + recoverySeconds
  const after = settled === undefined ? undefined : p99(samples, settled, surge.to)
  const seen = settled === undefined ? [] : bySecond.slice(Math.ceil(settled))
  const below = seen.filter((value) => (value ?? Number.POSITIVE_INFINITY) < thresholdMs).length
  const down = actions.find((a) => a.to === a.from - 1 && a.seen > surge.to)
  const downDone = down && ready.find((r) => r.at >= down.seen - 1 && r.replicas === down.to)?.at
  const before = p99(samples, 0, surge.from)
  const during = breach === undefined ? undefined : p99(samples, surge.from, settled ?? surge.to)
  const end = p99(samples, surge.to + 1, Number.POSITIVE_INFINITY)
  const checks: Check[] = [
    {
      what: `the surge pushed p99 over ${thresholdMs} ms`,
      ok: breach !== undefined && during !== undefined && during > thresholdMs,
      detail: breach === undefined ? 'it never did' : `${ms(during)}, first seen ${seconds(breach - surge.from)} after its start`,
    },
    {
      what: 'a rule added replicas',
      ok: up !== undefined && up.from >= initialReplicas,
      detail:
        up === undefined ? 'no decision to scale up during the surge' : `${up.from} to ${up.to}, ${seconds(up.seen - (breach ?? up.seen))} after the breach`,
    },
    {
      what: 'the new replicas took traffic',
      ok: upReady !== undefined,
      detail: upReady === undefined || up === undefined ? 'they were never ready' : `ready ${seconds(upReady - up.seen)} after the decision`,
    },
    {
      what: 'p99 fell below the threshold while the surge went on',
      ok: seen.length >= provenSeconds && below >= calmShare * seen.length,
      detail:
        settled === undefined
          ? 'nothing to measure'
          : seen.length < provenSeconds
            ? `the replicas were ready only ${seconds(surge.to - (upReady ?? 0))} before the end of the surge`
            : `in ${below} of the ${seen.length} seconds to its end; ${ms(after)} over all of them`,
    },
    {
      what: 'one replica went back after the surge',
      ok: down !== undefined && downDone !== undefined,
      detail:
        down === undefined
          ? 'no decision to scale down'
          : downDone === undefined
            ? `${down.from} to ${down.to} was decided and not done`
            : `${down.from} to ${down.to}, ${seconds(down.seen - surge.to)} after its end`,
    },
  ]
  return {
    checks,
    p99: defined({ before, during, after, end }),
    ...defined({ breach, up, upReady, down }),
  }
}

/** Without the fields that are undefined. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

export function ms(value: number | undefined): string {
  return value === undefined ? '–' : `${Math.round(value)} ms`
}

export function seconds(value: number): string {
  return `${value.toFixed(1)} s`
}
