/** A project's checked rules, ready to be run: by tests, over recordings, or by being told in words. */
import { dirname, resolve } from 'node:path'
import { type Bundle, refusals } from '../../src/bundle/index.ts'
import { type Bench, createBench } from '../../src/testing/index.ts'
import type { ProjectState } from '../workspace/project.ts'

export interface Runnable {
  readonly bench: Bench
  readonly bundle: Bundle
}

export interface Problem {
  /** A sentence. */
  readonly problem: string
}

/** Of the newest texts. */
export async function runnable(state: ProjectState, version: string): Promise<Runnable | Problem> {
  await state.finished()
  const { checked, folder } = state.project
  if (checked === undefined) return { problem: 'the rules could not be checked' }
  const wrong = [...checked.diagnostics.values()].flat().find(({ severity }) => severity === 'error')
  if (wrong !== undefined) return { problem: `the rules have errors, the first in ${wrong.file}: ${wrong.message}` }
  const bench = createBench(checked.program, version)
  const [refused] = refusals(bench.bundle)
  if (refused !== undefined) return { problem: `rule ${refused.rule} uses ${refused.what}, which this version cannot measure yet` }
  return {
    bundle: bench.bundle,
    // Names of files are relative to the project, and this process may run anywhere.
    bench: { ...bench, recording: (test, path) => bench.recording(test, resolve(folder, dirname(test.file.source.name), path)) },
  }
}

/** Lets the event loop hear what the editor sends, between units of work. */
export function breathe(): Promise<void> {
  return new Promise((done) => setImmediate(done))
}
