export * from './contract.ts'
export { createEvaluator, type EvaluatorOptions } from './evaluator.ts'
