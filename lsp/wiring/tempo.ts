/** The catalog live from a Tempo: asked in the background, over and over; whatever it answers, nothing waits for it. */
import type { CatalogState } from '../contract.ts'
import { broken, noCatalog, withCatalog } from '../workspace/catalog.ts'

export interface LiveCatalog {
  /** Asks now. */
  refresh(): Promise<void>
  close(): void
}

/** `heard` is given each new state; one that failed has the last good catalog with the problem. */
export function liveCatalog(url: string, everyMs: number, heard: (state: CatalogState) => void): LiveCatalog {
  let state: CatalogState = { ...noCatalog, source: url }
  let asking: Promise<void> | undefined
  let closed = false

  async function ask(): Promise<void> {
    try {
      // Loaded when it is needed: most servers have a file.
      const { catalogFromTempo } = await import('../../src/catalogs/index.ts')
      const asked = await catalogFromTempo({ url })
      state = 'error' in asked ? broken(url, asked.error, state) : withCatalog(asked.catalog, url)
    } catch (error) {
      state = broken(url, `${url}: ${error instanceof Error ? error.message : String(error)}`, state)
    }
    if (!closed) heard(state)
  }

  function refresh(): Promise<void> {
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }

  const timer = setInterval(refresh, everyMs)
  timer.unref()
  void refresh()
  return {
    refresh,
    close() {
      closed = true
      clearInterval(timer)
    },
  }
}
