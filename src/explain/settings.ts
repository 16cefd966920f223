/** What the engine is set to: no rule says it, but it shows in every answer. */

export interface EngineSettings {
  /** How long after its end a span may arrive and still count. */
  readonly latenessNs: number
  /** Without any span for so long nothing is known. */
  readonly staleNs: number
  /** A trace whose root has ended is decided when nothing of it has ended for so long; only rules that need traces wait for it. */
  readonly traceIdleNs: number
  /** A trace is decided at the latest so long after its first span ended. */
  readonly traceMaxAgeNs: number
}

/** The engine's own defaults. */
export const defaultSettings: EngineSettings = { latenessNs: 5e9, staleNs: 60e9, traceIdleNs: 5e9, traceMaxAgeNs: 60e9 }
