/** When the state is written: at once around actions, and otherwise a little later, many steps together. */
import type { Saved, StateStore } from './store.ts'

export interface Saver {
  /** Resolves when the present state is on disk; rejects when it cannot be written. */
  now(): Promise<void>
  /** Writes within `delayMs`. */
  soon(): void
  /** Writes what is left, if that is possible. */
  close(): Promise<void>
}

/** `failed` hears of each failure, also of those that `now` rejects with. */
export function createSaver(store: StateStore, present: () => Saved, delayMs: number, failed: (error: Error) => void): Saver {
  let timer: NodeJS.Timeout | undefined
  async function now(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    try {
      await store.save(present())
    } catch (error) {
      failed(error as Error)
      throw error
    }
  }
  return {
    now,
    soon() {
      timer ??= setTimeout(() => now().catch(() => {}), delayMs)
    },
    close: () => now().catch(() => {}),
  }
}
