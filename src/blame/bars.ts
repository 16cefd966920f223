/** The spans of a trace as they are drawn: a call and its answer as one, clocks set right. */
import { canonicalOperation } from '../spans/index.ts'
import { clientKind, noRow, type TraceLog } from './log.ts'

export interface Bar {
  readonly parent: Bar | undefined
  readonly depth: number
  readonly service: string
  readonly name: string
  /** The caller's view, nanoseconds since the trace's begin. */
  readonly from: number
  readonly until: number
  /** The caller stops waiting; then come, until the end, only those answers that nobody waits for. */
  readonly waited: number
  /** The span itself, within that. */
  readonly begin: number
  readonly end: number
  readonly duration: number
  readonly self: number
  readonly gap: number
  readonly critical: number
}

interface Visit {
  readonly row: number
  readonly parent: Bar | undefined
  /** By how much the parent's clock was set right. */
  readonly shift: number
}

/** Parents before their children, siblings by start. */
export function barsOf(log: TraceLog, trace: number): Bar[] {
  const first = log.firstRow[trace] as number
  const rows = Array.from({ length: log.endOf(trace) - first }, (_, i) => first + i)
  const children = Map.groupBy(rows, (row) => log.parent[row] as number)
  const started = (row: number): number => (log.start[row] as number) - (log.begin[trace] as number)
  const below = (row: number): readonly number[] => (children.get(row) ?? []).sort((a, b) => started(a) - started(b) || a - b)
  const bars: Bar[] = []
  // A stack of its own: chains may be deeper than the engine's.
  const open = below(noRow).map((row): Visit => ({ row, parent: undefined, shift: 0 }))
  open.reverse()
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { row, parent, shift } = next
    const callee = answerOf(log, row, below(row))
    const from = started(row) + shift
    const until = from + (log.duration[row] as number)
    const own = callee ?? row
    const moved = callee === undefined ? shift : shiftOf(started(callee), log.duration[callee] as number, from, until - from)
    const begin = started(own) + moved
    const end = begin + (log.duration[own] as number)
    const bar = barOf(log, own, parent, { from, until: Math.max(end, until), waited: until, begin, end })
    bars.push(bar)
    for (const child of below(own).toReversed()) open.push({ row: child, parent: bar, shift: moved })
  }
  return bars
}

/** The callee of a CLIENT span that has this one child. Messages are spans of their own: nobody waits for their end. */
function answerOf(log: TraceLog, row: number, children: readonly number[]): number | undefined {
  const [callee] = children
  return log.kind[row] === clientKind && children.length === 1 && callee !== undefined && !Number.isNaN(log.seen[callee] as number) ? callee : undefined
}

/** The callee's clock is another one: it lies within its call, in the middle if its clock says otherwise; unless its caller gave up. */
function shiftOf(begin: number, length: number, from: number, seen: number): number {
  if (begin >= from && begin + length <= from + seen) return 0
  if (length > seen) return begin >= from && begin <= from + seen ? 0 : from - begin
  return from + (seen - length) / 2 - begin
}

function barOf(log: TraceLog, row: number, parent: Bar | undefined, times: Pick<Bar, 'from' | 'until' | 'waited' | 'begin' | 'end'>): Bar {
  const service = log.dictionary.text(log.service[row] as number)
  const operation = shortened(log.dictionary.text(log.operation[row] as number))
  return {
    parent,
    depth: parent === undefined ? 0 : parent.depth + 1,
    service,
    name: parent?.service === service ? operation : `${service}${operation.startsWith('/') ? ' ' : '/'}${operation}`,
    ...times,
    duration: log.duration[row] as number,
    self: log.self[row] as number,
    gap: log.gap[row] as number,
    critical: log.critical[row] as number,
  }
}

/** Of an RPC its method, as rules may name it. */
function shortened(operation: string): string {
  const canonical = canonicalOperation(operation)
  return /^[\w.]+\/\w+$/.test(canonical) ? canonical.slice(canonical.lastIndexOf('/') + 1) : canonical
}
