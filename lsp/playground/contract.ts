/** What the page and its server say to each other: JSON over one WebSocket, at `/replay`. The language server's messages have another, at `/language`. */
/** Two paths of the server; both take only pages that it served itself. */
export const paths = { replay: '/replay', language: '/language' } as const

/** As in src/evaluate, said once more: the page sees nothing of the server's code, which is checked with other libraries. Where the two differ, picture.ts does not compile. */
export type Truth = 'true' | 'false' | 'unknown'
export type UnknownReason = 'empty' | 'stale' | 'few' | 'sparse' | 'unscored' | 'settling' | 'world' | 'arithmetic'

/** From the page. `request` numbers grow: a newer replay takes the place of the one before. */
export type PageMessage =
  | {
      readonly kind: 'replay'
      readonly request: number
      /** A choice's id. */
      readonly recording: string
      /** The texts of the editor. What is not among them is read from disk. */
      readonly files: readonly { readonly name: string; readonly text: string }[]
      /** By target, at the recording's start; for targets that are not here, what the command line or the project says. */
      readonly replicas: Readonly<Record<string, number>>
    }
  /** A decision of the last picture that was sent. */
  | { readonly kind: 'explain'; readonly request: number; readonly decision: string }
  /** `before`: the text on disk as the page knows it. Where it is another one by now, nothing is written. */
  | { readonly kind: 'save'; readonly file: string; readonly text: string; readonly before: string }

/** From the server. */
export type ServerMessage =
  | Hello
  | { readonly kind: 'progress'; readonly request: number; readonly share: number }
  | { readonly kind: 'picture'; readonly request: number; readonly picture: Picture }
  /** No picture: the rules do not compile, or the recording cannot be read. Warnings alone: there is nothing to draw yet. */
  | { readonly kind: 'refused'; readonly request: number; readonly problems: readonly Problem[] }
  | { readonly kind: 'explanation'; readonly request: number; readonly decision: string; readonly text: string | undefined }
  | { readonly kind: 'saved'; readonly file: string; readonly error?: string }
  /** What there is to write rules about, for the language server: of the command line or the project, else of the recording that was chosen. */
  | { readonly kind: 'catalog'; readonly catalog: unknown; readonly source: string }

/** The first message. */
export interface Hello {
  readonly kind: 'hello'
  readonly version: string
  readonly files: readonly EditedFile[]
  readonly recordings: readonly RecordingChoice[]
  /** Of the language, by role: how the editor colours text before the language server has said anything. */
  readonly words: Readonly<Record<string, readonly string[]>>
  readonly rootUri: string
}

export interface EditedFile {
  /** As diagnostics name it. */
  readonly name: string
  readonly uri: string
  readonly text: string
  /** Whether it is a file that can be saved; else it is only an example to play with. */
  readonly saved: boolean
}

export interface RecordingChoice {
  readonly id: string
  /** For people: its path from the project. */
  readonly name: string
  readonly bytes: number
}

/** A sentence; with a place where it is about the rules. */
export interface Problem {
  readonly message: string
  readonly severity: 'error' | 'warning'
  readonly code?: string
  readonly file?: string
  /** One-based. */
  readonly line?: number
}

/** All that the rules did on a recording, as columns to draw. Times are seconds since the epoch, each of them the end of a step. */
export interface Picture {
  readonly start: number
  readonly end: number
  readonly spans: number
  /** Of them, spans that counted towards some rule. */
  readonly matched: number
  readonly steps: number
  /** Sentences: names that the recording does not have, spans that came too late. */
  readonly warnings: readonly string[]
  readonly targets: readonly TargetPicture[]
}

export interface TargetPicture {
  readonly id: string
  readonly min: number
  readonly max: number
  /** Replicas before the first step. */
  readonly initial: number
  readonly at: readonly number[]
  /** Wanted from the step's end on, by the decision of the step. */
  readonly desired: readonly number[]
  readonly ready: readonly number[]
  readonly rules: readonly RulePicture[]
  /** What a decision log would have: every action, and what was held where it changed. */
  readonly decisions: readonly DecisionPicture[]
}

export interface RulePicture {
  readonly name: string
  readonly doc?: string
  /** What it does: `+2`, `freeze up`. */
  readonly action: string
  readonly condition: string
  readonly observe: boolean
  readonly file: string
  readonly line: number
  readonly at: readonly number[]
  readonly truth: readonly Truth[]
  /** Why it was unknown, where it was. */
  readonly unknown: readonly (UnknownReason | null)[]
  /** Whether it asked for something at the step. */
  readonly fired: readonly boolean[]
  /** Its comparisons, in the order of the text. */
  readonly series: readonly SeriesPicture[]
}

export type SeriesType = 'number' | 'duration' | 'ratio' | 'rate' | 'size'

/** A value beside what it is compared with, by step of its rule. Null is unknown: a gap, never zero. */
export interface SeriesPicture {
  /** The value as the rule writes it. */
  readonly text: string
  /** The other side as the rule writes it. */
  readonly against: string
  readonly operator: string
  readonly type: SeriesType
  readonly values: readonly (number | null)[]
  readonly thresholds: readonly (number | null)[]
  readonly unknown: readonly (UnknownReason | null)[]
  /** Whether the comparison was true at the step. */
  readonly truth: readonly Truth[]
}

export interface DecisionPicture {
  readonly id: string
  readonly at: number
  readonly outcome: 'scale' | 'hold' | 'steady'
  readonly reason: string
  readonly message: string
  readonly from?: number
  readonly to?: number
}
