/** The trace store of the configuration. */
import { jaegerSource, type TraceSource, tempoSource } from '../sources/index.ts'
import type { Config } from './config/index.ts'

/** Undefined: none is configured. */
export function traceStore({ tempo, jaeger }: Config['traces']): TraceSource | undefined {
  const made =
    tempo !== undefined
      ? tempoSource({ url: tempo.url, headers: tempo.headers, ...(tempo.tenant === undefined ? {} : { tenant: tempo.tenant }) })
      : jaeger !== undefined
        ? jaegerSource(jaeger)
        : undefined
  // Its address was looked at when the configuration was read.
  if (made !== undefined && 'error' in made) throw new Error(made.error)
  return made
}
