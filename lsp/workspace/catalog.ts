/** The catalog of a project: from its file or live from Tempo. What is broken leaves the last good one in place, and says so. */
import { resolve } from 'node:path'
import { readCatalog } from '../../src/files/index.ts'
import { type Catalog, viewOf } from '../../src/language/index.ts'
import type { CatalogState } from '../contract.ts'

export const noCatalog: CatalogState = { catalog: undefined, view: undefined, source: undefined, problem: undefined }

/** `name` as `scale.json` has it, from the project's folder. */
export function catalogOfFile(folder: string, name: string | undefined, read: (path: string) => string | undefined, before: CatalogState): CatalogState {
  if (name === undefined) return noCatalog
  const text = read(resolve(folder, name))
  if (text === undefined) return broken(name, `${name} cannot be read`, before)
  const result = readCatalog(text)
  return 'error' in result ? broken(name, `${name}: ${result.error}`, before) : withCatalog(result.catalog, name)
}

export function withCatalog(catalog: Catalog, source: string): CatalogState {
  return { catalog, view: viewOf(catalog), source, problem: undefined }
}

/** One that the client has itself, as JSON. */
export function givenCatalog(catalog: unknown, source: string): CatalogState {
  const read = readCatalog(JSON.stringify(catalog))
  return 'error' in read ? { ...noCatalog, source, problem: `${source}: ${read.error}` } : withCatalog(read.catalog, source)
}

/** A catalog of another source says nothing of this one. */
export function broken(source: string, problem: string, before: CatalogState): CatalogState {
  return before.source === source ? { ...before, problem } : { ...noCatalog, source, problem }
}
