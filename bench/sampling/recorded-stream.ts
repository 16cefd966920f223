/**
 * Long streams from short recordings: the fault-free recording of a system over and over, and in between the minutes of each recorded fault. Every repeat has new
 * trace ids and durations that vary by 5 %, so that none is a copy; a shape that the fault-free recording saw but once or twice comes in one repeat of
 * twenty. This is an arrangement of recordings, not a recording.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { createDictionary, type Dictionary } from '../../src/spans/index.ts'
import { deal, type RecordedTrace, recordedTraces } from '../../test/support/recorded-traces.ts'
import { dawn, Random, TraceBatch } from '../../test/support/trace-stream.ts'

const folder = new URL('../../../shared/data/', import.meta.url).pathname
const jitter = 0.05
const seldomAtMost = 2
const seldomShare = 1 / 20

export interface Dealt {
  readonly shape: string
  /** In a fault's minutes, and some span of the faulty service adds more to its trace (self and gap) than any of its operation in the fault-free recording. */
  readonly isFault: boolean
}

interface Part {
  readonly trace: RecordedTrace
  readonly dealt: Dealt
  /** Comes in few of the repeats. */
  readonly isSeldom: boolean
}

/** What one repeat deals, in order. */
export interface RecordedSystem {
  readonly name: string
  readonly dictionary: Dictionary
  readonly free: readonly Part[]
  readonly incidents: readonly (readonly Part[])[]
}

/** Undefined where the recordings are not there. */
export async function recordedSystem(name: 'ob' | 'tt'): Promise<RecordedSystem | undefined> {
  const [freeFolder] = globSync(`${folder}faultfree/${name}-*-spliced`)
  if (freeFolder === undefined || !existsSync(freeFolder)) return undefined
  const dictionary = createDictionary()
  const free = (await recordedTraces(`${freeFolder}/traces.binpb.gz`, dictionary)).traces
  const most = mostAdded(free)
  const times = new Map<string, number>()
  for (const trace of free) times.set(shapeOf(trace), (times.get(shapeOf(trace)) ?? 0) + 1)
  const incidents: Part[][] = []
  for (const file of globSync(`${folder}incidents/${name}-*/truth.json`).sort()) {
    const { kind, faults } = JSON.parse(readFileSync(file, 'utf8')) as Truth
    const [fault] = faults
    if (kind === 'spliced' || fault === undefined) continue
    const service = dictionary.code(fault.service)
    const { traces } = await recordedTraces(file.replace('truth.json', 'traces.binpb.gz'), dictionary)
    incidents.push(
      traces.map((trace) => ({
        trace,
        dealt: { shape: shapeOf(trace), isFault: trace.start >= Number(fault.startUnixNano) && addsMore(trace, service, most) },
        isSeldom: false,
      })),
    )
  }
  return {
    name,
    dictionary,
    free: free.map((trace) => ({
      trace,
      dealt: { shape: shapeOf(trace), isFault: false },
      isSeldom: (times.get(shapeOf(trace)) as number) <= seldomAtMost,
    })),
    incidents,
  }
}

interface Truth {
  readonly kind: string
  readonly faults: readonly { readonly service: string; readonly startUnixNano: string }[]
}

/** all: an incident's minutes are all the traffic there is. some: they are stretched over a repeat of the fault-free recording, as if a few of many pods were faulty. */
export type Arrangement = 'all' | 'some'

export interface DealOptions {
  /** Of the fault-free recording, before each incident. */
  readonly repeats: number
  readonly arrangement: Arrangement
  /** What is dealt depends on this one, the trace ids on the other. */
  readonly seed: number
  readonly ids: number
}

/** Each incident once, behind repeats of the fault-free recording. */
export function dealStream(system: RecordedSystem, options: DealOptions, each: (batch: TraceBatch, dealt: readonly Dealt[]) => void): void {
  const random = new Random(options.seed)
  const ids = new Random(options.ids)
  const batch = new TraceBatch(1 << 17, system.dictionary)
  let dealt: Dealt[] = []
  let now = dawn
  const run = (timed: readonly Timed[]): void => {
    for (const { part, at } of timed) {
      const { trace } = part
      const vary = Math.max(0.5, 1 + jitter * random.normal())
      if (part.isSeldom && random.unit() >= seldomShare) continue
      if (!batch.hasRoomFor(trace.service.length)) {
        each(batch, dealt)
        batch.clear()
        dealt = []
      }
      deal(batch, { ...trace, duration: trace.duration.map((ns) => ns * vary) }, now + at, ids)
      dealt.push(part.dealt)
    }
    now += (timed.at(-1) as Timed).at + 1e9
  }
  const free = timed(system.free)
  const length = (free.at(-1) as Timed).at
  for (const incident of system.incidents) {
    for (let i = 0; i < options.repeats; i++) run(free)
    const minutes = timed(incident)
    if (options.arrangement === 'all') run(minutes)
    else {
      const stretch = length / (minutes.at(-1) as Timed).at
      run([...free, ...minutes.map(({ part, at }) => ({ part, at: at * stretch }))].sort((a, b) => a.at - b.at))
    }
  }
  if (batch.traces > 0) each(batch, dealt)
}

interface Timed {
  readonly part: Part
  /** Nanoseconds since the first. */
  readonly at: number
}

function timed(parts: readonly Part[]): Timed[] {
  const first = (parts[0] as Part).trace.end
  return parts.map((part) => ({ part, at: part.trace.end - first }))
}

/** Distinct paths, as text: not the sampler's own hash, so that it is no judge in its own cause. */
function shapeOf(trace: RecordedTrace): string {
  const paths: string[] = []
  const of = (i: number): string => {
    const above = trace.parent[i] as number
    paths[i] ??= `${above < 0 ? '' : of(above)}>${trace.service[i]}/${trace.operation[i]}`
    return paths[i] as string
  }
  for (let i = 0; i < trace.service.length; i++) of(i)
  return [...new Set(paths)].sort().join(' ')
}

function mostAdded(traces: readonly RecordedTrace[]): Map<string, number> {
  const most = new Map<string, number>()
  for (const trace of traces)
    for (let i = 0; i < trace.service.length; i++) {
      const key = `${trace.service[i]}/${trace.operation[i]}`
      most.set(key, Math.max(most.get(key) ?? 0, added(trace, i)))
    }
  return most
}

function added(trace: RecordedTrace, i: number): number {
  return (trace.self[i] as number) + (trace.gap[i] as number)
}

function addsMore(trace: RecordedTrace, service: number, most: ReadonlyMap<string, number>): boolean {
  return trace.service.some((of, i) => of === service && added(trace, i) > (most.get(`${of}/${trace.operation[i]}`) ?? 0))
}
