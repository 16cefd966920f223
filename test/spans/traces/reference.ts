/**
 * What a trace means, by brute force: every moment is looked at, every span asked of every other. The definition of self, seen, gap and critical; the
 * assembler must agree with it on any set of spans.
 */
import type { Kind, Span } from './builders.ts'

export interface Meaning {
  readonly id: number
  readonly kind: Kind
  readonly parent: number | undefined
  readonly depth: number
  readonly self: number
  readonly seen: number
  readonly gap: number
  readonly critical: number
  /** It called, and nobody answered. */
  readonly unanswered: boolean
}

export interface Reference {
  readonly spans: readonly Meaning[]
  readonly path: number
  readonly duplicate: number
  readonly orphans: number
  readonly roots: number
  readonly cycles: number
}

interface Node {
  readonly span: Span
  readonly calls: boolean
  readonly duration: number
  parent: Node | undefined
  from: number
  to: number
  shift: number
  gap: number
  seen: number
  critical: number
}

/** A quarter of the finest step of a test's times, which centring halves at most once. */
const moment = 0.5

/** One trace, of spans in whole milliseconds. `everything`: those of all traces, which its links may point into. */
export function meaningOf(spans: readonly Span[], everything: readonly Span[] = spans): Reference {
  const all = [...spans].sort(canonically)
  const nodes: Node[] = []
  for (const span of all) {
    if (nodes.some((n) => n.span.id === span.id && n.calls === callsOf(span))) continue
    const [from, to] = [span.from, span.to]
    nodes.push({ span, calls: callsOf(span), duration: to - from, parent: undefined, from, to, shift: 0, gap: 0, seen: Number.NaN, critical: 0 })
  }
  let orphans = 0
  let roots = 0
  for (const node of nodes) {
    node.parent = parentOf(node, nodes)
    if (node.parent !== undefined) continue
    if (node.span.parent === undefined) roots++
    else orphans++
  }
  const cycles = cutCycles(nodes)
  for (const node of [...nodes].sort((a, b) => depthOf(a) - depthOf(b))) correctClock(node)
  const parts = nodes.filter((n) => n.parent === undefined || isMessage(n, n.parent) || (n.from >= n.parent.to && n.to > n.parent.to))
  const waitedFor = (node: Node): Node[] => nodes.filter((n) => n.parent === node && !parts.includes(n))
  const payers = new Map<Node, Node>()
  const selves = new Map<Node, number>()
  for (const node of nodes) {
    const { parent } = node
    if (parent?.calls === true && isRemote(node, parent)) {
      node.seen = parent.duration
      if (isMessage(node, parent)) node.gap = Math.max(0, node.from - parent.to)
    }
    const children = waitedFor(node)
    const uncovered = moments(node.from, node.to).filter((t) => !children.some((c) => c.from < t && t <= c.to)).length * moment
    const callees = children.filter((c) => node.span.kind === 'client' && isRemote(c, node))
    const payer = callees.reduce<Node | undefined>((last, c) => (last === undefined || c.to > last.to ? c : last), undefined)
    if (payer !== undefined) {
      payers.set(node, payer)
      payer.gap = uncovered
    }
    selves.set(node, payer === undefined ? uncovered : 0)
  }
  for (const node of nodes) {
    const sender = node.span.kind === 'consumer' && Number.isNaN(node.seen) ? senderOf(node.span, everything) : undefined
    if (sender === undefined) continue
    node.seen = sender.to - sender.from
    node.gap = Math.max(0, node.from - sender.to)
  }
  let path = 0
  for (const part of parts) {
    const wait = part.gap
    part.critical += wait
    path += wait + part.duration
    walk(part, part.from, part.to)
  }
  function walk(node: Node, from: number, until: number): void {
    let at = until
    while (at > from) {
      const running = waitedFor(node).filter((c) => c.from < at && c.to >= at)
      const last = running.reduce<Node | undefined>((l, c) => (l === undefined || c.to > l.to ? c : l), undefined)
      if (last === undefined) {
        const payer = payers.get(node) ?? node
        payer.critical += moment
        at -= moment
      } else {
        const back = Math.max(last.from, from)
        walk(last, back, at)
        at = back
      }
    }
  }
  return {
    spans: nodes.map((n) => ({
      id: n.span.id,
      kind: n.span.kind ?? 'internal',
      parent: n.parent?.span.id,
      depth: depthOf(n),
      self: selves.get(n) as number,
      seen: n.seen,
      gap: n.gap,
      critical: n.critical,
      unanswered: n.calls && !nodes.some((other) => other.parent === n && isRemote(other, n)),
    })),
    path,
    duplicate: all.length - nodes.length,
    orphans,
    roots,
    cycles,
  }
}

/** Of the producers that the links name the one that has been done for longest. */
function senderOf({ links = [] }: Span, spans: readonly Span[]): Span | undefined {
  const named = spans.filter((span) => span.kind === 'producer' && links.some(({ trace = 1, id }) => (span.trace ?? 1) === trace && span.id === id))
  return named.sort((a, b) => a.to - b.to || b.from - a.from)[0]
}

function canonically(a: Span, b: Span): number {
  return a.from - b.from || b.to - a.to || a.id - b.id || Number(callsOf(b)) - Number(callsOf(a)) || contents(a) - contents(b)
}

/** Enough of what a test's copies differ in: the assembler compares kinds first, then texts, then parents. */
function contents(a: Span): number {
  const kind = ['internal', 'server', 'client', 'producer', 'consumer'].indexOf(a.kind ?? 'internal')
  return kind * 1e6 + a.service.charCodeAt(0) * 1e3 + (a.parent ?? 0)
}

function callsOf({ kind }: Span): boolean {
  return kind === 'client' || kind === 'producer'
}

function parentOf(node: Node, nodes: readonly Node[]): Node | undefined {
  if (!node.calls) {
    const caller = nodes.find((n) => n.calls && n.span.id === node.span.id)
    if (caller !== undefined) return caller
  }
  const found = nodes.filter((n) => n.span.id === node.span.parent)
  const [caller, callee] = [found.find((n) => n.calls), found.find((n) => !n.calls)]
  if (caller !== undefined && callee !== undefined) {
    return caller.span.service === node.span.service && callee.span.service !== node.span.service ? caller : callee
  }
  return caller ?? callee
}

function cutCycles(nodes: readonly Node[]): number {
  let cycles = 0
  // In canonical order: the first of a circle is the one that is cut.
  for (const node of nodes) {
    let above = node.parent
    for (let i = 0; i < nodes.length && above !== undefined && above !== node; i++) above = above.parent
    if (above !== node) continue
    node.parent = undefined
    cycles++
  }
  return cycles
}

function depthOf(node: Node): number {
  return node.parent === undefined ? 0 : depthOf(node.parent) + 1
}

function isRemote(node: Node, parent: Node): boolean {
  return parent.span.service !== node.span.service || (parent.calls && (node.span.kind === 'server' || node.span.kind === 'consumer'))
}

function isMessage(node: Node, parent: Node): boolean {
  return isRemote(node, parent) && (parent.span.kind === 'producer' || node.span.kind === 'consumer')
}

function correctClock(node: Node): void {
  const { parent } = node
  if (parent === undefined) return
  node.shift = isRemote(node, parent) ? correction(node, parent) : parent.shift
  node.from += node.shift
  node.to += node.shift
}

function correction(node: Node, parent: Node): number {
  const early = Math.max(0, parent.from - node.from)
  if (isMessage(node, parent)) return early
  if (node.duration >= parent.duration) return parent.span.kind === 'client' ? parent.from - node.from : early
  const fits = node.from >= parent.from && node.to <= parent.to
  return fits ? 0 : parent.from + (parent.duration - node.duration) / 2 - node.from
}

/** The ends of all moments in (from, to]. */
function moments(from: number, to: number): number[] {
  return Array.from({ length: Math.round((to - from) / moment) }, (_, i) => from + (i + 1) * moment)
}
