/**
 * The checked program: every name, unit and default resolved. The bundle's format (src/bundle/ir.ts) has the same shapes where nothing
 * is left to lower, but is declared apart, so that a change here is never by accident a change of what is stored; the compiler
 * compares the two.
 *
 * Durations are nanoseconds, rates per second, ratios 0 to 1, sizes bytes.
 */
import type { Comparison, FileTree, FreezeDeclaration, RuleDeclaration, TargetDeclaration, TestDeclaration, TextRange } from '../tree.ts'

/** Types of values that conditions compare. */
export type QuantityType = 'number' | 'duration' | 'ratio' | 'rate' | 'size'

/** `timeOfDay` has no type: it only stands in `during`. */
export type Type = QuantityType | 'text' | 'boolean'

export interface Workload {
  readonly orchestrator?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
}

/** `[orchestrator:]kind/name[ in namespace]`, the identity of a target everywhere: state, logs, maps. */
export function workloadId(w: Workload): string {
  return `${w.orchestrator === undefined ? '' : `${w.orchestrator}:`}${w.kind === undefined ? '' : `${w.kind}/`}${w.name}${w.namespace === undefined ? '' : ` in ${w.namespace}`}`
}

// Selectors

export interface Attribute {
  readonly scope: 'span' | 'resource'
  readonly name: string
}

export const intrinsics = ['duration', 'self', 'seen', 'gap', 'own', 'status', 'kind', 'name', 'service', 'depth'] as const

export type Intrinsic = (typeof intrinsics)[number]

export type Field = { readonly kind: 'intrinsic'; readonly name: Intrinsic } | { readonly kind: 'attribute'; readonly attribute: Attribute }

export type Scalar = string | number | boolean

export type CheckedPredicate =
  | { readonly kind: 'and'; readonly all: readonly CheckedPredicate[] }
  | { readonly kind: 'or'; readonly any: readonly CheckedPredicate[] }
  | { readonly kind: 'not'; readonly of: CheckedPredicate }
  | { readonly kind: 'compare'; readonly field: Field; readonly operator: Comparison; readonly value: Scalar }
  | { readonly kind: 'matches'; readonly field: Field; readonly pattern: string }
  | { readonly kind: 'in'; readonly field: Field; readonly values: readonly Scalar[] }
  | { readonly kind: 'has'; readonly field: Field }

export interface Selector {
  readonly service: string
  readonly operation?: string
  /** OTLP span kinds; what `where` says of `kind` at its top is here and not in `where`. */
  readonly kinds: readonly number[]
  readonly where?: CheckedPredicate
  readonly ancestor?: { readonly relation: 'under' | 'child of'; readonly selector: Selector }
}

// Values

export type SpanDuration = 'duration' | 'self' | 'seen' | 'gap' | 'own' | 'critical'

export type Stat =
  | { readonly kind: 'count' | 'rate' | 'errors' | 'errorRate' | 'mean' | 'min' | 'max' | 'blame' | 'anomalies' }
  | { readonly kind: 'quantile'; readonly q: number }
  | { readonly kind: 'apdex'; readonly thresholdNs: number }

export interface Constant {
  readonly kind: 'constant'
  readonly value: number
  readonly type: QuantityType
}

export type Value =
  | Constant
  | {
      readonly kind: 'span'
      readonly selector: Selector
      readonly field: SpanDuration
      readonly stat: Stat
      readonly windowNs: number
      readonly type: QuantityType
    }
  | { readonly kind: 'replicas' | 'ready'; readonly target: string; readonly workload: Workload; readonly type: 'number' }
  | { readonly kind: 'metric'; readonly query: string; readonly unit: number; readonly type: QuantityType }
  | { readonly kind: 'forecast'; readonly of: Value; readonly aheadNs: number; readonly type: QuantityType }
  | { readonly kind: 'arithmetic'; readonly operator: ArithmeticOperator; readonly of: readonly Value[]; readonly type: QuantityType }

export type ArithmeticOperator = '+' | '-' | '*' | '/' | 'min' | 'max'

// Conditions

export type CheckedCondition =
  | { readonly kind: 'and' | 'or'; readonly of: readonly CheckedCondition[]; readonly range: TextRange }
  | { readonly kind: 'not'; readonly of: CheckedCondition; readonly range: TextRange }
  | CheckedComparison
  | { readonly kind: 'times'; readonly of: CheckedCondition; readonly count: number; readonly withinNs: number; readonly range: TextRange }
  | { readonly kind: 'for'; readonly of: CheckedCondition; readonly ns: number; readonly range: TextRange }
  /** The compared field is the selector's last conjunct; `text` is the comparison as people write it. */
  | { readonly kind: 'spans'; readonly selector: Selector; readonly count: number; readonly withinNs: number; readonly text: string; readonly range: TextRange }
  | { readonly kind: 'absent'; readonly selector: Selector; readonly ns: number; readonly range: TextRange }
  | {
      readonly kind: 'during'
      readonly days: readonly number[]
      readonly fromMinute: number
      readonly toMinute: number
      readonly zone: string
      readonly range: TextRange
    }
  /** Of a `to hold` without `when`; its range is the action's. */
  | { readonly kind: 'always'; readonly range: TextRange }

/** Where one side is a constant it is the right one. */
export interface CheckedComparison {
  readonly kind: 'compare'
  readonly operator: Comparison
  readonly left: Value
  readonly right: Value
  readonly type: QuantityType
  readonly range: TextRange
}

// Declarations

export type Action =
  | { readonly kind: 'change'; readonly amount: number; readonly unit: 'replicas' | 'ratio' }
  | { readonly kind: 'set' | 'floor' | 'ceiling'; readonly replicas: number }
  | { readonly kind: 'hold'; readonly value: Value; readonly at: number; readonly perReplica: boolean }
  | { readonly kind: 'freeze'; readonly up: boolean; readonly down: boolean }

export interface Bounds {
  readonly min: number
  readonly max: number
}

export interface Limit {
  readonly amount: number
  readonly unit: 'replicas' | 'ratio'
  readonly perNs: number
}

export interface Pace {
  readonly stableNs: number
  readonly limits: readonly Limit[]
}

export const modes = ['act', 'out-only', 'observe', 'off'] as const
export const combinations = ['largest', 'sum'] as const

export interface Target {
  readonly id: string
  readonly workload: Workload
  readonly bounds: Bounds
  readonly boundsImplied: boolean
  readonly up: Pace
  readonly down: Pace
  readonly cooldownNs: number
  readonly settleNs: number
  readonly mode: (typeof modes)[number]
  readonly combine: (typeof combinations)[number]
}

export type OnMissing = { readonly kind: 'hold' } | { readonly kind: 'floor'; readonly replicas: number; readonly afterNs: number }

export interface Rule {
  readonly name: string
  readonly tree: RuleDeclaration | FreezeDeclaration
  readonly file: FileTree
  /** Target.id */
  readonly target: string
  readonly action: Action
  readonly condition: CheckedCondition
  readonly everyNs: number
  readonly cooldownNs: number
  readonly atLeastSpans: number
  readonly onMissing: OnMissing
  readonly priority: number
  readonly between: Bounds | undefined
  readonly observe: boolean
}

// Tests

export interface Test {
  readonly name: string
  readonly tree: TestDeclaration
  readonly file: FileTree
  readonly statements: readonly CheckedStatement[]
}

/** Targets are ids; times are nanoseconds from the start of the test. */
export type CheckedStatement = { readonly range: TextRange } & (
  | { readonly kind: 'given'; readonly target: string; readonly replicas: number }
  | { readonly kind: 'givenReady'; readonly afterNs: number }
  | CheckedLoad
  | { readonly kind: 'replay'; readonly path: string }
  | { readonly kind: 'pause'; readonly fromNs: number; readonly toNs: number }
  | CheckedExpectation
)

/** Spans that start from `fromNs` on and before `toNs`. */
export interface CheckedLoad {
  readonly kind: 'load'
  readonly span: LoadedSpan
  /** What calls it, the nearest first; `direct` where no client span lies between it and what it calls. */
  readonly callers: readonly (LoadedSpan & { readonly direct: boolean })[]
  readonly perSecond: number
  readonly takingNs: number
  /** Shares, 0 to 1. */
  readonly jitter: number
  readonly failing: number
  readonly fromNs: number
  readonly toNs: number
}

/** One span as a load makes it, such that the selector written in the load matches it. */
export interface LoadedSpan {
  readonly service: string
  readonly operation: string | undefined
  /** OTLP's span kind. */
  readonly spanKind: number
  /** OTLP's status code, where the selector asks for one. */
  readonly status: number | undefined
  /** How long its caller waits before it starts; 0 where the selector asks for none. */
  readonly gapNs: number
  readonly attributes: readonly { readonly attribute: Attribute; readonly value: Scalar }[]
}

export type CheckedExpectation =
  | { readonly kind: 'expectReplicas'; readonly target: string; readonly replicas: number; readonly byNs: number }
  | { readonly kind: 'expectBounds'; readonly target: string; readonly min: number; readonly max: number }
  /** Without a target: on any. Both ends of `between` belong to it, those of `before` and `after` do not. */
  | { readonly kind: 'expectAction'; readonly no: boolean; readonly target: string | undefined; readonly when: ActionPeriod }
  /** `times` undefined: at least once. */
  | { readonly kind: 'expectFires'; readonly rule: string; readonly times: number | undefined; readonly atMost: boolean }
  | { readonly kind: 'expectUnknown'; readonly rule: string; readonly atNs: number }

export type ActionPeriod =
  | { readonly kind: 'always' }
  | { readonly kind: 'before' | 'after'; readonly ns: number }
  | { readonly kind: 'between'; readonly fromNs: number; readonly toNs: number }

export interface Program {
  /** The files given and those that they import, by name. */
  readonly files: readonly FileTree[]
  /** By id. */
  readonly targets: readonly Target[]
  /** By file name, then in the order of the text. Rules with errors are left out. */
  readonly rules: readonly Rule[]
  /** Of the roots, in the same order; never part of a bundle. Tests with errors are left out. */
  readonly tests: readonly Test[]
  /** Where targets are declared, for those that are; by id. */
  readonly declaredTargets: readonly DeclaredTarget[]
  /** Service patterns that mean peers because somebody said so from outside, sorted: with them and the files the program is what it is. */
  readonly peers: readonly string[]
}

export interface DeclaredTarget {
  readonly id: string
  readonly tree: TargetDeclaration
  readonly file: FileTree
}
