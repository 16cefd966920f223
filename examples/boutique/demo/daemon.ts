/** scaled as a client sees it: its configuration, its status, its decisions as they are made. */
import type { Hold, RuleLine } from './view.ts'

/** A decision, as the log and the event stream have it; only the fields that the demo uses. */
export interface DecisionRecord {
  readonly id: string
  /** End of the step it was made for, RFC 3339. */
  readonly time: string
  readonly target: string
  readonly outcome: 'scale' | 'hold' | 'steady'
  readonly reason: string
  readonly message: string
  readonly from?: number
  readonly to?: number
}

export interface Status {
  readonly rules: readonly RuleLine[]
  /** Of the demo's only target. */
  readonly desired: number | undefined
  readonly hold: Hold | undefined
}

/** Why a rule is as it is: the condition's own shape with the numbers. */
interface Because {
  readonly kind: string
  readonly text: string
  readonly left?: { readonly text: string; readonly type: string; readonly value?: number }
  readonly counted?: { readonly have: number; readonly need: number }
  readonly held?: { readonly haveNs: number; readonly needNs: number }
  readonly of?: readonly Because[]
}

interface StatusDocument {
  readonly rules: readonly { readonly rule: string; readonly truth: string; readonly unknown?: string; readonly because?: Because }[]
  readonly targets: readonly { readonly replicas?: { readonly desired: number }; readonly held?: Hold }[]
}

/** Undefined while the daemon does not answer. */
export async function readStatus(api: string): Promise<Status | undefined> {
  try {
    const response = await fetch(`${api}/v1/status`, { signal: AbortSignal.timeout(1000) })
    const { rules, targets } = (await response.json()) as StatusDocument
    return {
      rules: rules.map(({ rule, truth, unknown, because }) => ({ name: rule, truth, why: unknown ?? (because === undefined ? '' : explain(because)) })),
      desired: targets[0]?.replicas?.desired,
      hold: targets[0]?.held,
    }
  } catch {
    return undefined
  }
}

export async function isReady(api: string): Promise<boolean> {
  try {
    return (await fetch(`${api}/readyz`, { signal: AbortSignal.timeout(1000) })).ok
  } catch {
    return false
  }
}

/** The numbers of a condition, short enough for one line: `p99 612 ms, 2 of 3 times`. */
export function explain(because: Because): string {
  const inner = because.of?.map(explain).join(because.kind === 'or' ? ' or ' : ', ') ?? ''
  if (because.counted !== undefined) return `${inner}${inner === '' ? '' : ', '}${because.counted.have} of ${because.counted.need} times`
  if (because.held !== undefined) return `${inner}, for ${because.held.haveNs / 1e9} of ${because.held.needNs / 1e9} s`
  if (because.left !== undefined) return `${because.left.text.replace(/^span\(.*?\)\./, '')} ${show(because.left)}`
  return inner === '' ? because.text : inner
}

function show({ value, type }: NonNullable<Because['left']>): string {
  if (value === undefined || value === null) return 'unknown'
  switch (type) {
    case 'duration':
      return `${Math.round(value / 1e6)} ms`
    case 'rate':
      return `${value.toFixed(0)}/s`
    case 'ratio':
      return `${(value * 100).toFixed(0)} %`
    default:
      return String(Math.round(value * 100) / 100)
  }
}

/** Follows the decisions as server-sent events until `stop`, also over restarts of the daemon. */
export async function follow(api: string, decided: (record: DecisionRecord) => void, stop: AbortSignal): Promise<void> {
  let lastId: string | undefined
  while (!stop.aborted) {
    try {
      const headers: Record<string, string> = lastId === undefined ? {} : { 'last-event-id': lastId }
      const response = await fetch(`${api}/v1/decisions`, { headers: { ...headers, accept: 'text/event-stream' }, signal: stop })
      let rest = ''
      for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
        const events = (rest + chunk).split('\n\n')
        rest = events.pop() ?? ''
        for (const event of events) {
          const data = /^data: (.*)$/m.exec(event)?.[1]
          lastId = /^id: (.*)$/m.exec(event)?.[1] ?? lastId
          if (data !== undefined) decided(JSON.parse(data) as DecisionRecord)
        }
      }
    } catch {
      // Not there: down, not up yet, or `stop`.
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
