/** A modeler's connections to one sampler. Streams that break are begun again after a while, until they are closed. */
import { readFileSync } from 'node:fs'
import type { Client, ClientDuplexStream, ClientReadableStream } from '@grpc/grpc-js'
import type { Fetched } from '../../sources/index.ts'
import type { Wire, WireEvents } from '../split/gathering.ts'
import type { FetchReply, FetchRequest, StatisticsReply, StatisticsRequest, SubscribeReply, SubscribeRequest } from './messages.ts'
import { maxMessageBytes, methods } from './service.ts'

export interface SamplerClient {
  statistics(events: WireEvents): Wire
  /** `from` is asked each time the stream is begun. */
  subscribe(from: () => SubscribeRequest, received: (reply: SubscribeReply) => void): { close(): void }
  fetch(traceId: Uint8Array): Promise<Fetched>
  close(): void
}

const againMs = 500
const fetchDeadlineMs = 10_000

/** PEM files, and the file with our token. Without any of them: plain text. */
export interface ClientSecurity {
  readonly tls?: { readonly ca?: string | undefined; readonly cert?: string | undefined; readonly key?: string | undefined } | undefined
  /** Sent over TLS alone. */
  readonly token?: string | undefined
}

/** Throws an Error that names the file that cannot be read. */
export async function connectSampler(address: string, { tls, token }: ClientSecurity = {}): Promise<SamplerClient> {
  const grpc = await import('@grpc/grpc-js')
  const pem = (file: string | undefined): Buffer | null => (file === undefined ? null : readFileSync(file))
  const channel = tls === undefined ? grpc.credentials.createInsecure() : grpc.credentials.createSsl(pem(tls.ca), pem(tls.key), pem(tls.cert))
  // Read for each call, so that a token that is replaced is used at once.
  const bearer = grpc.credentials.createFromMetadataGenerator((_, done) => {
    try {
      const metadata = new grpc.Metadata()
      metadata.set('authorization', `Bearer ${readFileSync(token as string, 'utf8').trim()}`)
      done(null, metadata)
    } catch (error) {
      done(error as Error)
    }
  })
  const credentials = token === undefined || tls === undefined ? channel : grpc.credentials.combineChannelCredentials(channel, bearer)
  const client: Client = new grpc.Client(address, credentials, {
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    // A sampler that comes back should be found soon, and one whose machine is gone noticed.
    'grpc.initial_reconnect_backoff_ms': againMs,
    'grpc.max_reconnect_backoff_ms': 5000,
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 5000,
  })
  const { statistics, subscribe, fetch } = methods

  return {
    statistics(events) {
      let call: ClientDuplexStream<StatisticsRequest, StatisticsReply> | undefined
      const stream = renewed(
        () => {
          const mine = client.makeBidiStreamRequest(statistics.path, statistics.requestSerialize, statistics.responseDeserialize)
          call = mine
          mine.on('data', (reply: StatisticsReply) => {
            if (call === mine) events.received(reply)
          })
          // What is written before there is a connection waits for it.
          queueMicrotask(() => {
            if (call === mine) events.opened()
          })
          return mine
        },
        (why) => {
          call = undefined
          events.closed(why)
        },
      )
      return {
        send: (request) => call?.write(request),
        renew: () => stream.renew(),
        close: () => stream.close(),
      }
    },
    subscribe(from, received) {
      const stream = renewed(() => {
        const call: ClientReadableStream<SubscribeReply> = client.makeServerStreamRequest(
          subscribe.path,
          subscribe.requestSerialize,
          subscribe.responseDeserialize,
          from(),
        )
        call.on('data', received)
        return call
      })
      return { close: () => stream.close() }
    },
    fetch(traceId) {
      return new Promise((resolve) => {
        client.makeUnaryRequest<FetchRequest, FetchReply>(
          fetch.path,
          fetch.requestSerialize,
          fetch.responseDeserialize,
          { traceId },
          { deadline: Date.now() + fetchDeadlineMs },
          (error, reply) => {
            if (error !== null) resolve({ kind: 'failed', message: error.details })
            else if (reply?.found !== true) resolve({ kind: 'missing' })
            else resolve({ kind: 'found', bytes: reply.trace, encoding: 'protobuf', partial: false })
          },
        )
      })
    },
    close: () => client.close(),
  }
}

interface Renewed {
  renew(): void
  close(): void
}

/** Begins a stream, and another when it has ended. */
function renewed<S extends ClientReadableStream<unknown> | ClientDuplexStream<unknown, unknown>>(begin: () => S, ended?: (why: string) => void): Renewed {
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let call: S | undefined

  function start(): void {
    let over = false
    const mine = begin()
    call = mine
    const end = (why: string): void => {
      if (over) return
      over = true
      if (call === mine) call = undefined
      ended?.(why)
      if (!closed) timer = setTimeout(start, againMs)
    }
    mine.on('error', (error: Error & { readonly details?: string }) => end(error.details ?? error.message))
    mine.on('end', () => end('the sampler ended the connection'))
  }

  start()
  return {
    renew: () => call?.cancel(),
    close() {
      closed = true
      clearTimeout(timer)
      call?.cancel()
    },
  }
}
