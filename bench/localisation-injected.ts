/**
 * Which signal names the service at fault, on faults that were added by arithmetic to recordings without one: every service in turn is put behind a
 * slow network or starved of CPU, in the second half. Nothing was chosen on these; they tell how the method does on services and sizes that
 * the recorded incidents do not have. A slow network delays calls to the service and from it; a starved one takes longer itself, and both
 * its callers and itself wait longer for answers.
 */
import { globSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { blame, noRow, seededRandom, type TraceLog, type Window } from '../src/blame/index.ts'
import { readTraces } from '../src/cli/blame/read.ts'
import { isRecording, openRecording } from '../src/recordings/index.ts'
import type { Row } from './report.ts'

const folder = new URL('../../shared/data/faultfree/', import.meta.url).pathname

/** Nanoseconds by which a call is delayed on average. */
const sizes = [10e6, 40e6, 200e6]
const kinds = ['slow network', 'little CPU', 'waits only'] as const
type Kind = (typeof kinds)[number]
const signalNames = ['plain', 'self', 'own', 'critical', 'added'] as const
/** Of long recordings so much on either side of the middle is compared. */
const longest = 120e9

export default async function measure(): Promise<Row[]> {
  const files = globSync(`${folder}*/traces.binpb.gz`).sort()
  if (files.length === 0) return [{ what: 'skipped: there are no recordings beside this checkout', figure: 0, unit: 'recordings' }]
  const rows: Row[] = []
  for (const file of files) {
    const recording = await openRecording(file)
    if (!isRecording(recording)) throw new Error(recording.message)
    const { log } = await readTraces(recording)
    for (const kind of kinds) for (const size of sizes) rows.push(rowOf(basename(dirname(file)), log, kind, size))
  }
  return rows
}

function rowOf(name: string, log: TraceLog, kind: Kind, size: number): Row {
  const { baseline, window } = halves(log)
  const hits = new Map(signalNames.map((signal) => [signal, 0]))
  let faults = 0
  for (const service of servicesOf(log, baseline, window)) {
    const undo = inject(log, service, kind, size, window)
    const { services } = blame(log, baseline, window, { random: seededRandom(1), resamples: 0 })
    undo()
    faults++
    for (const signal of signalNames) {
      const first = services.reduce((a, b) => ((b[signal] ?? 0) > (a[signal] ?? 0) ? b : a))
      if (first.service === log.dictionary.text(service)) hits.set(signal, (hits.get(signal) ?? 0) + 1)
    }
  }
  const others = signalNames.filter((signal) => signal !== 'added').map((signal) => `${signal} ${hits.get(signal)}`)
  return { what: `hit@1, ${name}: ${kind}, ${size / 1e6} ms`, figure: hits.get('added') ?? 0, unit: `of ${faults}`, note: others.join(', ') }
}

function halves(log: TraceLog): { readonly baseline: Window; readonly window: Window } {
  const begins = log.begin.subarray(0, log.traces)
  const [from, to] = [begins.reduce((a, b) => Math.min(a, b)), begins.reduce((a, b) => Math.max(a, b)) + 256]
  const middle = (from + to) / 2
  return { baseline: { from: Math.max(from, middle - longest), to: middle }, window: { from: middle, to: Math.min(to, middle + longest) } }
}

/** Those that both windows have. */
function servicesOf(log: TraceLog, ...windows: readonly Window[]): number[] {
  const [first, second] = windows.map(({ from, to }) => {
    const services = new Set<number>()
    for (let row = 0; row < log.spans; row++) {
      const begin = log.begin[log.trace[row] as number] as number
      if (begin >= from && begin < to) services.add(log.service[row] as number)
    }
    return services
  })
  return [...(first ?? [])].filter((service) => second?.has(service))
}

/** Changes the window's self, gap, critical and duration columns; returns what undoes it. Parents are lengthened by what their children took longer. */
function inject(log: TraceLog, service: number, kind: Kind, size: number, { from, to }: Window): () => void {
  const columns = [log.self, log.gap, log.critical, log.duration] as const
  const saved = columns.map((column) => column.slice(0, log.spans))
  const random = seededRandom(service + size)
  const exponential = (): number => -Math.log(1 - random()) * size
  for (let row = 0; row < log.spans; row++) {
    const begin = log.begin[log.trace[row] as number] as number
    if (begin < from || begin >= to) continue
    const caller = log.callerOf(row)
    const isCalled = log.service[row] === service
    const calls = caller === service && !isCalled
    const isRemote = caller !== log.service[row]
    let [self, gap] = [0, 0]
    if (kind === 'slow network') {
      if (isRemote && (isCalled || calls)) gap = size * (0.95 + 0.1 * random())
    } else if (random() < 0.7) {
      if (isCalled && !log.isCall(row) && kind === 'little CPU') self = 0.4 * exponential()
      if (isCalled && isRemote) gap = 0.6 * exponential()
      if (calls) gap = 0.5 * exponential()
    }
    if (self + gap === 0) continue
    const onPath = (saved[2]?.[row] ?? 0) > 0
    log.self[row] = (log.self[row] as number) + self
    log.gap[row] = (log.gap[row] as number) + gap
    if (onPath) log.critical[row] = (log.critical[row] as number) + self + gap
    log.duration[row] = (log.duration[row] as number) + self
    for (let above = log.parent[row] as number; above !== noRow; above = log.parent[above] as number) {
      log.duration[above] = (log.duration[above] as number) + self + gap
    }
  }
  return () => {
    for (const [i, column] of columns.entries()) column.set(saved[i] as Float64Array)
  }
}
