/** A small JSON server for fakes of orchestrators. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Reply {
  readonly status: number
  /** Text is sent as it is. */
  readonly body: unknown
}

export interface FakeServer {
  /** Of a TCP server. */
  readonly port: number
  readonly requests: string[]
  close(): Promise<void>
}

/** On a free port of the loopback, or on a unix socket. */
export async function serve(answer: (request: IncomingMessage, url: URL, body: unknown) => Reply | Promise<Reply>, socket?: string): Promise<FakeServer> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const text = Buffer.concat(chunks).toString()
      requests.push(`${request.method} ${request.url}`)
      const { status, body } = await answer(request, new URL(request.url as string, 'http://fake'), text === '' ? undefined : JSON.parse(text))
      response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })()
  })
  await new Promise<void>((resolve) => {
    if (socket === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(socket, resolve)
  })
  return {
    port: socket === undefined ? (server.address() as AddressInfo).port : 0,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
