export { type Bench, createBench, epoch } from './bench.ts'
export type { Failure } from './judge.ts'
export { runTest, type StepObserver, type TestResult } from './run.ts'
