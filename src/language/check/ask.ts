/** What editors ask about one file while it is being written. Nothing is reported: what has an error has no answer. */
import type { Clause, Expression, FileTree, LetDeclaration } from '../tree.ts'
import { workloadId } from './program.ts'
import { nothingResolved } from './resolved.ts'
import { defaultEveryNs } from './rules.ts'
import { type LetSymbol, type Resolve, type Scope, type StaticValue, scopesOf } from './scope.ts'
import { type CheckedValue, checkValue, constantOf, valueOfLet } from './values.ts'
import { workloadOf } from './workloads.ts'

export type { CheckedValue, StaticValue }

/** A `let`, wherever it is declared. */
export interface NamedConstant {
  readonly name: string
  /** Undefined where it has an error. */
  readonly value: StaticValue | undefined
  readonly declaration: LetDeclaration
  /** Name of its source. */
  readonly file: string
}

export interface FileFacts {
  /** Own and imported ones, by name. */
  readonly constants: ReadonlyMap<string, NamedConstant>
  /** What `defaults` says, its own or imported. */
  readonly namespace: string | undefined
  /** Step of a rule with these clauses, nanoseconds. */
  everyOf(clauses: readonly Clause[]): number
  /** The value of an expression in a rule with this step; without one only constants have a value. */
  valueOf(node: Expression, everyNs: number | undefined): CheckedValue | undefined
}

export function factsOf(tree: FileTree, resolve: Resolve = () => undefined): FileFacts {
  const scopes = scopesOf([tree], resolve, [], nothingResolved())
  const scope = scopes.find(({ tree: own }) => own === tree)
  if (scope === undefined) throw new Error(`${tree.source.name} is not among its own scopes`)
  const namespace = clauseOfDefaults(scope, 'namespace')?.name.text
  const every = (clauses: readonly Clause[]): number | undefined => {
    const clause = clauses.find((c) => c.kind === 'every')
    return clause === undefined ? undefined : constantOf(clause.duration, scope, 'duration', 'the step')
  }
  const standard = clauseOfDefaults(scope, 'every')
  return {
    constants: new Map([...scope.lets].map(([name, symbol]) => [name, constantNamed(symbol)])),
    namespace,
    everyOf: (clauses) => every(clauses) ?? (standard === undefined ? undefined : every([standard])) ?? defaultEveryNs,
    valueOf: (node, everyNs) =>
      checkValue(node, {
        scope,
        everyNs,
        workload: (of) => {
          const workload = workloadOf(of, namespace === undefined ? {} : { namespace })
          return { id: workloadId(workload), workload }
        },
      }),
  }
}

function constantNamed(symbol: LetSymbol): NamedConstant {
  const { name, declaration, scope } = symbol
  return { name: name.text, value: valueOfLet(symbol), declaration, file: scope.file }
}

/** The file's own, else that of its imports, the later import first. */
function clauseOfDefaults<K extends Clause['kind']>(scope: Scope, kind: K): (Clause & { kind: K }) | undefined {
  for (const declaration of scope.tree.declarations)
    if (declaration.kind === 'defaults') {
      const found = declaration.clauses.find((clause): clause is Clause & { kind: K } => clause.kind === kind)
      if (found !== undefined) return found
    }
  for (const { scope: imported } of [...scope.imports].reverse()) {
    const found = clauseOfDefaults(imported, kind)
    if (found !== undefined) return found
  }
  return undefined
}
