export interface Decoded {
  readonly ok: true
  /** Rows added to the table. */
  readonly spans: number
  /** Spans left out because an id is all zero (trace, span) or of a wrong length (parent as well). */
  readonly rejected: number
  /** Spans that end before they start, as clocks that were set back make them: kept, with duration 0. */
  readonly negative: number
  /** Says of the first rejected span what was wrong; present when some were. */
  readonly message?: string
}

/** The input is broken; the table is as it was before. Texts that were seen on the way stay in its dictionary. */
export interface DecodeFailure {
  readonly ok: false
  /** Byte of the input where it went wrong; undefined where only a JSON path is known, which is then in the message. */
  readonly offset: number | undefined
  readonly message: string
}

export type DecodeResult = Decoded | DecodeFailure

/** The service of a resource without a usable `service.name`, as OpenTelemetry's resource conventions name it. */
export const unknownService = 'unknown_service'
