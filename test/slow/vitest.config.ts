import { defineConfig } from 'vitest/config'

/** Whole programs against the clock: minutes, and one after the other so that they do not slow each other down. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    setupFiles: ['test/support/seed.ts'],
    include: ['test/slow/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
