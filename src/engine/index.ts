export * from './caps.ts'
export * from './contract.ts'
export { createEngine, type EngineOptions } from './create.ts'
