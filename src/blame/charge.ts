/**
 * The chosen method: by how much each call of an operation rose, as far as most of its calls did, and at whose door that is laid. What a service
 * does itself is its own. What lies between a caller's span and the callee's is the callee's (queueing, connecting, network), unless the
 * caller's other calls rose as well: then the caller was starved and came late to its answers, or its own network was slow.
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
}

export function addedBy({ self, gap, calls }: Charge): number {
  return self + gap + calls
}

/** By service code, of `traces` traces in the window. */
export function charge(
  cells: readonly Cell[],
  shifts: readonly (Shift | undefined)[],
  traces: number,
  { caution }: ChargeOptions = defaultCharge,
): Map<number, Charge> {
  const charges = new Map<number, Charge>()
  const add = (service: number, part: keyof Charge, ns: number): void => {
    const old = charges.get(service) ?? { self: 0, gap: 0, calls: 0 }
    charges.set(service, { ...old, [part]: old[part] + ns })
  }
  const edges = new Map<string, Edge>()
  for (const [i, { kind, service, caller }] of cells.entries()) {
    add(service, 'self', 0)
    const shift = shifts[i]
    if (shift === undefined) continue
    const calls = shift.after / Math.max(1, traces)
    const rise = calls * Math.max(0, shift.rise) * certainty(shift, caution)
    if (kind === 'self' || caller === service) {
      add(service, kind, rise)
      continue
    }
    const key = `${caller} ${service}`
    const edge = edges.get(key) ?? { caller, callee: service, calls: 0, rise: 0, measured: 0 }
    edges.set(key, { ...edge, calls: edge.calls + calls, rise: edge.rise + rise, measured: edge.measured + calls * Math.max(0, shift.rise) })
  }
  const all = [...edges.values()].filter(({ calls }) => calls > 0)
  for (const edge of all) {
    const callers = Math.min(edge.calls * ofTheCaller(edge, all), edge.rise)
    add(edge.caller, 'calls', callers)
    add(edge.callee, 'gap', edge.rise - callers)
  }
  return charges
}

/** All calls from one service to another, a trace. */
interface Edge {
  readonly caller: number
  readonly callee: number
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
