/** The client's settings of the section `scale`. What is not understood is left at its default: an editor's other settings are none of ours. */
export interface Settings {
  /** URL of a Tempo. */
  readonly tempo: string | undefined
  readonly refreshMs: number
  readonly delayMs: number
  /** Warnings and lints as well as errors. */
  readonly lint: boolean
}

export const defaultSettings: Settings = { tempo: undefined, refreshMs: 300_000, delayMs: 150, lint: true }

/** `given`: `{ catalog: { tempo, refresh }, diagnostics: { delay, lint } }`, or the same with dots in the keys. */
export function readSettings(given: unknown): Settings {
  const tempo = at(given, 'catalog', 'tempo')
  const refresh = at(given, 'catalog', 'refresh')
  const delay = at(given, 'diagnostics', 'delay')
  const lint = at(given, 'diagnostics', 'lint')
  return {
    tempo: typeof tempo === 'string' && /^https?:\/\/\S+$/.test(tempo) ? tempo : undefined,
    refreshMs: (typeof refresh === 'string' ? durationMs(refresh) : undefined) ?? defaultSettings.refreshMs,
    delayMs: typeof delay === 'number' && delay >= 0 && delay <= 60_000 ? delay : defaultSettings.delayMs,
    lint: typeof lint === 'boolean' ? lint : defaultSettings.lint,
  }
}

function at(given: unknown, group: string, key: string): unknown {
  const inner = member(given, group)
  return member(inner, key) ?? member(given, `${group}.${key}`)
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined
}

/** `30s`, `5m`, `1h`; nothing under ten seconds, for Tempo's sake. */
function durationMs(text: string): number | undefined {
  const [, digits, unit] = /^(\d+)(s|m|h)$/.exec(text) ?? []
  if (digits === undefined) return undefined
  return Math.max(10_000, Number(digits) * (unit === 's' ? 1000 : unit === 'm' ? 60_000 : 3_600_000))
}
