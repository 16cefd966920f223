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

/** `ScaleUp 2 → 4: why`: the change first, since the view cuts long lines. */
export function describe({ reason, from, to, message }: Action): string {
  return `${reason} ${from} → ${to}: ${message.replace(/; \d+ → \d+ replicas$/, '')}`
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

/** What can be read off a story; what did not happen is undefined. p99s are milliseconds. */
export interface Figures {
  /** The end of the first second of the surge whose p99 was over the threshold. */
  readonly breach: number | undefined
  readonly up: Action | undefined
  /** When the replicas of `up` were ready. */
  readonly upReady: number | undefined
  /** The start of the first second after that whose p99 was below the threshold: what had queued before is worked off. */
  readonly caughtUp: number | undefined
  /** Seconds from `caughtUp` to the end of the surge, and those of them whose p99 was below the threshold. */
  readonly rest: { readonly seconds: number; readonly below: number }
  /** The first of all that take replicas away. */
  readonly down: Action | undefined
  readonly downDone: number | undefined
  readonly p99: {
    readonly before: number | undefined
    readonly during: number | undefined
    readonly after: number | undefined
    readonly end: number | undefined
  }
}

export interface Verdict extends Figures {
  readonly checks: readonly Check[]
}

/** What is left of the surge must last so long, or it says nothing. */
const provenSeconds = 4
/** In so many of its seconds p99 must be below the threshold: a machine that does other things as well stalls now and then. */
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
  const figures = measure(story, bounds)
  return { ...figures, checks: check(figures, bounds) }
}

function measure({ samples, actions, ready }: Story, { surge, thresholdMs }: Bounds): Figures {
  const bySecond = p99PerSecond(samples, surge.to)
  const isBelow = (value: number | undefined): boolean => value !== undefined && value < thresholdMs
  /** The first second from `from` on that is as asked. */
  const second = (from: number, asked: (value: number | undefined) => boolean): number | undefined => {
    const index = bySecond.findIndex((value, at) => at >= from && asked(value))
    return index < 0 ? undefined : index
  }
  const breachSecond = second(surge.from, (value) => value !== undefined && value > thresholdMs)
  const up = actions.find((a) => a.to > a.from && a.seen > surge.from && a.seen < surge.to)
  const upReady = up && ready.find((r) => r.at >= up.seen - 1 && r.replicas >= up.to)?.at
  const caughtUp = upReady === undefined ? undefined : second(upReady, isBelow)
  const rest = caughtUp === undefined ? [] : bySecond.slice(caughtUp)
  const down = actions.find((a) => a.to < a.from)
  return {
    breach: breachSecond === undefined ? undefined : breachSecond + 1,
    up,
    upReady,
    caughtUp,
    rest: { seconds: rest.length, below: rest.filter(isBelow).length },
    down,
    downDone: down && ready.find((r) => r.at >= down.seen - 1 && r.replicas === down.to)?.at,
    p99: {
      before: p99(samples, 0, surge.from),
      during: p99(samples, surge.from, caughtUp ?? surge.to),
      after: caughtUp === undefined ? undefined : p99(samples, caughtUp, surge.to),
      end: p99(samples, surge.to + 1, Number.POSITIVE_INFINITY),
    },
  }
}

function check({ breach, up, upReady, caughtUp, rest, down, downDone, p99: { during, after } }: Figures, bounds: Bounds): Check[] {
  const { surge, thresholdMs, initialReplicas } = bounds
  return [
    {
      what: `the surge pushed p99 over ${thresholdMs} ms`,
      ok: breach !== undefined,
      detail: breach === undefined ? 'it never did' : `to ${ms(during)}, first seen ${seconds(breach - surge.from)} after its start`,
    },
    {
      what: 'a rule added replicas',
      ok: breach !== undefined && up !== undefined && up.from >= initialReplicas,
      detail:
        up === undefined ? 'no decision to scale up during the surge' : `${up.from} to ${up.to}, ${seconds(up.seen - (breach ?? up.seen))} after the breach`,
    },
    {
      what: 'the new replicas got ready',
      ok: upReady !== undefined,
      detail: upReady === undefined || up === undefined ? 'they never did' : `${seconds(upReady - up.seen)} after the decision`,
    },
    {
      what: 'p99 fell below the threshold while the surge went on',
      ok: rest.seconds >= provenSeconds && rest.below >= calmShare * rest.seconds,
      detail:
        caughtUp === undefined || upReady === undefined
          ? 'it did not'
          : `${seconds(Math.max(0, caughtUp - upReady))} after that, and was in ${rest.below} of the ${rest.seconds} seconds left of the surge${rest.seconds < provenSeconds ? ', too few to tell' : ''}; ${ms(after)} over all of them`,
    },
    {
      what: 'one replica went back after the surge',
      ok: down !== undefined && down.seen > surge.to && down.to === down.from - 1 && downDone !== undefined,
      detail:
        down === undefined
          ? 'no decision to scale down'
          : `${down.from} to ${down.to}, ${down.seen > surge.to ? `${seconds(down.seen - surge.to)} after its end` : 'before its end'}${downDone === undefined ? '; decided and not done' : ''}`,
    },
  ]
}

export function ms(value: number | undefined): string {
  return value === undefined ? '–' : `${Math.round(value)} ms`
}

export function seconds(value: number): string {
  return `${value.toFixed(1)} s`
}
