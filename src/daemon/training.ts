/** What the sampler learns from before it has seen anything: a recording, or the last traces of a trace store. */
import { decodeMessages, isRecording, openRecording } from '../recordings/index.ts'
import type { Sampler } from '../sampler/index.ts'
import type { TraceSource } from '../sources/index.ts'
import { createAssembler, createDictionary, decodeJson, decodeRequest, type Nanos, SpanTable } from '../spans/index.ts'
import type { Config } from './config/index.ts'

export interface Trained {
  readonly traces: number
  /** What could not be learnt from, in words. */
  readonly problems: readonly string[]
}

export interface TrainingParts {
  readonly sampler: Sampler
  readonly training: Config['sampler']['training']
  readonly source: TraceSource | undefined
  readonly now: Nanos
}

/** Requests for traces under way at once. */
const parallel = 8
/** Spans that are put together at once. */
const batchSpans = 50_000
const problemsTold = 5

export async function train({ sampler, training, source, now }: TrainingParts): Promise<Trained> {
  const before = sampler.report.trained
  const problems: string[] = []
  const pupil = new Pupil(sampler)
  if (training.recordings.length > 0) {
    const recording = await openRecording(training.recordings)
    if (isRecording(recording)) {
      const tables = decodeMessages(recording, pupil.table, { onFailure: ({ file, message }) => problems.push(`${file}: ${message}`) })
      for await (const _ of tables) pupil.read()
    } else problems.push(`${recording.file}: ${recording.message}`)
  }
  if (training.traces > 0 && source !== undefined) await fromSource(source, training, now, pupil, problems)
  pupil.end()
  return { traces: sampler.report.trained - before, problems: problems.slice(0, problemsTold) }
}

async function fromSource(
  source: TraceSource,
  { traces: limit, since }: Config['sampler']['training'],
  now: Nanos,
  pupil: Pupil,
  problems: string[],
): Promise<void> {
  const found = await source.search({ from: now - since, to: now, limit })
  if ('error' in found) {
    problems.push(found.error)
    return
  }
  const left = [...found.traces]
  const worker = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const answer = await source.fetch(next)
      if (answer.kind === 'failed' || answer.kind === 'too-large') problems.push(`${source.name}: ${answer.message}`)
      if (answer.kind !== 'found') continue
      pupil.table.clear()
      const decoded = answer.encoding === 'json' ? decodeJson(answer.bytes, pupil.table) : decodeRequest(answer.bytes, pupil.table)
      if (decoded.ok) pupil.read()
      else problems.push(`${source.name}: trace ${next.traceId}: ${decoded.message}`)
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
}

/** Puts traces together and has them learnt. */
class Pupil {
  readonly table = new SpanTable(createDictionary())
  readonly #sampler: Sampler
  readonly #assembler = createAssembler({ idleNs: 5e9, maxAgeNs: 60e9, maxSpans: 2 * batchSpans, maxSpansOfTrace: batchSpans })
  /** Latest end of a span. */
  #lastEnd: Nanos = 0

  constructor(sampler: Sampler) {
    this.#sampler = sampler
  }

  /** Learns what is in the table. */
  read(): void {
    for (let row = 0; row < this.table.length; row++) this.#lastEnd = Math.max(this.#lastEnd, this.table.endOf(row))
    this.#assembler.add(this.table)
    if (this.#assembler.report.openSpans < batchSpans) return
    this.#learn(false)
    // More open at once than there is memory for: what is there is what is learnt.
    if (this.#assembler.report.openSpans >= batchSpans) this.#learn(true)
  }

  end(): void {
    this.#learn(true)
  }

  #learn(all: boolean): void {
    this.#sampler.train(this.#assembler.close(this.#lastEnd, all))
  }
}
