/** Opens the daemon's three addresses, or none of them. */
import { type Api, type ApiOptions, startApi } from './api/index.ts'
import type { Config } from './config/index.ts'
import { createDoor, type Door } from './door.ts'
import { grpcReceiver, httpReceiver, type Intake, type Receiver } from './receivers/index.ts'

export interface Listeners {
  readonly receivers: readonly Receiver[]
  readonly api: Api
  close(graceMs: number): Promise<void>
}

/** An address that cannot be listened on, by its key in the configuration. */
export interface ListenError {
  readonly key: string
  readonly address: string
  readonly error: NodeJS.ErrnoException
}

export async function listen<T extends { readonly target: string }>(
  config: Config,
  intake: Intake | undefined,
  options: ApiOptions<T>,
): Promise<Listeners | ListenError> {
  const { grpc, http } = config.receivers
  const opened: { close(graceMs: number): Promise<void> }[] = []
  const close = async (graceMs: number): Promise<void> => {
    await Promise.all(opened.map((listener) => listener.close(graceMs)))
  }
  async function open<L extends Receiver | Api>(
    key: string,
    at: Config['api'],
    start: (host: string, port: number, door: Door) => Promise<L>,
  ): Promise<L | ListenError> {
    try {
      const listener = await start(at.host, at.port, createDoor(at))
      opened.push(listener)
      return listener
    } catch (error) {
      await close(0)
      return { key, address: `${at.host}:${at.port}`, error: error as NodeJS.ErrnoException }
    }
  }
  const receivers: Receiver[] = []
  if (intake !== undefined) {
    const overGrpc = await open('receivers.grpc', grpc, (host, port, door) => grpcReceiver(host, port, intake, door))
    if ('error' in overGrpc) return overGrpc
    const overHttp = await open('receivers.http', http, (host, port, door) => httpReceiver(host, port, intake, door))
    if ('error' in overHttp) return overHttp
    receivers.push(overGrpc, overHttp)
  }
  const api = await open('api', config.api, (host, port, door) => startApi(host, port, options, door))
  if ('error' in api) return api
  return { receivers, api, close }
}
