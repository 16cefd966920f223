/** Notices changes of files by watching their folders, so that editors' and ConfigMaps' replacements are seen too. */
import type { FSWatcher } from 'node:fs'
import { watch } from 'node:fs'

export interface Watcher {
  /** Watches these folders from now on. */
  folders(dirs: Iterable<string>): void
  close(): void
}

/** A burst of changes, such as a ConfigMap's swap of symbolic links, is one. */
const quietMs = 150

/** `relevant` says which file names matter; undefined is a name that the system does not tell. */
export function createWatcher(
  changed: () => void,
  failed: (dir: string, error: Error) => void,
  relevant: (name: string | undefined) => boolean = () => true,
): Watcher {
  const watchers = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | undefined

  function touched(_event: string, name: string | null): void {
    if (!relevant(name ?? undefined)) return
    clearTimeout(timer)
    timer = setTimeout(changed, quietMs)
  }

  function add(dir: string): void {
    const drop = (error: Error): void => {
      watchers.get(dir)?.close()
      watchers.delete(dir)
      failed(dir, error)
    }
    try {
      watchers.set(dir, watch(dir, touched).on('error', drop))
    } catch (error) {
      drop(error as Error)
    }
  }

  return {
    folders(dirs) {
      const wanted = new Set(dirs)
      for (const [dir, watcher] of watchers) {
        if (wanted.has(dir)) continue
        watcher.close()
        watchers.delete(dir)
      }
      for (const dir of wanted) if (!watchers.has(dir)) add(dir)
    },
    close() {
      clearTimeout(timer)
      for (const watcher of watchers.values()) watcher.close()
      watchers.clear()
    },
  }
}
