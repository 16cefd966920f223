/**
 * Text as codes: every distinct service, operation and projected attribute text gets a small number, once. Code 0 is
 * the empty text.
 */
export interface Dictionary {
  readonly size: number
  /** The text's code, a new one if it is new. */
  code(text: string): number
  /** The code of UTF-8 bytes [start, end); on the hot path, so it makes no string for a text that it knows. */
  codeOfBytes(bytes: Uint8Array, start: number, end: number): number
  text(code: number): string
  /** Texts refused because the dictionary was full; they got code 0. */
  readonly refused: number
}
