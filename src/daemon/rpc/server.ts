/** Serves scale.proto with @grpc/grpc-js: a few connections of modelers, not the spans themselves. */
import type { Server, ServerDuplexStream, ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js'
import type { TraceSource } from '../../sources/index.ts'
import { type Door, grpcDoor, openDoor } from '../door.ts'
import type { Ring } from '../split/ring.ts'
import { Refusal } from '../split/session.ts'
import type { Sessions } from '../split/sessions.ts'
import type { FetchReply, FetchRequest, StatisticsReply, StatisticsRequest, SubscribeReply, SubscribeRequest } from './messages.ts'
import { maxMessageBytes, service } from './service.ts'

export interface RpcParts {
  readonly instance: string
  readonly sessions: Sessions
  readonly ring: Ring
  readonly traces: TraceSource
  /** A handler threw: a bug. */
  readonly failed: (error: unknown) => void
}

export interface RpcServer {
  readonly host: string
  readonly port: number
  close(graceMs: number): Promise<void>
}

/** Messages that are handed to the transport at once. */
const batch = 256

/** Starts listening; rejects with the listener's error. */
export async function startRpc(host: string, port: number, parts: RpcParts, door: Door = openDoor): Promise<RpcServer> {
  const grpc = await import('@grpc/grpc-js')
  const { credentials, interceptors } = await grpcDoor(door)
  const server = new grpc.Server({ interceptors, 'grpc.max_receive_message_length': maxMessageBytes, 'grpc.max_send_message_length': maxMessageBytes })
  server.addService(service, {
    subscribe: (call: ServerWritableStream<SubscribeRequest, SubscribeReply>) => void subscribe(call, parts).catch(parts.failed),
    statistics: (call: ServerDuplexStream<StatisticsRequest, StatisticsReply>) => statistics(call, parts),
    fetch: (call: ServerUnaryCall<FetchRequest, FetchReply>, answer: sendUnaryData<FetchReply>) => void fetchTrace(call, answer, parts).catch(parts.failed),
  })
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host.includes(':') ? `[${host}]` : host}:${port}`, credentials, (error, at) =>
      error === null ? resolve(at) : reject(Object.assign(error, { code: 'EADDRINUSE' })),
    )
  })
  return { host, port: bound, close: (graceMs) => close(server, graceMs) }
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()))
  // Streams have no end of their own.
  const cut = setTimeout(() => server.forceShutdown(), graceMs)
  await closed
  clearTimeout(cut)
}

async function subscribe(call: ServerWritableStream<SubscribeRequest, SubscribeReply>, { instance, ring }: RpcParts): Promise<void> {
  const { request } = call
  let after = request.instance === instance ? Math.min(request.after, ring.last) : ring.last
  let open = true
  /** Goes on when a trace is there, or, while the reader is slow, when there is room; at the end in any case. */
  let more = (): void => {}
  let room = (): void => {}
  const ended = (): void => {
    open = false
    more()
    room()
  }
  call.on('cancelled', ended)
  call.on('error', ended)
  call.on('drain', () => room())
  const forget = ring.onPush(() => more())
  call.write({ begun: { instance, after } })
  while (open) {
    const next = ring.read(after, batch)
    after = next.after
    let isFull = false
    for (const reply of next.replies) isFull = !call.write(reply)
    // A slow reader is waited for; what the ring forgets meanwhile it is told.
    if (isFull) await new Promise<void>((resolve) => (room = resolve))
    else if (next.replies.length === 0) await new Promise<void>((resolve) => (more = resolve))
  }
  forget()
}

function statistics(call: ServerDuplexStream<StatisticsRequest, StatisticsReply>, { sessions, failed }: RpcParts): void {
  const connection = sessions.connect((reply) => call.write(reply))
  call.on('data', (request: StatisticsRequest) => {
    try {
      connection.request(request)
    } catch (error) {
      if (!(error instanceof Refusal)) failed(error)
      call.write({ refused: error instanceof Refusal ? error.message : 'this is a bug of the sampler' })
      connection.close()
      call.end()
    }
  })
  call.on('end', () => {
    connection.close()
    call.end()
  })
  call.on('cancelled', () => connection.close())
  call.on('error', () => connection.close())
}

async function fetchTrace(call: ServerUnaryCall<FetchRequest, FetchReply>, answer: sendUnaryData<FetchReply>, { traces }: RpcParts): Promise<void> {
  const found = await traces.fetch({ traceId: Buffer.from(call.request.traceId).toString('hex') })
  answer(null, found.kind === 'found' ? { found: true, trace: found.bytes } : { found: false, trace: new Uint8Array(0) })
}
