import { defineConfig } from 'vitest/config'

/** Against a real API server. The first run builds it, which takes minutes. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    globalSetup: ['test/support/build.ts', 'test/cluster/setup.ts'],
    setupFiles: ['test/support/seed.ts'],
    include: ['test/cluster/**/*.test.ts'],
    fileParallelism: false,
    // A busy machine takes a while over what a quiet one does at once.
    expect: { poll: { timeout: 10_000 } },
    // Real clocks and processes on a machine of two cores: once more before a failure is believed. A violated invariant is not tried again: chaos.test.ts says so.
    retry: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
