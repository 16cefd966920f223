/** What a command says with its exit code. */
export const exit = {
  fine: 0,
  /** The rules have problems. */
  problems: 1,
  /** A wrong command line, or a file that cannot be read or written. */
  usage: 2,
  /** Nothing but warnings, where `--fail-level warning` asks to be told. */
  warnings: 3,
  /** A bug of ours. */
  bug: 70,
} as const

export type ExitCode = (typeof exit)[keyof typeof exit]
