/** 100,000 programs as they are while someone types, pastes and errs. `FUZZ_PROGRAMS` and `FUZZ_SEED` choose others. */
import { expect, it } from 'vitest'
import { fuzz } from '../support/fuzz.ts'

const { FUZZ_PROGRAMS = '100000', FUZZ_SEED = '1' } = process.env

it(`${FUZZ_PROGRAMS} mutated programs: no crash, none over 100 ms, every place inside the text`, { timeout: 1_800_000 }, () => {
  const { failures, worst, programs, diagnostics, right } = fuzz(Number(FUZZ_SEED), Number(FUZZ_PROGRAMS), 100)
  process.stderr.write(
    `${programs} programs, ${diagnostics} diagnostics, ${right} without an error; the slowest took ${worst.ms.toFixed(1)} ms of CPU (seed ${worst.seed}, ${worst.length} characters)\n`,
  )
  expect(failures).toEqual([])
})
