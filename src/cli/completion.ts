/** `scalec completion bash|zsh|fish`: the script that completes commands, options, their values and files. */
import type { Command } from 'commander'
import { bash } from './completion/bash.ts'
import { fish } from './completion/fish.ts'
import { specOf } from './completion/spec.ts'
import { zsh } from './completion/zsh.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import type { Terminal } from './terminal.ts'

export const shells = { bash, zsh, fish } as const

export function run(shell: keyof typeof shells, program: Command, terminal: Terminal): ExitCode {
  terminal.out(shells[shell](specOf(program)))
  return exit.fine
}
