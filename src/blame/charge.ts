/**
 * The chosen method: by how much each call of an operation rose, as far as most of its calls did, and at whose door that is laid. What a service
 * does itself is its own. What lies between a caller's span and the callee's is the callee's (queueing, connecting, network), unless the
 * caller's other calls rose as well: then the caller was starved and came late to its answers, or its own network was slow.
 *
 * Of a peer, which sends no spans itself, only its callers' spans are known: what they took longer is charged to it as its own, unless the caller's other
 * calls rose as well.
 *
 * What messages wait in a queue is the taker's, which has too few workers; but not as far as each message now occupies a worker longer. A worker that takes
 * four times as long has lost three quarters of what it could take out of the queue, and so much of the wait belongs to whatever made it slower: it
 * is dealt out like the rises of the taker and of the services behind it.
 *
 * A rise per call, times the calls of a trace in the window, is compared, and not totals: traffic that falls while clients wait (closed loops)
 * and a changed mix of requests change totals, not calls. Only rises count: what a service saved in one place, by chance or because it
 * fails sooner, does not excuse what it added in another.
 */
import type { Cell, Shift } from './comparison.ts'

export interface ChargeOptions {
  /**
   * A rise counts by its Cliff's delta d, shrunk to d · d²/(d² + (caution · e)²) with d's standard error e if nothing had changed: a few
   * calls that took long by chance make a mean rise, and not its delta; a few calls altogether make neither count for much.
   */
  readonly caution: number
}

/** The usual two standard errors. On recorded incidents every value from 0 to 3 names the same services: see bench/localisation.ts. */
export const defaultCharge: ChargeOptions = { caution: 2 }

/** What a service added to a trace, nanoseconds. */
export interface Charge {
  /** In itself. */
  readonly self: number
  /** On the way to it. */
  readonly gap: number
  /** In its calls to others, as far as they all rose. */
  readonly calls: number
  /** In a queue before a service that waits for it. */
  readonly queue: number
}

export const nothing: Charge = { self: 0, gap: 0, calls: 0, queue: 0 }

export function addedBy({ self, gap, calls, queue }: Charge): number {
  return self + gap + calls + queue
}

/** What is charged. */
export interface Risen {
  readonly cells: readonly Cell[]
  /** By the service that takes messages: itself, and the services that were called for one. */
  readonly behind: ReadonlyMap<number, ReadonlySet<number>>
}

/** By service code, of `traces` traces in the window. */
export function charge(
  { cells, behind }: Risen,
  shifts: readonly (Shift | undefined)[],
  traces: number,
  { caution }: ChargeOptions = defaultCharge,
): Map<number, Charge> {
  const charges = new Map<number, Charge>()
  const add = (service: number, part: keyof Charge, ns: number): void => {
    const old = charges.get(service) ?? nothing
    charges.set(service, { ...old, [part]: old[part] + ns })
  }
  const edges = new Map<string, Edge>()
  const lost = lostTurns(cells, shifts, caution)
  const waited = new Map<number, number>()
  for (const [i, { kind, service, caller }] of cells.entries()) {
    add(service, 'self', 0)
    const shift = shifts[i]
    if (shift === undefined || kind === 'turn') continue
    const calls = shift.calls / Math.max(1, traces)
    let rise = calls * Math.max(0, shift.rise) * certainty(shift, caution)
    if (kind === 'queue') {
      const passedOn = rise * (lost.get(service) ?? 0)
      waited.set(service, (waited.get(service) ?? 0) + passedOn)
      rise -= passedOn
    }
    if (kind === 'self' || (caller === service && kind !== 'peer')) {
      add(service, kind === 'self' ? 'self' : 'gap', rise)
      continue
    }
    const part = kind === 'peer' ? 'self' : 'gap'
    const key = `${part} ${caller} ${service}`
    const edge = edges.get(key) ?? { caller, callee: service, part, calls: 0, rise: 0, measured: 0 }
    edges.set(key, { ...edge, calls: edge.calls + calls, rise: edge.rise + rise, measured: edge.measured + calls * Math.max(0, shift.rise) })
  }
  const all = [...edges.values()].filter(({ calls }) => calls > 0)
  for (const edge of all) {
    const callers = Math.min(edge.calls * ofTheCaller(edge, all), edge.rise)
    add(edge.caller, 'calls', callers)
    add(edge.callee, edge.part, edge.rise - callers)
  }
  const direct = new Map([...charges].map(([service, of]) => [service, addedBy(of)]))
  for (const [taker, ns] of waited) {
    const slower = [...(behind.get(taker) ?? [])].map((service) => ({
      service,
      ns: service === taker ? (charges.get(taker)?.self ?? 0) : (direct.get(service) ?? 0),
    }))
    const all = slower.reduce((sum, part) => sum + part.ns, 0)
    if (all === 0) add(taker, 'gap', ns)
    else for (const part of slower) add(part.service, 'queue', (ns * part.ns) / all)
  }
  return charges
}

/** By the service that takes messages: the share of what it could take before that it cannot take now, because each message occupies it longer. */
function lostTurns(cells: readonly Cell[], shifts: readonly (Shift | undefined)[], caution: number): ReadonlyMap<number, number> {
  const turns = new Map<number, { before: number; rise: number }>()
  for (const [i, { kind, service }] of cells.entries()) {
    const shift = shifts[i]
    if (kind !== 'turn' || shift === undefined) continue
    const { before, rise } = turns.get(service) ?? { before: 0, rise: 0 }
    turns.set(service, { before: before + shift.calls * shift.mean, rise: rise + shift.calls * Math.max(0, shift.rise) * certainty(shift, caution) })
  }
  return new Map([...turns].map(([service, { before, rise }]) => [service, rise > 0 ? rise / (before + rise) : 0]))
}

/** All calls from one service to another, a trace. */
interface Edge {
  readonly caller: number
  readonly callee: number
  /** What the callee is charged with. */
  readonly part: 'self' | 'gap'
  readonly calls: number
  /** Nanoseconds; as far as it is certain, and as it was measured. */
  readonly rise: number
  readonly measured: number
}

/** Nanoseconds a call by which the caller's other calls rose too, insofar as the callee's other callers did not see the like. */
function ofTheCaller(edge: Edge, edges: readonly Edge[]): number {
  const elsewhere = edges.filter(({ caller, callee }) => caller === edge.caller && callee !== edge.callee)
  const others = edges.filter(({ caller, callee }) => callee === edge.callee && caller !== edge.caller)
  const rise = edge.rise / edge.calls
  // Of a caller with one callee the callee's other callers tell: what they did not see is the caller's.
  if (elsewhere.length === 0) return others.length === 0 ? 0 : Math.max(0, rise - Math.max(...others.map(({ measured, calls }) => measured / calls)))
  const out = lowerMedian(elsewhere)
  const into = others.length === 0 ? 0 : lowerMedian(others)
  return out + into > rise && out > 0 ? (rise * out) / (out + into) : out
}

function lowerMedian(edges: readonly Edge[]): number {
  const rises = edges.map(({ rise, calls }) => rise / calls).sort((a, b) => a - b)
  return rises[(rises.length - 1) >> 1] as number
}

/** 0 to 1. */
function certainty({ rise, delta, before, after }: Shift, caution: number): number {
  if (rise <= 0 || delta <= 0) return 0
  // Of the Mann–Whitney statistic, without ties.
  const variance = (before + after + 1) / (3 * before * after)
  return delta ** 3 / (delta ** 2 + caution ** 2 * variance)
}
