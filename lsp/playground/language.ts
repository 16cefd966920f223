/** A language server for a page: the program `scalec lsp --stdio`, one for each page, its messages taken over a WebSocket. */
import { spawn } from 'node:child_process'
import type { Message } from 'vscode-languageserver/node'
import { StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node'
import type { WebSocket } from 'ws'

/** `command`: the program and its arguments. It ends with the socket, and the socket with it. */
export function serveLanguage(socket: WebSocket, [program, ...parameters]: readonly [string, ...string[]], folder: string): void {
  const server = spawn(program, parameters, { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] })
  const reader = new StreamMessageReader(server.stdout)
  const writer = new StreamMessageWriter(server.stdin)
  reader.listen((message) => socket.send(JSON.stringify(message)))
  socket.on('message', (data) => {
    const message = parsed(String(data))
    if (message === undefined) socket.close(1003, 'this is no message of the protocol')
    else writer.write(message).catch(() => socket.close())
  })
  socket.on('close', () => server.kill())
  socket.on('error', () => server.kill())
  server.on('error', () => socket.close(1011, 'the language server cannot be started'))
  server.on('exit', () => socket.close(1011, 'the language server has ended'))
  // Its pipe may close before its end is told.
  server.stdin.on('error', () => socket.close())
}

function parsed(text: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'jsonrpc' in value ? (value as Message) : undefined
  } catch {
    return undefined
  }
}
