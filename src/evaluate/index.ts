export * from './contract.ts'
export { createEvaluator, type EvaluatorOptions } from './evaluator.ts'
export { type Fraction, fractionOf, rankOf } from './rank.ts'
export { Bucketing, bucketStart, DenseSketch } from './sketch.ts'
