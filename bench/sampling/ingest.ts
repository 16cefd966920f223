/**
 * From OTLP bytes to judged rules, with a rule on a traced value, so that traces are put together: every trace counted, and sampled first. The sampler looks at
 * each trace whole; what it leaves out is not counted.
 */
import { type Bundle, compile } from '../../src/bundle/index.ts'
import { createEvaluator } from '../../src/evaluate/index.ts'
import { createSampler, type SamplerMode } from '../../src/sampler/index.ts'
import { createDictionary, decodeRequest, SpanTable } from '../../src/spans/index.ts'
import { shopRequests, shopSpans, tracesPerRequest } from '../assembly.ts'
import { median, type Row } from '../report.ts'

const requestCount = 300
const turns = 5

const cases = [
  ['no sampler', undefined, 1],
  ['mode all', 'all', 1],
  ['budget 5 %', 'budgeted', 0.05],
  ['budget 1 %', 'budgeted', 0.01],
  ['uniform 1 %', 'uniform', 0.01],
] as const satisfies readonly (readonly [string, SamplerMode | undefined, number])[]

export function sampledIngest(): Row[] {
  const input = shopRequests(requestCount)
  const spans = requestCount * tracesPerRequest * shopSpans
  const bundle = rules()
  const times = new Map<string, number[]>(cases.map(([name]) => [name, []]))
  for (let turn = 0; turn <= turns; turn++)
    for (const [name, mode, budget] of cases) {
      const ms = ingest(input, bundle, mode, budget)
      if (turn > 0) times.get(name)?.push(ms)
    }
  const rate = (name: string): number => (spans / median(times.get(name) as number[])) * 1000
  return cases.map(([name], i) => ({
    what: `decode, assemble, sample and evaluate, ${name}`,
    figure: rate(name),
    unit: 'spans/s',
    ...(i === 0
      ? { note: `medians of ${turns} turns, ${spans.toLocaleString('en')} spans in traces of ${shopSpans}` }
      : { ratios: { 'no sampler': rate(name) / rate('no sampler') } }),
  }))
}

function ingest(input: readonly Uint8Array[], bundle: Bundle, mode: SamplerMode | undefined, budget: number): number {
  const dictionary = createDictionary()
  const table = new SpanTable(dictionary, bundle.projection, 2048)
  const sampler = mode === undefined ? undefined : createSampler({ mode, budget })
  const evaluator = createEvaluator({ bundle, dictionary, latenessNs: 0, traces: { ...(sampler === undefined ? {} : { sampler }) } })
  const step = (drain: boolean): void => {
    for (let at = evaluator.due(undefined, drain); at !== undefined; at = evaluator.due(undefined, drain))
      evaluator.step({ at, world: new Map(), epochs: new Map() })
  }
  const started = cpuMs()
  for (const request of input) {
    table.clear()
    if (!decodeRequest(request, table).ok) throw new Error('a request is broken')
    evaluator.ingest(table, undefined)
    step(false)
  }
  step(true)
  const ms = cpuMs() - started
  const decided = evaluator.traces?.decidedTraces
  if (decided !== requestCount * tracesPerRequest) throw new Error(`${decided} traces were decided`)
  return ms
}

/** A value of each service's spans in their traces. */
function rules(): Bundle {
  const text = ['frontend', 'catalog', 'cart', 'ads', 'currency'].map((name) => `scale deployment/${name} +1 when span(${name}).own.p99 > 400ms`).join('\n')
  const { bundle } = compile({ roots: [{ name: 'bench.scale', text }] }, { compiler: 'bench' })
  if (bundle === undefined) throw new Error('the rules do not compile')
  return bundle
}

/** Of this process: what else the machine does is not counted. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
