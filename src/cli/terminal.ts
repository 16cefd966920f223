/** Where commands write to. */

export interface Terminal {
  /** Results. */
  readonly out: (text: string) => void
  /** Everything else: progress, problems of a command whose result goes to `out`. */
  readonly err: (text: string) => void
  readonly outColour: boolean
  readonly errColour: boolean
}

/** The process's own. A reader that closes early (`scalec check … | head`) ends the program quietly. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      process.exit()
    })
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    outColour: coloured(process.stdout),
    errColour: coloured(process.stderr),
  }
}

/** https://no-color.org: any value but the empty one turns colours off. */
function coloured(stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true
  return stream.isTTY === true && TERM !== 'dumb'
}
