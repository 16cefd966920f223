/** What completion finds out once of each service and file, found out before somebody types: of thousands it takes as long as a slow keystroke. */
import { inPortions, type Sliced } from '../../../src/language/index.ts'
import type { Project } from '../../contract.ts'
import { knownUses } from './providers/workloads.ts'
import { namedOperations } from './spelling.ts'

/** Between two pauses: a millisecond of work at most. */
const portions = { services: 50, files: 2 } as const

export function* preparing({ catalog, documents }: Pick<Project, 'catalog' | 'documents'>): Sliced<void> {
  yield* inPortions(catalog.catalog?.services ?? [], portions.services, (service) => void namedOperations(service))
  yield* inPortions([...documents.values()], portions.files, ({ parsed }) => void knownUses(parsed.tree))
}
