/**
 * The typed syntax tree. The parser builds it from the concrete tree; the checker and the printer read it.
 *
 * Every node knows its range. A declaration that the parser could only recover is `broken`: its errors are already
 * reported, the checker takes its name and nothing else from it, and its parts may be missing.
 */

/** UTF-16 offsets into one source text; `end` is exclusive. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

export interface SourceText {
  /** A path or another name to show to people; unique in one compilation. */
  readonly name: string
  readonly text: string
}

export interface Ranged {
  readonly range: TextRange
}

export interface Comment extends Ranged {
  /** With its slashes, without the line end. */
  readonly text: string
  readonly doc: boolean
}

export interface FileTree {
  readonly source: SourceText
  readonly language: NumberLiteral | undefined
  readonly declarations: readonly Declaration[]
  readonly comments: readonly Comment[]
}

export interface Name extends Ranged {
  /** Unquoted. */
  readonly text: string
  readonly quoted: boolean
}

interface DeclarationBase extends Ranged {
  /** Text of the `///` lines before it, without slashes. */
  readonly doc: string | undefined
  readonly broken: boolean
}

export type Declaration = ImportDeclaration | LetDeclaration | DefaultsDeclaration | TargetDeclaration | RuleDeclaration | FreezeDeclaration | TestDeclaration

export interface ImportDeclaration extends DeclarationBase {
  readonly kind: 'import'
  readonly path: TextLiteral | undefined
}

export interface LetDeclaration extends DeclarationBase {
  readonly kind: 'let'
  readonly name: Name | undefined
  readonly value: Expression | undefined
}

export interface DefaultsDeclaration extends DeclarationBase {
  readonly kind: 'defaults'
  readonly clauses: readonly Clause[]
}

export interface TargetDeclaration extends DeclarationBase {
  readonly kind: 'target'
  readonly workload: WorkloadNode | undefined
  readonly clauses: readonly Clause[]
}

export interface RuleDeclaration extends DeclarationBase {
  readonly kind: 'rule'
  readonly label: Name | undefined
  readonly workload: WorkloadNode | undefined
  readonly action: ActionNode | undefined
  /** A `to hold` may have none: it always holds. */
  readonly condition: Condition | undefined
  readonly clauses: readonly Clause[]
}

export interface FreezeDeclaration extends DeclarationBase {
  readonly kind: 'freeze'
  readonly label: Name | undefined
  readonly workload: WorkloadNode | undefined
  /** Without a direction both are frozen. */
  readonly direction: 'up' | 'down' | undefined
  readonly condition: Condition | undefined
  readonly clauses: readonly Clause[]
}

export interface TestDeclaration extends DeclarationBase {
  readonly kind: 'test'
  readonly name: TextLiteral | undefined
  readonly statements: readonly TestStatement[]
}

/** `[orchestrator:]kind/name [in namespace]`; `process:worker` has no kind. */
export interface WorkloadNode extends Ranged {
  readonly orchestrator: Name | undefined
  readonly workloadKind: Name | undefined
  readonly name: Name
  readonly namespace: Name | undefined
}

export type ActionNode =
  | (Ranged & { readonly kind: 'change'; readonly sign: 1 | -1; readonly amount: NumberLiteral | RatioLiteral })
  | (Ranged & { readonly kind: 'set'; readonly bound: 'exactly' | 'at least' | 'at most'; readonly replicas: NumberLiteral })
  | (Ranged & { readonly kind: 'hold'; readonly value: Expression; readonly at: Expression; readonly perReplica: boolean })

// Expressions of values

export interface NumberLiteral extends Ranged {
  readonly kind: 'number'
  readonly value: number
}
/** Value in nanoseconds. */
export interface DurationLiteral extends Ranged {
  readonly kind: 'duration'
  readonly value: number
}
/** `5%` is 0.05. */
export interface RatioLiteral extends Ranged {
  readonly kind: 'ratio'
  readonly value: number
}
/** Per second. */
export interface RateLiteral extends Ranged {
  readonly kind: 'rate'
  readonly value: number
}
/** Bytes. */
export interface SizeLiteral extends Ranged {
  readonly kind: 'size'
  readonly value: number
}
export interface TextLiteral extends Ranged {
  readonly kind: 'text'
  readonly value: string
}
export interface BooleanLiteral extends Ranged {
  readonly kind: 'boolean'
  readonly value: boolean
}
/** Minutes since midnight. */
export interface TimeOfDayLiteral extends Ranged {
  readonly kind: 'timeOfDay'
  readonly value: number
}
export type Literal = NumberLiteral | DurationLiteral | RatioLiteral | RateLiteral | SizeLiteral | TextLiteral | BooleanLiteral

export type Expression =
  | Literal
  | (Ranged & { readonly kind: 'name'; readonly name: Name })
  | SpanExpression
  | (Ranged & { readonly kind: 'workloadValue'; readonly function: 'replicas' | 'ready'; readonly workload: WorkloadNode })
  | (Ranged & { readonly kind: 'metric'; readonly query: TextLiteral; readonly unit: Literal | undefined })
  | (Ranged & { readonly kind: 'forecast'; readonly value: Expression; readonly ahead: Expression })
  | (Ranged & { readonly kind: 'over'; readonly value: Expression; readonly window: Expression })
  | (Ranged & { readonly kind: 'binary'; readonly operator: '+' | '-' | '*' | '/'; readonly left: Expression; readonly right: Expression })
  | (Ranged & { readonly kind: 'call'; readonly function: 'min' | 'max'; readonly arguments: readonly Expression[] })
  | (Ranged & { readonly kind: 'parenthesis'; readonly inner: Expression })

/** `span(selector).path.path(arguments)`; what the path means is the checker's business. */
export interface SpanExpression extends Ranged {
  readonly kind: 'span'
  readonly selector: SelectorNode
  readonly path: readonly PathSegment[]
}

export interface PathSegment extends Ranged {
  readonly name: Name
  /** Undefined without parentheses. */
  readonly arguments: readonly Expression[] | undefined
}

export interface SelectorNode extends Ranged {
  readonly service: Name
  readonly operation: Name | undefined
  readonly where: Predicate | undefined
  readonly ancestor: { readonly relation: 'under' | 'child of'; readonly selector: SelectorNode } | undefined
}

// Predicates on one span, after `where`

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='

export type Predicate =
  | (Ranged & { readonly kind: 'and' | 'or'; readonly left: Predicate; readonly right: Predicate })
  | (Ranged & { readonly kind: 'not'; readonly inner: Predicate })
  | (Ranged & { readonly kind: 'parenthesis'; readonly inner: Predicate })
  /** A field is an intrinsic or a dotted attribute name; a word on the right (`kind = client`, `status = error`) is a name. */
  | (Ranged & {
      readonly kind: 'compare'
      readonly field: Name
      readonly operator: Comparison
      readonly operatorRange: TextRange
      readonly value: Literal | (Ranged & { readonly kind: 'name'; readonly name: Name })
    })
  | (Ranged & { readonly kind: 'matches'; readonly field: Name; readonly pattern: TextLiteral })
  | (Ranged & { readonly kind: 'in'; readonly field: Name; readonly values: readonly Literal[] })
  | (Ranged & { readonly kind: 'has'; readonly field: Name })

// Conditions

export type Condition =
  | (Ranged & { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition })
  | (Ranged & { readonly kind: 'not'; readonly inner: Condition })
  | (Ranged & { readonly kind: 'parenthesis'; readonly inner: Condition })
  | (Ranged & {
      readonly kind: 'compare'
      readonly left: Expression
      readonly operator: Comparison
      readonly operatorRange: TextRange
      readonly right: Expression
    })
  | (Ranged & { readonly kind: 'times'; readonly inner: Condition; readonly count: NumberLiteral; readonly window: Expression })
  | (Ranged & { readonly kind: 'for'; readonly inner: Condition; readonly duration: Expression })
  | (Ranged & { readonly kind: 'absent'; readonly selector: SelectorNode; readonly duration: Expression })
  /** Days are 0 (Sunday) to 6; none named means all. */
  | (Ranged & {
      readonly kind: 'during'
      readonly days: readonly number[]
      readonly from: TimeOfDayLiteral | undefined
      readonly to: TimeOfDayLiteral | undefined
      readonly zone: TextLiteral | undefined
    })

// Clauses of rules, targets and defaults; which is allowed where is the checker's business

export type Clause =
  | (Ranged & { readonly kind: 'namespace'; readonly name: Name })
  | (Ranged & { readonly kind: 'every'; readonly duration: Expression })
  | (Ranged & { readonly kind: 'cooldown'; readonly duration: Expression })
  | (Ranged & { readonly kind: 'atLeastSpans'; readonly count: NumberLiteral })
  | (Ranged & { readonly kind: 'onMissing'; readonly answer: 'hold' | { readonly floor: NumberLiteral; readonly after: Expression } })
  | (Ranged & { readonly kind: 'priority'; readonly value: NumberLiteral })
  | (Ranged & { readonly kind: 'between'; readonly min: NumberLiteral; readonly max: NumberLiteral })
  | (Ranged & { readonly kind: 'observe' })
  | (Ranged & {
      readonly kind: 'atMost'
      readonly direction: 'up' | 'down'
      readonly sign: 1 | -1 | undefined
      readonly amount: NumberLiteral | RatioLiteral
      readonly per: Expression
    })
  | (Ranged & { readonly kind: 'stable'; readonly duration: Expression; readonly before: 'up' | 'down' })
  | (Ranged & { readonly kind: 'settle'; readonly within: Expression })
  | (Ranged & { readonly kind: 'mode'; readonly mode: Name })
  | (Ranged & { readonly kind: 'combine'; readonly how: Name })

// Statements of tests

export type TestStatement =
  | (Ranged & { readonly kind: 'given'; readonly workload: WorkloadNode; readonly replicas: NumberLiteral })
  | (Ranged & { readonly kind: 'givenReady'; readonly after: Expression })
  | (Ranged & {
      readonly kind: 'load'
      readonly selector: SelectorNode
      readonly rate: Expression
      readonly taking: Expression
      readonly jitter: RatioLiteral | undefined
      readonly failing: RatioLiteral | undefined
      readonly under: SelectorNode | undefined
      readonly from: Expression
      readonly to: Expression
    })
  | (Ranged & { readonly kind: 'replay'; readonly path: TextLiteral })
  | (Ranged & { readonly kind: 'pause'; readonly from: Expression; readonly to: Expression })
  | (Ranged & { readonly kind: 'expectReplicas'; readonly workload: WorkloadNode; readonly replicas: NumberLiteral; readonly by: Expression })
  | (Ranged & { readonly kind: 'expectBounds'; readonly workload: WorkloadNode; readonly min: NumberLiteral; readonly max: NumberLiteral })
  | (Ranged & {
      readonly kind: 'expectAction'
      readonly no: boolean
      readonly workload: WorkloadNode | undefined
      readonly when:
        | { readonly kind: 'before' | 'after'; readonly time: Expression }
        | { readonly kind: 'between'; readonly from: Expression; readonly to: Expression }
        | undefined
    })
  | (Ranged & { readonly kind: 'expectFires'; readonly rule: Name; readonly times: NumberLiteral | undefined; readonly atMost: boolean })
  | (Ranged & { readonly kind: 'expectUnknown'; readonly rule: Name; readonly at: Expression })
