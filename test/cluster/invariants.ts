/** What must hold whatever happens, judged from the ledger of the API server and from what telemetry there was. */
import type { Entry, Write } from './ledger.ts'
import type { Telemetry } from './telemetry.ts'

/** What the rules of the storm allow. Times in ms. */
export interface Allowed {
  /** Names of daemons: everybody else is a person. */
  readonly daemons: readonly string[]
  readonly min: number
  readonly max: number
  /** The largest steps of any rule. */
  readonly step: { readonly up: number; readonly down: number }
  /** Replicas per period that all changes together may make up. */
  readonly pace: { readonly up: number; readonly down: number; readonly perMs: number }
  readonly cooldownMs: number
  /** For how long the load must have been `fast`, ms a span, before anything is taken away. */
  readonly calm: { readonly belowMs: number; readonly forMs: number; readonly tickMs: number }
  /**
   * A decision is made for the end of a step, and written somewhat later: what is between may differ by so much from one write to the next. Pace, cooldown and
   * calm are judged with it.
   */
  readonly delayMs: number
}

export interface Violation {
  readonly invariant: 'bounds' | 'pace' | 'evidence' | 'twice' | 'one writer'
  readonly write: Write
  readonly why: string
}

export function violations(entries: readonly Entry[], history: Telemetry['history'], allowed: Allowed): Violation[] {
  const found: Violation[] = []
  const ours: Write[] = []
  let holder: string | undefined
  for (const entry of entries) {
    if (entry.kind === 'tenure') {
      holder = entry.holder
      continue
    }
    if (!allowed.daemons.includes(entry.by)) continue
    const say = (invariant: Violation['invariant'], why: string | undefined): void => {
      if (why !== undefined) found.push({ invariant, write: entry, why })
    }
    say('one writer', holder === entry.by ? undefined : `${entry.by} wrote while the lease was ${holder ?? 'nobody'}'s`)
    if (entry.from === undefined) say('one writer', 'it was written without having been read')
    else {
      const from = entry.from
      say('bounds', outside(from, entry.to, allowed))
      say('twice', twice(ours.at(-1), from, entry, allowed))
      say('pace', tooFast(ours, from, entry, allowed))
      if (entry.to < from) say('evidence', from > allowed.max ? silent(history, entry, allowed) : notCalm(history, entry, allowed))
    }
    ours.push(entry)
  }
  return found
}

/** From outside the bounds, towards them; otherwise within. */
function outside(from: number, to: number, { min, max }: Allowed): string | undefined {
  if (to >= min && to <= max) return undefined
  if (from > max && to < from && to > max) return undefined
  return `${to} is outside ${min} to ${max}`
}

/** A relative step that is applied a second time comes right behind itself, or is twice as large. */
function twice(before: Write | undefined, from: number, { to, at }: Write, { step, pace, cooldownMs, delayMs, min, max }: Allowed): string | undefined {
  const change = to - from
  const largest = from < min ? Math.max(step.up, min - from) : step.up
  // What is above the bounds is brought back by no rule's step, but at the pace.
  if (change > largest || -change > (from > max ? pace.down : step.down)) return `a step of ${change} is larger than any rule's`
  const restMs = before === undefined ? Number.POSITIVE_INFINITY : at - before.at
  return restMs < cooldownMs - delayMs ? `it came ${restMs} ms after the last change, and the target rests ${cooldownMs} ms` : undefined
}

/** As the rate stage says it: with what the daemons changed in the period, of which only about when it began is known. What was taken away in it makes room, as HPA has it. */
function tooFast(ours: readonly Write[], from: number, write: Write, { pace, delayMs }: Allowed): string | undefined {
  const change = write.to - from
  const began = write.at - pace.perMs
  const beginnings = [began + delayMs, began - delayMs, ...ours.map(({ at }) => at).filter((at) => Math.abs(at - began) <= delayMs)]
  const sums = beginnings.map((since) => ours.filter(({ at }) => at > since).reduce((sum, { from: was, to }) => sum + to - (was ?? to), change))
  const [least, most] = [Math.min(...sums), Math.max(...sums)]
  if (change > 0 && least > pace.up) return `with what was changed before it makes +${least}, and at most +${pace.up} is allowed`
  if (change < 0 && -most > pace.down) return `with what was changed before it makes ${most}, and at most -${pace.down} is allowed`
  return undefined
}

/**
 * What was taken away must have been seen to be idle for the whole time before the decision, which was made at most `delayMs` before the write: what lies between the two is
 * judged in any case. Silence passes where spans came again before the decision.
 */
function notCalm(history: Telemetry['history'], { at }: Write, { calm, delayMs }: Allowed): string | undefined {
  const [begin, end] = [at - calm.forMs, at - delayMs]
  for (const [i, { at: since, load }] of history.entries()) {
    const until = history[i + 1]?.at ?? Number.POSITIVE_INFINITY
    const judgedMs = Math.min(until, end) - Math.max(since, begin)
    if (load !== 'silent' && load >= calm.belowMs && judgedMs > surelySentMs) return `spans took ${load} ms within the time that was judged`
    if (load === 'silent' && since < end - calm.tickMs && until > at) return `no telemetry had come for ${at - since} ms`
  }
  return undefined
}

/** In so long telemetry of the load has certainly come. */
const surelySentMs = 700

/** Bringing a count back within its bounds needs no rule, and does need that the stream is alive. */
function silent(history: Telemetry['history'], write: Write, { delayMs, calm }: Allowed): string | undefined {
  const last = history.findLast(({ at }) => at <= write.at)
  return last?.load === 'silent' && write.at - last.at > calm.forMs + delayMs ? `no telemetry had come for ${write.at - last.at} ms` : undefined
}
