/** Texts and a recording in, a picture out: what `scalec replay` does, with the same engine. */
import { DecisionEvidence } from '../../src/blame/index.ts'
import { type Bundle, compile, refusals } from '../../src/bundle/index.ts'
import { createEngine } from '../../src/engine/index.ts'
import { loadSources } from '../../src/files/index.ts'
import type { Catalog, Diagnostic, LintContext, SourceText } from '../../src/language/index.ts'
import { list } from '../../src/plan/index.ts'
import {
  decisionLine,
  decodeMessages,
  emptyTotals,
  missingNames,
  type Recording,
  RecordingCatalog,
  replay,
  simulatedWorld,
} from '../../src/recordings/index.ts'
import type { Picture, Problem } from './contract.ts'
import { PictureBuilder } from './picture.ts'

export interface ReplaySettings {
  /** Rule files and folders, as on the command line. */
  readonly rules: readonly string[]
  readonly lint: LintContext
  readonly version: string
  readonly readyAfterNs: number
  readonly latenessNs: number
  /** At the start, by workload with or without its namespace; others begin with their minimum, or one. */
  readonly replicas: Readonly<Record<string, number>>
}

export interface ReplayJob {
  readonly recording: Recording
  /** By name, instead of what is on disk. */
  readonly texts: ReadonlyMap<string, string>
  readonly replicas: Readonly<Record<string, number>>
  /** Asked between steps. */
  readonly cancelled: () => boolean
  readonly onProgress?: (share: number) => void
}

export type ReplayAnswer =
  /** Lines of the decision log by the decision's id. */
  | { readonly kind: 'picture'; readonly picture: Picture; readonly log: ReadonlyMap<string, string> }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'cancelled' }

export async function pictureOf(settings: ReplaySettings, job: ReplayJob): Promise<ReplayAnswer> {
  const compiled = compiledOf(settings, job.texts)
  if ('problems' in compiled) return { kind: 'refused', problems: compiled.problems }
  const { bundle } = compiled
  const evidence = new DecisionEvidence(bundle)
  const engine = createEngine({ bundle, latenessNs: settings.latenessNs, traces: { onDecided: evidence.decided } })
  const before = startOf(bundle, { ...settings.replicas, ...job.replicas })
  const world = simulatedWorld(
    [...before].map(([id, replicas]) => ({ id, replicas })),
    settings.readyAfterNs,
  )
  const catalog = new RecordingCatalog()
  const totals = emptyTotals()
  const builder = new PictureBuilder(bundle, before)
  const log = new Map<string, string>()
  const unread: string[] = []
  const tables = decodeMessages(job.recording, engine.table(), {
    onFailure: ({ file, at, message }) => unread.push(`${file}${at === undefined ? '' : `, ${at}`}: ${message}`),
  })
  let told = 0
  for await (const step of replay({ engine, tables, world, totals, observe: (table) => catalog.observe(table) })) {
    if (job.cancelled()) return { kind: 'cancelled' }
    evidence.stepped(step.decisions)
    for (const decision of builder.add(step, world.at(step.at))) log.set(decision.id, decisionLine(decision, evidence.of(decision)))
    const share = job.recording.bytesRead / Math.max(1, job.recording.totalBytes)
    if (share >= told + 0.05) {
      told = share
      job.onProgress?.(share)
    }
  }
  const [first] = unread
  if (catalog.spans === 0) return { kind: 'refused', problems: [{ message: first ?? 'there is no span in the recording', severity: 'error' }] }
  const warnings = [
    ...missingWords(bundle, catalog.catalog()),
    ...(totals.late === 0 ? [] : [`${totals.late} spans came too late for their step and did not count`]),
    ...(first === undefined ? [] : [unread.length === 1 ? first : `${first}; and ${unread.length - 1} more that could not be read`]),
  ]
  const matched = totals.matched + (totals.traces?.matched ?? 0)
  return { kind: 'picture', log, picture: builder.finish({ start: catalog.start / 1e9, end: catalog.end / 1e9, spans: totals.spans, matched, warnings }) }
}

/** Names are no more than this: a system may have thousands of services. */
const mostNames = 10

/** What the rules name and the recording does not have; of services also which it has. */
function missingWords(bundle: Bundle, seen: Catalog): readonly string[] {
  const names = seen.services.map(({ name }) => name)
  const shown = names.length > mostNames ? [...names.slice(0, mostNames), `${names.length - mostNames} more`] : names
  return missingNames(bundle, seen).map(({ kind, suggestion, message }) =>
    kind === 'service' && suggestion === undefined && names.length > 0 ? `${message}; there ${names.length === 1 ? 'is' : 'are'} ${list(shown)}` : message,
  )
}

function compiledOf(
  { rules, lint, version }: ReplaySettings,
  texts: ReadonlyMap<string, string>,
): { readonly bundle: Bundle } | { readonly problems: readonly Problem[] } {
  const loaded = loadSources(rules)
  const edited = (source: SourceText): SourceText => {
    const text = texts.get(source.name)
    return text === undefined ? source : { name: source.name, text }
  }
  const known = new Map<string, SourceText>()
  const once = (source: SourceText): SourceText => {
    const seen = known.get(source.name) ?? edited(source)
    known.set(source.name, seen)
    return seen
  }
  const onDisk = loaded.roots.map(once)
  // What exists only in the editor is a root as well.
  const scratch = [...texts].filter(([name]) => rules.length === 0 && !known.has(name)).map(([name, text]) => once({ name, text }))
  const resolve = (path: string, from: string): SourceText | undefined => {
    const source = loaded.resolve(path, from)
    return source === undefined ? undefined : once(source)
  }
  const { bundle, diagnostics } = compile({ roots: [...onDisk, ...scratch], resolve }, { ...lint, compiler: version })
  if (bundle === undefined) {
    const problems = diagnostics.filter(({ severity }) => severity === 'error').map((diagnostic) => problemOf(diagnostic, known))
    return { problems: [...loaded.problems.map(({ path, message }) => ({ message: `${path} ${message}`, severity: 'error' as const })), ...problems] }
  }
  // Nothing is wrong with that: somebody is about to begin.
  if (bundle.rules.length === 0) return { problems: [{ message: 'there is no rule yet: begin with `scale`', severity: 'warning' }] }
  const refused = refusals(bundle).map(({ rule, what }) => `rule ${rule} uses ${what}, which this version cannot measure yet`)
  return refused.length > 0 ? { problems: refused.map((message) => ({ message, severity: 'error' })) } : { bundle }
}

function problemOf({ message, severity, code, file, range }: Diagnostic, sources: ReadonlyMap<string, SourceText>): Problem {
  const before = sources.get(file)?.text.slice(0, range.start)
  return { message, severity, code, file, ...(before === undefined ? {} : { line: before.split('\n').length }) }
}

/** Counts by target id. A workload may be named without its namespace. */
function startOf({ targets }: Bundle, given: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  return new Map(targets.map(({ id, min }) => [id, given[id] ?? given[id.replace(/ in .*$/, '')] ?? Math.max(1, min)]))
}
