/** Runs the built `scalec` as a process. */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

export interface Result {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const program = resolve('dist/scalec.js')

export function scalec(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Result {
  const { PATH = '' } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { PATH, ...options.env },
    ...(options.input === undefined ? {} : { input: options.input }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  return { code: status, out: stdout, err: stderr }
}
