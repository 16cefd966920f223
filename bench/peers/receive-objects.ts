/**
 * The peers of the daemon in a process of their own: `node receive-objects.ts http2|grpc-js`. A server of that kind decodes every
 * export into objects and counts the spans; nothing is evaluated. Prints its port.
 */
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { grpcReceiver } from '../../src/daemon/receivers/index.ts'
import { protobufjsStatic } from './protobufjs.ts'

const decode = protobufjsStatic()

/** Decodes and counts; a request without spans is a mistake of the benchmark. */
function handle(bytes: Uint8Array): void {
  let spans = 0
  for (const resource of decode(bytes).resourceSpans) for (const scope of resource.scopeSpans) spans += scope.spans.length
  if (spans === 0) throw new Error('the benchmark sent no spans')
}

const limit = 64 * 2 ** 20

async function http2(): Promise<number> {
  const receiver = await grpcReceiver('127.0.0.1', 0, {
    maxRequestBytes: limit,
    hold: () => undefined,
    release: () => {},
    take(bytes) {
      handle(bytes)
      return { kind: 'accepted', rejected: 0, message: '' }
    },
    answered: () => {},
  })
  return receiver.port
}

function grpcJs(): Promise<number> {
  const server = new Server({ 'grpc.max_receive_message_length': limit })
  const method = {
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    requestStream: false as const,
    responseStream: false as const,
    requestSerialize: (b: Buffer) => b,
    requestDeserialize: (b: Buffer) => b,
    responseSerialize: (b: Buffer) => b,
    responseDeserialize: (b: Buffer) => b,
  }
  server.addService(
    { Export: method },
    {
      Export: ({ request }: { request: Buffer }, done: (error: null, answer: Buffer) => void) => {
        handle(request)
        done(null, Buffer.alloc(0))
      },
    },
  )
  return new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error === null ? resolve(port) : reject(error))),
  )
}

console.log(await (process.argv[2] === 'grpc-js' ? grpcJs() : http2()))
