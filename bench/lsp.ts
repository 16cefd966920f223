/**
 * The language server as an editor sees it: a process on a pipe, in which somebody types. Beside each figure of the large workspace stands that of the small one. A character
 * is typed and completion, hover or diagnostics are asked for at once, as often as `edits` says; whatever the server does in the background goes on meanwhile. Behind a figure
 * with a target stands whether it was met. `SCALE_BENCH_EDITS` chooses another number of edits, for a quick look.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  CompletionRequest,
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentDiagnosticRequest,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  PublishDiagnosticsNotification,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node'
import { serializeCatalog } from '../src/files/index.ts'
import type { Catalog } from '../src/language/index.ts'
import { median, type Row } from './report.ts'

const { SCALE_BENCH_EDITS = '500' } = process.env
const edits = Number(SCALE_BENCH_EDITS)
/** Of the large workspaces. */
const targets = { completionMs: 30, memoryMegabytes: 150 }
/** Milliseconds between keystrokes while the server is free to work: a fast typist. */
const betweenMs = 20

interface Workspace {
  readonly name: string
  readonly rules: number
  /** Rules are spread evenly over so many files. */
  readonly files: number
}

const workspaces: readonly Workspace[] = [
  { name: '10 rules', rules: 10, files: 1 },
  { name: '5,000 rules in 100 files', rules: 5000, files: 100 },
  { name: '5,000 rules in one file', rules: 5000, files: 1 },
]

/** Each of its own service and operation, two for a workload with declared bounds, with what people write around them. */
function textOf(first: number, count: number): string {
  const parts: string[] = []
  for (let i = first; i < first + count; i++) {
    const service = i >> 1
    if (i % 2 === 0) parts.push(`target deployment/svc-${service} { between 1 and 10  down at most 10% per 60s }\n`)
    parts.push(
      i % 2 === 0
        ? `/// Slow: two more.\nsvc-${service}-slow: scale deployment/svc-${service} +2 when span(svc-${service}/Op${i}).p99 > ${200 + (i % 700)}ms 5 times in 60s\n`
        : `/// Calm: one less.\nsvc-${service}-calm: scale deployment/svc-${service} -1 when span(svc-${service}/Op${i}).p99 < 40ms for 10m\n`,
    )
  }
  return parts.join('\n')
}

function catalogOf(rules: number): Catalog {
  const services = Array.from({ length: Math.ceil(rules / 2) }, (_, i) => ({
    name: `svc-${i}`,
    operations: [0, 1].map((k) => ({ name: `Op${2 * i + k}`, kind: 'server' as const, rate: 50, errorRate: 0.01, p50: 20e6, p95: 80e6, p99: 200e6, max: 1e9 })),
    attributes: [],
  }))
  return { format: 1, services, workloads: services.map(({ name }) => ({ id: `deployment/${name}`, services: [name] })) }
}

interface Figures {
  readonly firstDiagnostics: number
  readonly memory: number
  readonly completion: readonly number[]
  readonly hover: readonly number[]
  readonly diagnostics: readonly number[]
}

export default async function measure(): Promise<Row[]> {
  const all: [Workspace, Figures][] = []
  for (const workspace of workspaces) all.push([workspace, await figuresOf(workspace)])
  const small = all[0]?.[1] as Figures
  return all.flatMap(([{ name, rules }, figures]) => {
    const isLarge = rules > 1000
    const of = (what: 'completion' | 'hover' | 'diagnostics'): Row[] => {
      const sorted = [...figures[what]].sort((a, b) => a - b)
      const p99 = quantile(sorted, 0.99)
      const verdict = isLarge && what === 'completion' ? `${judged(p99, targets.completionMs, 'ms')}; ` : ''
      const note = `${verdict}p50 ${quantile(sorted, 0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, slowest ${sorted.at(-1)?.toFixed(1)} ms of ${sorted.length} keystrokes`
      return [{ what: `${what}, ${name}`, figure: p99, unit: 'ms', ratios: { '10 rules': median(small[what]) / quantile(sorted, 0.5) }, note }]
    }
    return [
      ...of('completion'),
      ...of('hover'),
      ...of('diagnostics'),
      {
        what: `start to first diagnostics, ${name}`,
        figure: figures.firstDiagnostics,
        unit: 'ms',
        ratios: { '10 rules': small.firstDiagnostics / figures.firstDiagnostics },
      },
      {
        what: `resident memory, ${name}`,
        figure: figures.memory,
        unit: 'MB',
        ratios: { '10 rules': small.memory / figures.memory },
        ...(isLarge ? { note: judged(figures.memory, targets.memoryMegabytes, 'MB') } : {}),
      },
    ]
  })
}

function judged(figure: number, target: number, unit: string): string {
  return `target below ${target} ${unit}: ${figure < target ? 'met' : 'not met'}`
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

async function figuresOf({ rules, files }: Workspace): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'scale-bench-lsp-'))
  try {
    mkdirSync(join(folder, 'rules'))
    const perFile = rules / files
    for (let i = 0; i < files; i++) writeFileSync(join(folder, 'rules', `${i}.scale`), textOf(i * perFile, perFile))
    // A mistake, so that there is something to say.
    const edited = join(folder, 'rules', `${files >> 1}.scale`)
    writeFileSync(edited, `${readFileSync(edited, 'utf8')}\nlet unused = 1ms\n`)
    writeFileSync(join(folder, 'scale.json'), JSON.stringify({ rules: ['rules'], catalog: 'catalog.json' }))
    writeFileSync(join(folder, 'catalog.json'), serializeCatalog(catalogOf(rules)))
    return await typing(folder, edited)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function typing(folder: string, file: string): Promise<Figures> {
  const started = performance.now()
  const server = spawn(process.execPath, ['dist/scalec.js', 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin))
  const uri = pathToFileURL(file).href
  let told: () => void = () => {}
  connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
    if (params.uri === uri) told()
  })
  connection.listen()
  const first = new Promise<void>((done) => {
    told = done
  })
  await connection.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: pathToFileURL(folder).href, capabilities: {} })
  await connection.sendNotification(InitializedNotification.type, {})
  const text = readFileSync(file, 'utf8')
  await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: 'scale', version: 1, text } })
  await first
  const firstDiagnostics = performance.now() - started

  // A new rule is typed in the middle, over and over, a character at a time.
  const above = text.indexOf('\n\n', text.length >> 1) + 2
  const line = text.slice(0, above).split('\n').length - 1
  const typed = 'svc-new: scale deployment/svc-1 +1 when span(svc-1/Op2).p99 > 300ms 5 times in 60s'
  let version = 1
  let character = 0
  await change({ start: { line, character: 0 }, end: { line, character: 0 } }, '\n\n')

  async function change(range: { readonly start: { line: number; character: number }; readonly end: { line: number; character: number } }, by: string) {
    await connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version: ++version },
      contentChanges: [{ range, text: by }],
    })
  }

  async function key(): Promise<{ readonly line: number; readonly character: number }> {
    if (character === typed.length) {
      await change({ start: { line, character: 0 }, end: { line, character } }, '')
      character = 0
    }
    const at = { line, character }
    await change({ start: at, end: at }, typed[character] ?? '')
    character++
    return { line, character }
  }

  async function timed(ask: (position: { readonly line: number; readonly character: number }) => Promise<unknown>, pauseMs: number): Promise<number[]> {
    const figures: number[] = []
    for (let i = 0; i < edits; i++) {
      const start = performance.now()
      await ask(await key())
      figures.push(performance.now() - start)
      await new Promise((done) => setTimeout(done, pauseMs))
    }
    return figures
  }

  const textDocument = { uri }
  const completion = await timed((position) => connection.sendRequest(CompletionRequest.type, { textDocument, position }), betweenMs)
  const hover = await timed(
    (position) => connection.sendRequest(HoverRequest.type, { textDocument, position: { ...position, character: Math.max(0, position.character - 1) } }),
    betweenMs,
  )
  const diagnostics = await timed(() => connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument }), 0)
  const memory = residentMegabytes(server.pid as number)
  connection.dispose()
  server.kill()
  return { firstDiagnostics, memory, completion, hover, diagnostics }
}

/** Of another process, where the system tells (Linux). */
function residentMegabytes(pid: number): number {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? Number.NaN : Number(kilobytes) / 1000
  } catch {
    return Number.NaN
  }
}
