/**
 * Which service is at fault, on every recorded incident: where the injected service ranks by the rise of plain server p99, of self, own and
 * critical time, and by what `scalec blame` charges it. The window begins with the fault. The method's only parameter is also chosen with each fault left
 * out in turn, together with its other recording.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { type BlamedService, type BlameReport, blame, findChange, seededRandom, type TraceLog, type Window } from '../src/blame/index.ts'
import { readTraces } from '../src/cli/blame/read.ts'
import { isRecording, openRecording } from '../src/recordings/index.ts'
import type { Row } from './report.ts'

const folder = new URL('../../shared/data/incidents/', import.meta.url).pathname

const signalNames = ['plain', 'self', 'own', 'critical', 'blame'] as const
type Signal = (typeof signalNames)[number]

const cautions = [0, 0.5, 1, 1.5, 2, 2.5, 3]
/** Windows and baselines that are cut short, in nanoseconds. */
const windowCuts = [Number.POSITIVE_INFINITY, 60e9, 30e9, 15e9]
const baselineCuts = [Number.POSITIVE_INFINITY, 30e9]

interface Incident {
  readonly name: string
  /** As in `service.name`. */
  readonly service: string
  readonly baseline: Window
  readonly window: Window
  readonly log: TraceLog
}

export default async function measure(): Promise<Row[]> {
  const files = globSync(`${folder}*/truth.json`).sort()
  if (files.length === 0) return [{ what: 'skipped: there are no recorded incidents beside this checkout', figure: 0, unit: 'incidents' }]
  const incidents: Incident[] = []
  for (const file of files) incidents.push(await incidentOf(file))
  const ranked = incidents.map((incident) => ({ incident, report: reportOf(incident) }))
  return [
    ...ranked.map(({ incident, report }) => rowOf(incident, report)),
    ...signalNames.flatMap((signal) => [1, 3].map((k) => hits(`hit@${k}, ${signal}`, ranked, signal, k))),
    ...leaveOneOut(incidents),
    ...shortWindows(incidents),
    found(incidents),
  ]
}

async function incidentOf(file: string): Promise<Incident> {
  const truth = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly splicedFaultEnd?: string
    readonly faults: readonly { readonly service: string; readonly startUnixNano: string }[]
  }
  const [fault] = truth.faults
  if (fault === undefined) throw new Error(`${file} names no fault`)
  const binary = `${dirname(file)}/traces.binpb.gz`
  const recording = await openRecording(existsSync(binary) ? binary : `${dirname(file)}/traces.jsonl.gz`)
  if (!isRecording(recording)) throw new Error(recording.message)
  const { log } = await readTraces(recording)
  const start = Number(fault.startUnixNano)
  const end = truth.splicedFaultEnd === undefined ? Number.POSITIVE_INFINITY : Date.parse(truth.splicedFaultEnd) * 1e6
  return {
    name: basename(dirname(file)),
    service: fault.service,
    baseline: { from: 0, to: start },
    window: { from: start, to: end },
    log,
  }
}

function reportOf({ log, baseline, window }: Incident, caution?: number): BlameReport {
  return blame(log, baseline, window, { random: seededRandom(1), resamples: 0, ...(caution === undefined ? {} : { caution }) })
}

/** Of the service at fault, from 1; infinite where it is not among the ranked. */
function rankOf({ service }: Incident, { services }: BlameReport, signal: Signal): number {
  const value = (of: BlamedService): number => (signal === 'blame' ? of.added : (of[signal] ?? Number.NEGATIVE_INFINITY))
  const own = services.find((of) => of.service === service)
  if (own === undefined || (signal === 'blame' && own.added <= 0)) return Number.POSITIVE_INFINITY
  return 1 + services.filter((of) => value(of) > value(own)).length
}

function rowOf(incident: Incident, report: BlameReport): Row {
  const others = signalNames.filter((signal) => signal !== 'blame').map((signal) => `${signal} ${String(rankOf(incident, report, signal)).padStart(2)}`)
  const traces = `${report.tracesBefore} traces before, ${report.tracesAfter} after`
  return { what: `${incident.name}: ${incident.service}`, figure: rankOf(incident, report, 'blame'), unit: 'rank', note: `${others.join(', ')}; ${traces}` }
}

function hits(what: string, ranked: readonly { readonly incident: Incident; readonly report: BlameReport }[], signal: Signal, k: number): Row {
  const figure = ranked.filter(({ incident, report }) => rankOf(incident, report, signal) <= k).length
  return { what, figure, unit: `of ${ranked.length}` }
}

/** The fault of a recording and of the longer one that was made of it. */
function faultOf({ name }: Incident): string {
  return name.replace(/-spliced$/, '')
}

function leaveOneOut(incidents: readonly Incident[]): Row[] {
  const ranks = incidents.map((incident) => cautions.map((caution) => rankOf(incident, reportOf(incident, caution), 'blame')))
  const chosen = new Map<string, number>()
  let [first, firstThree] = [0, 0]
  for (const fault of new Set(incidents.map(faultOf))) {
    const others = ranks.filter((_, i) => faultOf(incidents[i] as Incident) !== fault)
    const score = (caution: number): number => others.reduce((sum, of) => sum + hit(of[caution], 1) * 1000 + hit(of[caution], 3), 0)
    const best = Math.max(...cautions.map((_, i) => score(i)))
    const equal = cautions.map((_, i) => i).filter((i) => score(i) === best)
    // Among equals the middle one.
    const choice = equal[equal.length >> 1] as number
    chosen.set(fault, cautions[choice] as number)
    for (const [i, of] of ranks.entries()) {
      if (faultOf(incidents[i] as Incident) !== fault) continue
      first += hit(of[choice], 1)
      firstThree += hit(of[choice], 3)
    }
  }
  const note = `caution of ${cautions.join(', ')}; chosen: ${[...new Set(chosen.values())].join(', ')}`
  return [
    { what: 'hit@1, blame, each fault left out', figure: first, unit: `of ${incidents.length}`, note },
    { what: 'hit@3, blame, each fault left out', figure: firstThree, unit: `of ${incidents.length}` },
  ]
}

function hit(rank: number | undefined, k: number): number {
  return (rank ?? Number.POSITIVE_INFINITY) <= k ? 1 : 0
}

/** With less to go by: the first seconds of the fault, the last ones before it. */
function shortWindows(incidents: readonly Incident[]): Row[] {
  const cases = incidents.flatMap((incident) =>
    windowCuts.flatMap((after) =>
      baselineCuts.map((before) => {
        const { baseline, window } = incident
        const cut: Incident = {
          ...incident,
          baseline: { from: Math.max(baseline.from, baseline.to - before), to: baseline.to },
          window: { from: window.from, to: Math.min(window.to, window.from + after) },
        }
        return { incident: cut, report: reportOf(cut) }
      }),
    ),
  )
  return signalNames.map((signal) => ({ ...hits(`hit@1, ${signal}, windows cut to 15 s and baselines to 30 s`, cases, signal, 1) }))
}

/** Nobody says when it began. */
function found(incidents: readonly Incident[]): Row {
  const figure = incidents.filter((incident) => {
    const change = findChange(incident.log)
    return change !== undefined && rankOf(incident, reportOf({ ...incident, ...change }), 'blame') === 1
  }).length
  return { what: 'hit@1, blame, window found by itself', figure, unit: `of ${incidents.length}` }
}
