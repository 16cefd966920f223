/** The language server as a program: on standard input and output, or on a socket. */
import { createConnection as connect } from 'node:net'
import { type Connection, createConnection, ProposedFeatures } from 'vscode-languageserver/node'
import { type ServerOptions, startServer } from './server.ts'
import { reporter } from './wiring/answers.ts'

export type { ServerOptions } from './server.ts'

/** Serves until the client says `exit` or is gone, which ends the process. */
export function serveStdio(options: ServerOptions): void {
  serve(createConnection(ProposedFeatures.all, process.stdin, process.stdout), options)
}

/** What nobody waited for and failed is a bug; it is logged, and the server lives on: an editor without one is worse. */
function serve(connection: Connection, options: ServerOptions): void {
  const report = reporter(connection)
  process.on('unhandledRejection', (error) => report('in the background', error))
  process.on('uncaughtException', (error) => report('in the background', error))
  startServer(connection, options)
}

/** Connects to a client that listens on the port of this machine. Settles when the connection is closed; rejects where nobody listens. */
export function serveSocket(port: number, options: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('error', reject)
    socket.once('close', () => resolve())
    socket.once('connect', () => serve(createConnection(ProposedFeatures.all, socket, socket), options))
  })
}
