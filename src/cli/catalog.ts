/** `scalec catalog …`: learns a catalog from somewhere, or merges several; shows it or writes it. */
import { existsSync } from 'node:fs'
import { type Asked, catalogFromCluster, catalogFromRecording, catalogFromTempo } from '../catalogs/index.ts'
import { readCatalog, serializeCatalog } from '../files/index.ts'
import { type Catalog, mergeCatalogs } from '../language/index.ts'
import { isError } from '../orchestrators/index.ts'
import { isRecording, openRecording } from '../recordings/index.ts'
import { catalogText, summary } from './catalog/text.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { readText, writeWhole } from './file.ts'
import { durationOf } from './replay/arguments.ts'
import type { Format } from './rules.ts'
import type { Terminal } from './terminal.ts'

export interface CatalogOptions {
  /** `-` is the standard output; without it the catalog is shown. */
  readonly output?: string
  /** Whether what `output` has stays. */
  readonly merge?: boolean
  readonly format: Format
}

interface Learning extends CatalogOptions {
  readonly examples: boolean
  /** Says on `err` how far it is, over and over on one line. */
  readonly progress?: boolean
}

export interface FromTempoOptions extends Learning {
  readonly tenant?: string
  readonly since: string
  /** `Name: value` */
  readonly header?: readonly string[]
}

export interface FromClusterOptions extends CatalogOptions {
  readonly context?: string
  readonly kubeconfig?: string
  readonly namespace?: string
}

/** What could not be read is said on `err`, and the exit code tells that something was; the rest is in the catalog. */
export async function fromRecording(recordings: readonly string[], options: Learning, terminal: Terminal): Promise<ExitCode> {
  const recording = await openRecording(recordings)
  if (!isRecording(recording)) return fail(`${recording.file}: ${recording.message}`, terminal)
  const line = progressLine(options, terminal)
  const unread: string[] = []
  let rejected = 0
  const { catalog, spans, notes } = await catalogFromRecording(recording, {
    examples: options.examples,
    onFailure: ({ file, at, message }) => unread.push(`${file}${at === undefined ? '' : `, ${at}`}: ${message}`),
    onRejected: (count) => {
      rejected += count
    },
    onProgress: (seen) => line.say(() => `${Math.floor((100 * recording.bytesRead) / Math.max(1, recording.totalBytes))}%  ${seen.toLocaleString('en')} spans`),
  })
  line.clear()
  const few = 5
  for (const problem of unread.slice(0, few)) terminal.err(`scalec: ${problem}\n`)
  if (unread.length > few) terminal.err(`scalec: and ${unread.length - few} more that could not be read\n`)
  if (unread.length > 0 && spans === 0) return exit.usage
  const withoutIds = rejected === 0 ? [] : [`${rejected.toLocaleString('en')} spans with invalid ids are left out`]
  const code = deliver({ catalog, notes: [...withoutIds, ...notes] }, options, terminal)
  return unread.length > 0 ? exit.usage : code
}

/** `environment` gives the variables that headers name. */
export async function fromTempo(
  url: string,
  options: FromTempoOptions,
  environment: Readonly<Record<string, string | undefined>>,
  terminal: Terminal,
): Promise<ExitCode> {
  const since = durationOf('--since', options.since)
  if ('problem' in since) return fail(since.problem, terminal)
  const headers = headersOf(options.header ?? [], environment)
  if ('problem' in headers) return fail(headers.problem, terminal)
  const line = progressLine(options, terminal)
  const asked = await catalogFromTempo({
    url,
    since: Math.ceil(since.value / 1e9),
    examples: options.examples,
    headers: headers.value,
    onProgress: (done, services) => line.say(() => `${done} of ${services} services`),
    ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
  })
  line.clear()
  return 'error' in asked ? fail(asked.error, terminal) : deliver(asked, options, terminal)
}

export async function fromCluster({ context, kubeconfig, namespace, ...options }: FromClusterOptions, terminal: Terminal): Promise<ExitCode> {
  const catalog = await catalogFromCluster({
    timeoutMs: 30_000,
    ...(context === undefined ? {} : { context }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(namespace === undefined ? {} : { namespace }),
  })
  return isError(catalog) ? fail(catalog.message, terminal) : deliver({ catalog, notes: [] }, options, terminal)
}

export function merge(files: readonly string[], options: CatalogOptions, terminal: Terminal): ExitCode {
  const catalogs: Catalog[] = []
  for (const file of files) {
    const read = catalogAt(file)
    if ('problem' in read) return fail(read.problem, terminal)
    catalogs.push(read.value)
  }
  return deliver({ catalog: mergeCatalogs(catalogs), notes: [] }, options, terminal)
}

type Read<T> = { readonly value: T } | { readonly problem: string }

function deliver({ catalog, notes }: Asked, options: CatalogOptions, terminal: Terminal): ExitCode {
  const { output, format } = options
  for (const note of notes) terminal.err(`scalec: ${note}\n`)
  if (options.merge === true && (output === undefined || output === '-')) return fail('--merge needs -o FILE, the catalog to add to', terminal)
  if (output === undefined && format === 'text') terminal.out(catalogText(catalog))
  else if (output === undefined || output === '-') terminal.out(serializeCatalog(catalog))
  else {
    const before = options.merge === true && existsSync(output) ? catalogAt(output) : undefined
    if (before !== undefined && 'problem' in before) return fail(before.problem, terminal)
    const written = before === undefined ? catalog : mergeCatalogs([before.value, catalog])
    const problem = writeWhole(output, serializeCatalog(written))
    if (problem !== undefined) return fail(problem, terminal)
    terminal.out(format === 'json' ? `${JSON.stringify({ output, ...summary(written) })}\n` : `${output}: ${summaryText(written)}\n`)
  }
  return exit.fine
}

function summaryText(catalog: Catalog): string {
  return Object.entries(summary(catalog))
    .map(([what, count]) => `${count.toLocaleString('en')} ${count === 1 ? what.slice(0, -1) : what}`)
    .join(', ')
}

function catalogAt(file: string): Read<Catalog> {
  const text = readText(file)
  if ('error' in text) return { problem: `${file}: ${text.error}` }
  const read = readCatalog(text.text)
  return 'error' in read ? { problem: `${file}: ${read.error}` } : { value: read.catalog }
}

/** Secrets need not stand on the command line, where every process sees them: `$NAME` is a variable of the environment. */
function headersOf(given: readonly string[], environment: Readonly<Record<string, string | undefined>>): Read<Readonly<Record<string, string>>> {
  const headers: Record<string, string> = {}
  for (const text of given) {
    const [, name, value] = /^([\w-]+):\s*(\S.*)$/.exec(text) ?? []
    if (name === undefined || value === undefined) return { problem: `--header ${text}: write it as "Name: value"` }
    const missing = [...value.matchAll(/\$(\w+)/g)].find(([, variable]) => environment[variable as string] === undefined)
    if (missing !== undefined) return { problem: `--header ${name}: the variable ${missing[1]} is not set` }
    headers[name] = value.replaceAll(/\$(\w+)/g, (_, variable: string) => environment[variable] as string)
  }
  return { value: headers }
}

function fail(problem: string, terminal: Terminal): ExitCode {
  terminal.err(`scalec: ${problem}\n`)
  return exit.usage
}

/** A line that is written over twice a second. */
function progressLine({ progress }: Learning, terminal: Terminal): { say(text: () => string): void; clear(): void } {
  if (progress !== true) return { say() {}, clear() {} }
  let next = performance.now() + 500
  return {
    say(text) {
      if (performance.now() < next) return
      next = performance.now() + 500
      terminal.err(`\r\x1b[K${text()}`)
    },
    clear: () => terminal.err('\r\x1b[K'),
  }
}
