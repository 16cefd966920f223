import { decodeJson, decodeRequest, type SpanTable } from '../spans/index.ts'
import type { RecordedMessage, Recording, RecordingFailure } from './recording.ts'

export interface DecodeOptions {
  /** Hears of every file or message that cannot be read; the rest is read on. */
  readonly onFailure?: (failure: RecordingFailure) => void
  /** Hears of spans with invalid ids, which are left out. */
  readonly onRejected?: (spans: number, message: string) => void
  /** Sees every message that could be read, before its spans. */
  readonly onMessage?: (message: RecordedMessage) => void
}

/** The recording's messages as tables: the one given, cleared and filled anew for each message that has spans. */
export async function* decodeMessages(recording: Recording, table: SpanTable, options: DecodeOptions = {}): AsyncGenerator<SpanTable> {
  for await (const message of recording) {
    if (!message.ok) {
      options.onFailure?.(message)
      continue
    }
    table.clear()
    const result = message.encoding === 'json' ? decodeJson(message.bytes, table) : decodeRequest(message.bytes, table)
    if (!result.ok) {
      const where = result.offset === undefined ? '' : `, byte ${result.offset} of the message`
      options.onFailure?.({ ok: false, file: message.file, at: `${message.at}${where}`, message: result.message })
      continue
    }
    options.onMessage?.(message)
    if (result.rejected > 0) options.onRejected?.(result.rejected, result.message ?? '')
    if (result.spans > 0) yield table
  }
}
