/**
 * Two texts as a unified diff, as patch(1) reads it. Lines that each text has once anchor the rest (the "patience diff" of Bram Cohen): that keeps moved and
 * repeated lines together, and takes no longer than sorting.
 */

export interface DiffOptions {
  readonly colour: boolean
  /** Lines around a change. */
  readonly context?: number
}

interface Edit {
  readonly sign: ' ' | '-' | '+'
  readonly line: string
}

/** Empty if the texts are the same. */
export function unifiedDiff(name: string, before: string, after: string, { colour, context = 3 }: DiffOptions): string {
  if (before === after) return ''
  const edits: Edit[] = []
  compare(linesOf(before), linesOf(after), edits)
  const paint = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)
  let out = `${paint(1, `--- ${name}\n+++ ${name}`)}\n`
  let oldLine = 1
  let newLine = 1
  let at = 0
  for (const { start, end } of hunks(edits, context)) {
    for (; at < start; at++) {
      oldLine++
      newLine++
    }
    const shown = edits.slice(start, end)
    const olds = shown.filter(({ sign }) => sign !== '+').length
    const news = shown.filter(({ sign }) => sign !== '-').length
    out += `${paint(36, `@@ -${range(oldLine, olds)} +${range(newLine, news)} @@`)}\n`
    for (const { sign, line } of shown) {
      const text = `${sign}${line.replace(/\n$/, '')}`
      out += `${sign === ' ' ? text : paint(sign === '-' ? 31 : 32, text)}\n`
      if (!line.endsWith('\n')) out += '\\ No newline at end of file\n'
    }
    oldLine += olds
    newLine += news
    at = end
  }
  return out
}

/** Lines with their ends. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function range(line: number, count: number): string {
  return count === 1 ? `${line}` : `${count === 0 ? line - 1 : line},${count}`
}

/** Runs of edits that are changes or near one. */
function hunks(edits: readonly Edit[], context: number): { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = []
  for (const [i, { sign }] of edits.entries()) {
    if (sign === ' ') continue
    const last = found.at(-1)
    const start = Math.max(0, i - context)
    const end = Math.min(edits.length, i + context + 1)
    if (last !== undefined && start <= last.end) last.end = end
    else found.push({ start, end })
  }
  return found
}

function compare(before: readonly string[], after: readonly string[], edits: Edit[]): void {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let tail = 0
  const most = Math.min(before.length, after.length) - start
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  for (const line of before.slice(0, start)) edits.push({ sign: ' ', line })
  compareMiddle(before.slice(start, before.length - tail), after.slice(start, after.length - tail), edits)
  for (const line of before.slice(before.length - tail)) edits.push({ sign: ' ', line })
}

function compareMiddle(before: readonly string[], after: readonly string[], edits: Edit[]): void {
  const anchors = before.length === 0 || after.length === 0 ? [] : anchorsOf(before, after)
  if (anchors.length === 0) {
    for (const line of before) edits.push({ sign: '-', line })
    for (const line of after) edits.push({ sign: '+', line })
    return
  }
  let oldStart = 0
  let newStart = 0
  for (const { old, now } of [...anchors, { old: before.length, now: after.length }]) {
    compare(before.slice(oldStart, old), after.slice(newStart, now), edits)
    if (old < before.length) edits.push({ sign: ' ', line: before[old] as string })
    oldStart = old + 1
    newStart = now + 1
  }
}

interface Anchor {
  readonly old: number
  readonly now: number
  readonly previous: Anchor | undefined
}

/** The longest series of lines that both texts have once, in the same order. */
function anchorsOf(before: readonly string[], after: readonly string[]): Anchor[] {
  const places = uniquePlaces(after)
  // Patience sorting: the piles' top cards, each the end of the shortest-ending series of its length.
  const tops: Anchor[] = []
  for (const [line, old] of uniquePlaces(before)) {
    const now = places.get(line)
    if (now === undefined) continue
    let pile = tops.length
    while (pile > 0 && (tops[pile - 1] as Anchor).now > now) pile--
    tops[pile] = { old, now, previous: tops[pile - 1] }
  }
  const series: Anchor[] = []
  for (let anchor = tops.at(-1); anchor !== undefined; anchor = anchor.previous) series.push(anchor)
  return series.reverse()
}

function uniquePlaces(lines: readonly string[]): Map<string, number> {
  const places = new Map<string, number>()
  const repeated = new Set<string>()
  for (const [i, line] of lines.entries()) {
    if (places.has(line)) repeated.add(line)
    places.set(line, i)
  }
  for (const line of repeated) places.delete(line)
  return places
}
