/**
 * Property tests look at the same examples in every run, so that a red suite means that the change is wrong. SCALE_TEST_SEED=N, or
 * SCALE_TEST_SEED=random, looks at others; a failure prints its seed.
 */
import fc from 'fast-check'

const { SCALE_TEST_SEED: seed = '20261124' } = process.env
if (seed !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) })
