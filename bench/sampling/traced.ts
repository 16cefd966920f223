/**
 * The evaluator's own traced values, weighted by a sampler, against the same evaluator's values of all traces: a recorded incident over and over with other
 * trace ids, at three budgets. A value that the evaluator calls unknown, for too few samples, is no estimate and is counted apart.
 */
import { existsSync } from 'node:fs'
import { type Bundle, compile } from '../../src/bundle/index.ts'
import { createEvaluator } from '../../src/evaluate/index.ts'
import { decodeMessages, isRecording, openRecording } from '../../src/recordings/index.ts'
import { createSampler, type SamplerMode } from '../../src/sampler/index.ts'
import { createDictionary, type Dictionary, SpanTable } from '../../src/spans/index.ts'
import type { Row } from '../report.ts'
import { biasOf } from './unbiased.ts'

const recording = new URL('../../../shared/data/incidents/ob-shipping-netdelay-spliced/traces.binpb.gz', import.meta.url).pathname
const budgets = [0.01, 0.05, 0.2]
const modes: readonly SamplerMode[] = ['budgeted', 'uniform']
/** Over the whole recording, looked at when its last trace is decided. */
const values = ['span(productcatalogservice).own.mean', 'span(productcatalogservice).own.p90', 'span(currencyservice under frontend).count'] as const

export async function tracedValues(seeds = 100): Promise<Row[]> {
  if (!existsSync(recording)) return []
  const dictionary = createDictionary()
  const tables = await tablesOf(dictionary)
  const ids = tables.map((table) => table.traceId.slice(0, table.length * 16))
  const bundle = rules()
  const truth = evaluated(bundle, dictionary, tables, undefined)
  const rows: Row[] = []
  for (const budget of budgets) {
    for (const mode of modes) {
      const estimates = values.map((): number[] => [])
      for (let seed = 1; seed <= seeds; seed++) {
        for (const [i, table] of tables.entries()) renamed(table, ids[i] as Uint8Array, seed)
        for (const [i, value] of evaluated(bundle, dictionary, tables, { mode, budget }).entries()) if (value !== undefined) estimates[i]?.push(value)
      }
      for (const [i, value] of values.entries()) {
        const known = estimates[i] as number[]
        const what = `${value} at ${budget * 100} %, ${mode}: bias`
        const unknown = `unknown in ${seeds - known.length} of ${seeds}`
        if (known.length < 2) rows.push({ what, figure: 0, unit: 'standard errors', note: unknown })
        else {
          const bias = biasOf(known, truth[i] as number)
          rows.push({ what, ...bias, note: `${bias.note}; ${unknown}` })
        }
      }
    }
  }
  return rows
}

async function tablesOf(dictionary: Dictionary): Promise<SpanTable[]> {
  const opened = await openRecording(recording)
  if (!isRecording(opened)) throw new Error(opened.message)
  const tables: SpanTable[] = []
  let table = new SpanTable(dictionary)
  for await (const full of decodeMessages(opened, table)) {
    // The next message fills the same table: this one is copied.
    const copy = new SpanTable(dictionary, [], full.length)
    for (const name of ['service', 'operation', 'kind', 'status', 'duration', 'startTime', 'endTime', 'traceId', 'spanId', 'parentSpanId'] as const)
      copy[name].set((full[name] as Uint8Array).subarray(0, (copy[name] as Uint8Array).length))
    copy.length = full.length
    tables.push(copy)
    table = full
  }
  return tables
}

/** Gives the table's traces the ids of this seed: the same trace the same id. */
function renamed(table: SpanTable, original: Uint8Array, seed: number): void {
  const words = new Uint32Array(table.traceId.buffer, 0, table.length * 4)
  const from = new Uint32Array(original.buffer, 0, table.length * 4)
  for (let i = 0; i < words.length; i += 4) {
    let hash = Math.imul(seed, 0x9e3779b1) ^ (from[i] as number)
    for (let word = 0; word < 4; word++) {
      hash = Math.imul(hash ^ (hash >>> 15) ^ (from[i + word] as number), 0x85ebca6b)
      hash ^= hash >>> 13
      hash = Math.imul(hash, 0xc2b2ae35)
      words[i + word] = (hash ^ (hash >>> 16)) >>> 0
    }
  }
}

function rules(): Bundle {
  const text = values.map((value, i) => `r${i}: scale deployment/w${i} +1 when ${value} over 30m > ${value.endsWith('count') ? '1' : '1ms'}`).join('\n')
  const { bundle, diagnostics } = compile({ roots: [{ name: 'bench.scale', text }] }, { compiler: 'bench' })
  if (bundle === undefined) throw new Error(JSON.stringify(diagnostics))
  return bundle
}

/** The values at the last step; undefined those unknown. */
function evaluated(
  bundle: Bundle,
  dictionary: Dictionary,
  tables: readonly SpanTable[],
  sampling: { readonly mode: SamplerMode; readonly budget: number } | undefined,
): (number | undefined)[] {
  const evaluator = createEvaluator({
    bundle,
    dictionary,
    ...(sampling === undefined ? {} : { traces: { sampler: createSampler(sampling) } }),
  })
  let last: (number | undefined)[] = []
  const steps = (drain: boolean): void => {
    for (let at = evaluator.due(undefined, drain); at !== undefined; at = evaluator.due(undefined, drain))
      last = evaluator.step({ at, world: new Map(), epochs: new Map() }).map(({ because }) => because.left?.value)
  }
  for (const table of tables) {
    evaluator.ingest(table, undefined)
    steps(false)
  }
  steps(true)
  return last
}
