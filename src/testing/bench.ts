/** The rules of one compilation, ready for its tests. */
import { dirname, isAbsolute, join } from 'node:path'
import { type Bundle, bundleOf } from '../bundle/index.ts'
import type { Program, Test } from '../language/index.ts'
import { columnsFor, createDictionary, type Dictionary, type Nanos, SpanTable } from '../spans/index.ts'
import { type RecordingResult, readRecording } from './recording.ts'

/** Monday 1 January 2024, 00:00 UTC. */
export const epoch: Nanos = 1_704_067_200e9
const latenessNs = 5e9
const dayNs = 86_400e9
/** The step of rules that do not exist. */
const defaultTickNs = 5e9

export interface Bench {
  readonly program: Program
  readonly bundle: Bundle
  /** Length of the shortest step of the engine: every rule's step is a multiple of it. */
  readonly tickNs: number
  /** When tests without a recording start: a moment at which a step of every rule begins. */
  readonly start: Nanos
  /** Shared by the engines of all tests, for recordings that are read once; nothing that a test sees depends on it. */
  readonly dictionary: Dictionary
  /** A recording by its path in a test, which is relative to the test's file. */
  recording(test: Test, path: string): Promise<RecordingResult>
}

/** `program` must have no errors, and ask for nothing that the engine cannot measure (the bundle's `refusals`). */
export function createBench(program: Program, compiler: string): Bench {
  const bundle = bundleOf(program, compiler)
  const steps = bundle.rules.map((rule) => rule.everyNs)
  const tickNs = steps.reduce(greatestCommonDivisor, 0) || defaultTickNs
  const dictionary = createDictionary()
  const read = new Map<string, Promise<RecordingResult>>()
  return {
    program,
    bundle,
    tickNs,
    start: aligned(steps, tickNs),
    dictionary,
    recording(test, path) {
      const file = isAbsolute(path) ? path : join(dirname(test.file.source.name), path)
      let result = read.get(file)
      if (result === undefined) {
        result = readRecording(file, new SpanTable(dictionary, columnsFor(bundle)), tickNs, latenessNs)
        read.set(file, result)
      }
      return result
    },
  }
}

/** The first moment from the epoch on that is a multiple of all steps; of the tick alone where that is more than a day away. */
function aligned(steps: readonly number[], tickNs: number): Nanos {
  let common = tickNs
  for (const step of steps) {
    const next = (common / greatestCommonDivisor(common, step)) * step
    if (next <= dayNs) common = next
  }
  return Math.ceil(epoch / common) * common
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
