/** `--watch`: a command that runs again whenever its rules, the catalog or `scale.json` change, until Ctrl-C. */
import { statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { analyse } from '../bundle/index.ts'
import { createWatcher, loadSources, projectPath } from '../files/index.ts'
import { type ExitCode, exit } from './exit.ts'
import { inputsOf, type ProjectOptions } from './project.ts'
import type { Terminal } from './terminal.ts'

export interface WatchOptions extends ProjectOptions {
  /** Whether the screen is cleared before each run. */
  readonly clear: boolean
  /** Further files whose change matters. */
  readonly also?: readonly string[]
  /** Ends watching; Ctrl-C does by default. */
  readonly signal?: AbortSignal
}

/** Answers what the last run did. `files` are the command's own; `run` reads `scale.json` anew each time. */
export async function watched(files: readonly string[], options: WatchOptions, terminal: Terminal, run: () => ExitCode | Promise<ExitCode>): Promise<ExitCode> {
  const signal = options.signal ?? interrupted()
  let change = Promise.withResolvers<void>()
  let relevant: ReadonlySet<string> = new Set()
  const watcher = createWatcher(
    () => change.resolve(),
    (folder, error) => terminal.err(`scalec: ${folder} cannot be watched (${error.message})\n`),
    (name) => name === undefined || name.endsWith('.scale') || relevant.has(name),
  )
  signal.addEventListener('abort', () => change.resolve(), { once: true })
  let code: ExitCode = exit.fine
  try {
    while (!signal.aborted) {
      change = Promise.withResolvers<void>()
      // Before the run: what changes during it starts the next one.
      const paths = pathsOf(files, options)
      relevant = new Set(paths.map((path) => basename(path)))
      watcher.folders(new Set(paths.map((path) => dirname(path))))
      if (options.clear) terminal.out('\x1b[2J\x1b[3J\x1b[H')
      code = await run()
      if (signal.aborted) break
      terminal.err('scalec: watching for changes; Ctrl-C ends\n')
      await change.promise
    }
  } finally {
    watcher.close()
  }
  return code
}

/** Absolute paths of everything that a run depends on, and of a file in each folder that was named: it may get new ones. */
function pathsOf(files: readonly string[], options: WatchOptions): readonly string[] {
  const project = projectPath(options.project === undefined ? {} : { file: options.project })
  const inputs = inputsOf(files, options, { err: () => {} })
  const named = inputs?.paths ?? files
  const loaded = loadSources(named)
  // Finds the imports.
  analyse(loaded)
  const catalog = options.catalog ?? inputs?.project?.catalog
  const others = [project, catalog, ...(options.also ?? [])].filter((path) => path !== undefined)
  return [...loaded.paths(), ...others.map((path) => resolve(path)), ...named.map((path) => (isFolder(path) ? resolve(path, '*.scale') : resolve(path)))]
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** Aborts at the first Ctrl-C; a second one ends the process as usual. */
function interrupted(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  return controller.signal
}
