/** What the engine is set to: no rule says it, but it shows in every answer. */

export interface EngineSettings {
  /** How long after its end a span may arrive and still count. */
  readonly latenessNs: number
  /** Without any span for so long nothing is known. */
  readonly staleNs: number
}

/** The engine's own defaults. */
export const defaultSettings: EngineSettings = { latenessNs: 5e9, staleNs: 60e9 }
