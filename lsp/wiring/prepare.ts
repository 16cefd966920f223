/** After the first check with a catalog, what completion needs of it is found out between the client's requests. */
import { preparing } from '../features/completion/prepare.ts'
import { createCheck } from '../workspace/checking.ts'
import type { ProjectState } from '../workspace/project.ts'

/** To be called when a check is over. */
export function createPreparation(failed: (error: unknown) => void): (state: ProjectState) => void {
  /** Catalogs, and projects without one. */
  const known = new WeakSet<object>()
  return (state) => {
    const key = state.catalog.catalog ?? state
    if (known.has(key)) return
    known.add(key)
    createCheck(
      () => preparing(state.project),
      () => {},
      failed,
    ).restart(0)
  }
}
