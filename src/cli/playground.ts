/** `scalec playground`: a page on this machine, with rules on the left and what they do on a recording on the right. */
import { globSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { builtFolder, type EditedFile, findRecordings, type Playground, startPlayground } from '../../lsp/playground/index.ts'
import { type LoadedSources, loadSources, projectPath } from '../files/index.ts'
import { parse, type SourceText } from '../language/index.ts'
import { type ExitCode, exit } from './exit.ts'
import { codeOf, rewrite } from './file.ts'
import { type Inputs, inputsOf, type ProjectOptions } from './project.ts'
import { durationOf } from './replay/arguments.ts'
import { readRules } from './rules.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

export interface PlaygroundCommandOptions extends ProjectOptions {
  readonly recording?: readonly string[]
  readonly port: string
  readonly readyAfter?: string
  readonly replicas?: readonly string[]
}

/** What there is to play with where no rules are named. */
const example = `// Nothing here is saved. Name a rule file to edit it: scalec playground RULES.scale

/// Ads breach their latency objective: add two replicas.
ads-slow: scale deployment/adservice +2
  when span(adservice/GetAds).p99 > 400ms 5 times in 60s
`

/** Serves until it is interrupted. */
export async function run(files: readonly string[], options: PlaygroundCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const started = await start(files, options, terminal)
  if (typeof started === 'number') return started
  terminal.out(`${started.url}\n`)
  terminal.err('scalec: the playground is at the address above; Ctrl-C ends it\n')
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
  await started.close()
  return exit.fine
}

async function start(named: readonly string[], options: PlaygroundCommandOptions, terminal: Terminal): Promise<Playground | ExitCode> {
  const fail = (problem: string): ExitCode => {
    terminal.err(`scalec: ${problem}\n`)
    return exit.usage
  }
  const port = Number(options.port)
  if (!/^\d+$/.test(options.port) || port > 65_535) return fail(`--port ${options.port}: a port is a number up to 65535`)
  const isNamed = named.length > 0 || options.project !== undefined || projectPath() !== undefined
  const given = isNamed ? named : globSync('*.scale').sort()
  const inputs: Inputs | undefined =
    isNamed || given.length > 0 ? inputsOf(given, options, terminal) : { paths: [], project: undefined, catalog: undefined, lint: {} }
  if (inputs === undefined) return exit.usage
  const { defaults = {} } = inputs.project ?? {}
  const readyAfter = durationOf('--ready-after', options.readyAfter ?? defaults.readyAfter ?? '30s')
  if ('problem' in readyAfter) return fail(readyAfter.problem)
  const lateness = durationOf('--lateness', defaults.lateness ?? '5s')
  if ('problem' in lateness) return fail(lateness.problem)
  const replicas = countsOf(options.replicas ?? [])
  if ('problem' in replicas) return fail(replicas.problem)
  if (readRules(inputs.paths, terminal) === undefined) return exit.usage
  const built = builtFolder()
  if (built === undefined) return fail('the page is not built: npm run build')
  const folder = inputs.project === undefined ? '.' : dirname(inputs.project.file)
  const files = (): readonly EditedFile[] => {
    const edited = withImports(loadSources(inputs.paths)).map(({ name, text }) => ({ name, text, uri: pathToFileURL(resolve(name)).href, saved: true }))
    return edited.length > 0 ? edited : [scratch()]
  }
  try {
    return await startPlayground({
      port,
      folder: resolve(folder),
      built,
      languageServer: [process.execPath, fileURLToPath(new URL('scalec.js', built)), 'lsp', '--stdio'],
      files,
      recordings: findRecordings(options.recording ?? [], folder),
      replay: {
        rules: inputs.paths,
        lint: inputs.lint,
        version,
        readyAfterNs: readyAfter.value,
        latenessNs: lateness.value,
        replicas: { ...defaults.replicas, ...replicas.value },
      },
      ...(inputs.catalog === undefined ? {} : { catalog: { catalog: inputs.catalog, source: options.catalog ?? inputs.project?.catalog ?? 'the catalog' } }),
      save: rewrite,
      onProblem: (problem) => terminal.err(`scalec: ${problem}\n`),
    })
  } catch (error) {
    const code = codeOf(error)
    return fail(code === 'EADDRINUSE' ? `port ${port} is taken: choose another with --port, or 0 for any that is free` : `port ${port} cannot be had (${code})`)
  }
}

/** The files with what they import, directly or not: a constant is renamed where it is declared, too. */
function withImports({ roots, resolve: find }: LoadedSources): readonly SourceText[] {
  const found = new Set(roots)
  for (const source of found)
    for (const declaration of parse(source).tree.declarations) {
      const imported = declaration.kind === 'import' && declaration.path !== undefined ? find(declaration.path.value, source.name) : undefined
      if (imported !== undefined) found.add(imported)
    }
  return [...found]
}

function scratch(): EditedFile {
  const name = 'playground.scale'
  return { name, text: example, uri: pathToFileURL(resolve(name)).href, saved: false }
}

/** Rules change while one types, so a workload that no rule scales is no mistake. */
function countsOf(given: readonly string[]): { readonly value: Readonly<Record<string, number>> } | { readonly problem: string } {
  const counts: Record<string, number> = {}
  for (const text of given) {
    const [, name = '', count = ''] = /^(.+)=(\d+)$/.exec(text) ?? []
    if (name === '') return { problem: `--replicas ${text}: write a workload and its number of replicas, such as deployment/adservice=2` }
    counts[name] = Number(count)
  }
  return { value: counts }
}
