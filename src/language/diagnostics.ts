/**
 * What the compiler says of a program. A diagnostic is a value with a stable code; codes are never reused.
 * SC1xxx syntax · SC2xxx names, units and types · SC3xxx rules that cannot work · SC4xxx warnings · SC5xxx input and output.
 */
import type { TextRange } from './tree.ts'

export type Severity = 'error' | 'warning'

/** One replacement that mends the program. */
export interface Fix {
  /** In the imperative: "write 400ms". */
  readonly title: string
  readonly edits: readonly { readonly range: TextRange; readonly text: string }[]
}

export interface Diagnostic {
  /** `SC2003`. */
  readonly code: string
  readonly severity: Severity
  /** Name of the source it is about. */
  readonly file: string
  readonly range: TextRange
  /** One sentence, no full stop. */
  readonly message: string
  /** What stands under the carets. */
  readonly label?: string
  /** Other places that matter. */
  readonly related?: readonly { readonly file: string; readonly range: TextRange; readonly message: string }[]
  /** In the imperative. */
  readonly help?: string
  readonly fix?: Fix
}

/** One entry of a message table: its code, severity and words, with the parameters that they need. */
export interface Message<P> {
  readonly code: string
  readonly severity: Severity
  readonly text: (parameters: P) => string
  readonly help: ((parameters: P) => string | undefined) | undefined
}

export function message<P = Record<never, never>>(
  code: string,
  severity: Severity,
  text: (parameters: P) => string,
  help?: (parameters: P) => string | undefined,
): Message<P> {
  return { code, severity, text, help }
}

/** A diagnostic from the table. */
export function report<P>(
  entry: Message<P>,
  file: string,
  range: TextRange,
  parameters: P,
  more: Partial<Pick<Diagnostic, 'label' | 'related' | 'fix' | 'help'>> = {},
): Diagnostic {
  const help = more.help ?? entry.help?.(parameters)
  return {
    code: entry.code,
    severity: entry.severity,
    file,
    range,
    message: entry.text(parameters),
    ...(help === undefined ? {} : { help }),
    ...(more.label === undefined ? {} : { label: more.label }),
    ...(more.related === undefined ? {} : { related: more.related }),
    ...(more.fix === undefined ? {} : { fix: more.fix }),
  }
}
