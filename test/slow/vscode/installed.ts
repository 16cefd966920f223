/** A genuine VS Code without a window: code-server, which serves VS Code's own workbench and extension host over HTTP. Installed by npm once, and kept until a version here changes. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The watcher is an optional part of the editor, and the only one without which files that others change are not noticed. */
const dependencies = { 'code-server': '4.139.1', '@parcel/watcher': '2.5.6' }
const patienceMs = 5 * 60_000

export type Installed = { readonly program: string } | { readonly missing: string }

/** The script that serves it, installed if need be (under a minute, half a gigabyte), or why there can be none. `SCALE_TEST_VSCODE` names another one. */
export function installed(): Installed {
  const { SCALE_TEST_VSCODE: own, XDG_CACHE_HOME: cache = join(homedir(), '.cache') } = process.env
  if (own !== undefined) return existsSync(own) ? { program: own } : { missing: `SCALE_TEST_VSCODE names ${own}, which does not exist` }
  const manifest = JSON.stringify({ private: true, dependencies })
  const hash = createHash('sha256').update(`${manifest} ${process.platform} ${process.arch}`).digest('hex')
  const folder = join(cache, 'scale-test-vscode', hash.slice(0, 16))
  const programIn = (place: string): string => join(place, 'node_modules/code-server/out/node/entry.js')
  if (existsSync(programIn(folder))) return { program: programIn(folder) }
  const unfinished = `${folder}.${process.pid}`
  mkdirSync(unfinished, { recursive: true })
  writeFileSync(join(unfinished, 'package.json'), manifest)
  // No scripts: they compile what only a window, a telemetry or a log file needs, for minutes. The editor itself is a package within the package.
  const problem = install(unfinished, []) ?? install(join(unfinished, 'node_modules/code-server/lib/vscode'), ['--omit=dev', '--omit=optional'])
  if (problem !== undefined) {
    rmSync(unfinished, { recursive: true })
    return { missing: `npm could not install code-server: ${problem}` }
  }
  rmSync(folder, { recursive: true, force: true })
  renameSync(unfinished, folder)
  return { program: programIn(folder) }
}

/** What went wrong. */
function install(folder: string, more: readonly string[]): string | undefined {
  const options = { cwd: folder, encoding: 'utf8', timeout: patienceMs, shell: process.platform === 'win32' } as const
  const { status, stderr, error } = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...more], options)
  if (status === 0) return undefined
  return error?.message ?? stderr.trim().split('\n').at(0) ?? `it ended with ${status}`
}
