export type * from './contract.ts'
export { createSampler } from './sampler.ts'
