import type { Config } from './schema.ts'
import { schema } from './schema.ts'
import { written } from './walk.ts'

export * from './load.ts'
export type { Config } from './schema.ts'

/** The configuration as a document that loads to the same. */
export function configDocument(config: Config): unknown {
  return written(schema, config)
}
