/** Clocks that disagree: a remote child that its parent cannot have seen so is moved, and what is local to it with it. */
import { clientKind, noRow, type Shape } from './shape.ts'

/**
 * Moves `start` and `end` of the shape's rows; returns how many spans' clocks were corrected, not counting those that follow theirs. As Jaeger's
 * clock-skew adjuster (`adjuster/clockskew.go`) does it: a remote child that fits into its parent stays; one that does not is put into the middle of it,
 * as if the network took as long there as back; one that lasted longer than its parent only never begins before it. Of messages only the last holds. A
 * callee that lasted longer than its CLIENT span (the caller gave up) begins with it, so that the two differ by their durations alone.
 */
export function correctClocks(shape: Shape): number {
  const { start, end, parent, shift } = shape
  let corrected = 0
  for (let i = 0; i < shape.length; i++) {
    const row = shape.topDown[i] as number
    const above = parent[row] as number
    shift[row] = 0
    if (above === noRow) continue
    const remote = shape.isRemote(row)
    // What is local to the parent has the parent's clock.
    const move = remote ? correction(shape, row, above) : (shift[above] as number)
    shift[row] = move
    if (move === 0) continue
    if (remote && !outlives(shape, row, above)) corrected++
    start[row] = (start[row] as number) + move
    end[row] = (end[row] as number) + move
  }
  return corrected
}

function correction(shape: Shape, row: number, above: number): number {
  const [from, to] = [shape.start[row] as number, shape.end[row] as number]
  const [fromAbove, toAbove] = [shape.start[above] as number, shape.end[above] as number]
  const room = (shape.duration[above] as number) - (shape.duration[row] as number)
  if (shape.isMessage(row)) return Math.max(0, fromAbove - from)
  if (room <= 0) return shape.kind[above] === clientKind || from < fromAbove ? fromAbove - from : 0
  if (from >= fromAbove && to <= toAbove) return 0
  return fromAbove + Math.floor(room / 2) - from
}

/** The callee began within its CLIENT span and lasted longer than that: no clock need be wrong. */
function outlives(shape: Shape, row: number, above: number): boolean {
  const from = shape.start[row] as number
  const begunWithin = from >= (shape.start[above] as number) && from <= (shape.end[above] as number)
  return begunWithin && (shape.duration[row] as number) >= (shape.duration[above] as number)
}
