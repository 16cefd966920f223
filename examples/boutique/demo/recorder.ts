/**
 * Records what the services export: an OTLP/HTTP receiver that appends each request to a file as it came, in the format of the
 * Collector's file exporter (4-byte big-endian length, then the protobuf message), which `scalec replay` reads.
 */
import { createWriteStream } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Recorder {
  /** Where to export to. */
  readonly url: string
  readonly requests: number
  close(): Promise<void>
}

export async function startRecorder(file: string): Promise<Recorder> {
  const out = createWriteStream(file)
  let requests = 0
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(body.length)
    out.write(Buffer.concat([length, body]))
    requests++
    // An ExportTraceServiceResponse without a partial success is an empty message.
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    get requests() {
      return requests
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await new Promise<void>((resolve) => out.end(resolve))
    },
  }
}
