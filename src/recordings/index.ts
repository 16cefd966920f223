export { emptyTotals, type ReplayInput, type ReplayTotals, replay, step } from './replay.ts'
export { RecordingCatalog, type SeenOperation } from './replay-catalog.ts'
export { createDecisionFilter, type DecisionFilter, type DecisionRecord, decisionLine, decisionRecord, timeOf } from './replay-record.ts'
export { type SimulatedWorkload, type SimulatedWorld, simulatedWorld } from './world.ts'
