/**
 * The most recent records and their followers. Ids rise, also over a restart, so that a follower that comes back with
 * the last id it saw gets what it missed, as far as it is still kept.
 */
import type { ServerResponse } from 'node:http'

export interface Numbered<T> {
  readonly id: number
  readonly record: T
}

export interface Feed<T> {
  push(record: T): void
  /** Newest last. */
  recent(): readonly Numbered<T>[]
  /** Calls back for each record after `lastId`, kept ones at once, until the returned function is called. */
  follow(listener: (entry: Numbered<T>) => void, lastId?: number): () => void
}

/** `firstId` must be over every id of earlier runs: microseconds since the epoch. */
export function createFeed<T>(capacity: number, firstId: number): Feed<T> {
  const entries: Numbered<T>[] = []
  const listeners = new Set<(entry: Numbered<T>) => void>()
  let id = firstId
  return {
    push(record) {
      const entry = { id: id++, record }
      entries.push(entry)
      // Let it run over by half, so that a push is not a shift of everything.
      if (entries.length > capacity * 1.5) entries.splice(0, entries.length - capacity)
      for (const listener of listeners) listener(entry)
    },
    recent: () => entries.slice(-capacity),
    follow(listener, lastId) {
      if (lastId !== undefined) for (const entry of entries.slice(-capacity)) if (entry.id > lastId) listener(entry)
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const heartbeatMs = 15_000
/** A follower that does not read is let go; it comes back with its last id. */
const maxBufferedBytes = 2 ** 20

/** Streams a feed as server-sent events until the client goes or `stop` fires. */
export function stream<T>(
  response: ServerResponse,
  feed: Feed<T>,
  options: { readonly event: string; readonly lastId: number | undefined; readonly stop: AbortSignal; readonly keep: (record: T) => boolean },
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
  response.write(': following\n\n')
  const unfollow = feed.follow(({ id, record }) => {
    if (!options.keep(record)) return
    response.write(`id: ${id}\nevent: ${options.event}\ndata: ${JSON.stringify(record)}\n\n`)
    if (response.writableLength > maxBufferedBytes) response.destroy()
  }, options.lastId)
  const heartbeat = setInterval(() => response.write(': alive\n\n'), heartbeatMs)
  const end = (): void => {
    response.end()
  }
  options.stop.addEventListener('abort', end)
  response.on('close', () => {
    unfollow()
    clearInterval(heartbeat)
    options.stop.removeEventListener('abort', end)
  })
}
