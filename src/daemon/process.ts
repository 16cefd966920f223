/** What every program of the daemon says and hears as a process. */
import type { ListenError } from './listen.ts'

export function refuse(code: number, ...lines: readonly string[]): number {
  for (const line of lines) console.error(`scaled: ${line}`)
  return code
}

/** SIGTERM and SIGINT stop, a second one at once; SIGHUP is remembered until somebody wants to know. */
export function listenToSignals(): { readonly stop: Promise<void>; onHangUp(listener: () => void): void } {
  const stop = Promise.withResolvers<void>()
  let stopping = false
  let hungUp = false
  let listener: (() => void) | undefined
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      stop.resolve()
    })
  process.on('SIGHUP', () => {
    hungUp = true
    if (!stopping) listener?.()
  })
  return {
    stop: stop.promise,
    onHangUp(next) {
      listener = next
      if (hungUp) next()
    },
  }
}

export function cannotListen({ key, address, error }: ListenError): string {
  if (error.code === 'EADDRINUSE') return `${key}: ${address} is in use by another process; choose another port`
  if (error.code === 'EACCES') return `${key}: ${address} may not be listened on by this user`
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') return `${key}: ${address} is no address of this host`
  return `${key}: cannot listen on ${address}: ${error.message}`
}
