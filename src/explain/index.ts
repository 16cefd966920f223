export { type CostOptions, costTogether, costWords, ratesFrom } from './cost.ts'
export { type BecauseLine, type DecisionExplanation, type ExplainedRule, type ExplainedStage, explainDecision } from './decision.ts'
export { decisionText } from './decision-text.ts'
export { type Flip, flip } from './flip.ts'
export { flipWords } from './flip-words.ts'
export * from './page/index.ts'
export {
  type BlameEvidence,
  type EvidenceService,
  type EvidenceTrace,
  type EvidenceWindow,
  type LoggedDecision,
  type RankedEvidence,
  type RecordResult,
  readRecord,
} from './record.ts'
export {
  type ExplainedValue,
  type ExplainOptions,
  explainRule,
  provenanceWords,
  type RuleExplanation,
  type Section,
  type SectionId,
  summaryOf,
} from './rule.ts'
export { defaultSettings, type EngineSettings } from './settings.ts'
export { targetSentences } from './target.ts'
export * from './text.ts'
export { type Provenance, provenanceOf, valueWords } from './values.ts'
