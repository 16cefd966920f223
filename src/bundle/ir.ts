/**
 * The intermediate representation: what a checked program means, with every name, unit and default resolved.
 * It is plain JSON. All durations and times are nanoseconds, rates are per second, ratios are 0 to 1, sizes bytes.
 */

export const bundleFormat = 1

export interface Bundle {
  readonly format: typeof bundleFormat
  readonly language: 1
  /** Version of the compiler that built it. */
  readonly compiler: string
  /** `sha256:` and hex, over the canonical JSON of the bundle without this field and the signatures. */
  readonly digest: string
  /** Of the digest, by key; absent when it is not signed. */
  readonly signatures?: readonly SignatureIR[]
  readonly sources: readonly { readonly name: string; readonly text: string }[]
  /** Attributes that some rule names, the only ones the decoder reads; sorted. */
  readonly projection: readonly AttributeRef[]
  /** Service patterns that the catalog of the compilation had as peers; sorted, absent without any. With them the sources give these rules again. */
  readonly peers?: readonly string[]
  readonly targets: readonly TargetIR[]
  readonly rules: readonly RuleIR[]
}

export interface SignatureIR {
  readonly algorithm: 'ed25519'
  /** Id of the key that made it. */
  readonly key: string
  /** Base64. */
  readonly value: string
}

export interface AttributeRef {
  readonly scope: 'span' | 'resource'
  readonly name: string
}

export interface WorkloadRef {
  /** Undefined: the engine's default orchestrator. */
  readonly orchestrator?: string
  /** `deployment`, `rollouts.argoproj.io`; undefined for `process:worker`. */
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
}

/** The identity of a target everywhere: state, logs, maps. */
export { workloadId } from '../language/index.ts'

export type Mode = 'act' | 'out-only' | 'observe' | 'off'

/** Every workload that a rule names has one, declared or not. */
export interface TargetIR {
  readonly id: string
  readonly workload: WorkloadRef
  readonly min: number
  readonly max: number
  /** An implied bound never takes replicas away. */
  readonly boundsImplied: boolean
  readonly up: PaceIR
  readonly down: PaceIR
  /** Rest after any action. */
  readonly cooldownNs: number
  readonly settleNs: number
  readonly mode: Mode
  readonly combine: 'largest' | 'sum'
}

export interface PaceIR {
  readonly stableNs: number
  /** Each `at most` clause; the most permissive decides, as HPA's selectPolicy Max. Empty: no limit. */
  readonly limits: readonly { readonly amount: number; readonly unit: 'replicas' | 'ratio'; readonly perNs: number }[]
}

export interface RuleIR {
  /** Its label, or workload, action and a counter. Unique in the bundle. */
  readonly name: string
  readonly doc?: string
  /** TargetIR.id */
  readonly target: string
  readonly action: ActionIR
  readonly condition: ConditionIR
  readonly everyNs: number
  readonly cooldownNs: number
  /** An aggregate of fewer spans is unknown; 0 without the clause. */
  readonly atLeastSpans: number
  readonly onMissing: { readonly kind: 'hold' } | { readonly kind: 'floor'; readonly replicas: number; readonly afterNs: number }
  readonly priority: number
  /** Narrows the target's bounds for this rule's own intents. */
  readonly between?: { readonly min: number; readonly max: number }
  readonly observe: boolean
  readonly source: SourceRef
}

export interface SourceRef {
  readonly file: string
  readonly start: number
  readonly end: number
  /** One-based. */
  readonly line: number
}

export type ActionIR =
  | { readonly kind: 'change'; readonly amount: number; readonly unit: 'replicas' | 'ratio' }
  | { readonly kind: 'set'; readonly replicas: number }
  | { readonly kind: 'floor'; readonly replicas: number }
  | { readonly kind: 'ceiling'; readonly replicas: number }
  | { readonly kind: 'hold'; readonly value: ValueIR; readonly at: number; readonly perReplica: boolean }
  | { readonly kind: 'freeze'; readonly up: boolean; readonly down: boolean }

export type ValueType = 'number' | 'duration' | 'ratio' | 'rate' | 'size'

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>='

export type ConditionIR =
  | { readonly kind: 'and'; readonly all: readonly ConditionIR[] }
  | { readonly kind: 'or'; readonly any: readonly ConditionIR[] }
  | { readonly kind: 'not'; readonly of: ConditionIR }
  | CompareIR
  | { readonly kind: 'times'; readonly of: ConditionIR; readonly count: number; readonly withinNs: number }
  | { readonly kind: 'for'; readonly of: ConditionIR; readonly ns: number }
  /** At least `count` distinct spans that match the selector ended in the last `withinNs`. The compared field is in the selector's `where`. */
  | { readonly kind: 'spans'; readonly selector: SelectorIR; readonly count: number; readonly withinNs: number; readonly text: string }
  | { readonly kind: 'absent'; readonly selector: SelectorIR; readonly ns: number; readonly text: string }
  | { readonly kind: 'during'; readonly days: readonly number[]; readonly fromMinute: number; readonly toMinute: number; readonly zone: string }
  | { readonly kind: 'always' }

export interface CompareIR {
  readonly kind: 'compare'
  readonly operator: ComparisonOperator
  readonly left: ValueIR
  readonly right: ValueIR
  /** The type of both sides. */
  readonly type: ValueType
  /** As written, for people: `span(adservice/GetAds).p99 > 400ms`. */
  readonly text: string
}

export type ValueIR =
  | { readonly kind: 'constant'; readonly value: number; readonly type: ValueType }
  | SpanValueIR
  | { readonly kind: 'replicas' | 'ready'; readonly target: string; readonly workload: WorkloadRef; readonly type: 'number' }
  | { readonly kind: 'metric'; readonly query: string; readonly unit: number; readonly type: ValueType }
  | { readonly kind: 'forecast'; readonly of: ValueIR; readonly aheadNs: number; readonly type: ValueType }
  /** Computed on the plain numbers: where units differ (a rate times a duration) the compiler has written the conversion out. */
  | { readonly kind: 'arithmetic'; readonly operator: '+' | '-' | '*' | '/' | 'min' | 'max'; readonly of: readonly ValueIR[]; readonly type: ValueType }

/** An aggregate over a selector's spans. */
export interface SpanValueIR {
  readonly kind: 'span'
  readonly selector: SelectorIR
  /** Which of a span's durations is aggregated. Only `duration` is a stream value; the others need traces. */
  readonly field: SpanField
  readonly stat: StatIR
  /** A multiple of the rule's step. */
  readonly windowNs: number
  readonly type: ValueType
}

export type SpanField = 'duration' | 'self' | 'seen' | 'gap' | 'own' | 'critical'

export type StatIR =
  | { readonly kind: 'count' | 'rate' | 'errors' | 'errorRate' | 'mean' | 'min' | 'max' | 'blame' | 'anomalies' }
  /** Nearest rank: the value at rank ceil(q·n). */
  | { readonly kind: 'quantile'; readonly q: number }
  | { readonly kind: 'apdex'; readonly thresholdNs: number }

/** Which spans. Two selectors are equal when their canonical JSON is. */
export interface SelectorIR {
  /** May hold `*` wildcards. */
  readonly service: string
  /** Undefined: every operation. May hold `*` wildcards. */
  readonly operation?: string
  /**
   * OTLP span kinds that match: 1 INTERNAL, 2 SERVER, 3 CLIENT, 4 PRODUCER, 5 CONSUMER (0 counts as 1). Or 6 alone: CLIENT and PRODUCER spans that nobody
   * answered, as spans of the service that they name as their peer.
   */
  readonly kinds: readonly number[]
  readonly where?: PredicateIR
  readonly ancestor?: { readonly relation: 'under' | 'child of'; readonly selector: SelectorIR }
}

/** An intrinsic's values are: durations in nanoseconds; status 0 unset, 1 ok, 2 error; kind as OTLP's number; name, service text; depth a number. */
export type FieldIR =
  | { readonly kind: 'intrinsic'; readonly name: 'duration' | 'self' | 'seen' | 'gap' | 'own' | 'status' | 'kind' | 'name' | 'service' | 'depth' }
  | { readonly kind: 'attribute'; readonly attribute: AttributeRef }

export type PredicateIR =
  | { readonly kind: 'and'; readonly all: readonly PredicateIR[] }
  | { readonly kind: 'or'; readonly any: readonly PredicateIR[] }
  | { readonly kind: 'not'; readonly of: PredicateIR }
  | { readonly kind: 'compare'; readonly field: FieldIR; readonly operator: ComparisonOperator; readonly value: string | number | boolean }
  | { readonly kind: 'matches'; readonly field: FieldIR; readonly pattern: string }
  | { readonly kind: 'in'; readonly field: FieldIR; readonly values: readonly (string | number | boolean)[] }
  | { readonly kind: 'has'; readonly field: FieldIR }
