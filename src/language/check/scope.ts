/** What a file can name: its own `let`s and those of the files that it imports. */
import { type Diagnostic, type Message, report } from '../diagnostics.ts'
import { nearest } from '../syntax/nearest.ts'
import type { FileTree, LetDeclaration, Name, TextRange } from '../tree.ts'
import { messages } from './messages.ts'
import type { Constant } from './program.ts'
import type { Resolved } from './resolved.ts'

export type StaticValue =
  | Constant
  | { readonly kind: 'text'; readonly type: 'text'; readonly value: string }
  | { readonly kind: 'boolean'; readonly type: 'boolean'; readonly value: boolean }

export interface LetSymbol {
  readonly name: Name
  readonly declaration: LetDeclaration
  /** Where it is declared, and its value is looked up. */
  readonly scope: Scope
  state: 'new' | 'evaluating' | 'done'
  /** Undefined until done, and when it has none because of an error. */
  value: StaticValue | undefined
}

export interface Scope {
  readonly tree: FileTree
  readonly file: string
  /** Given to the compiler, not only imported. */
  readonly root: boolean
  readonly imports: readonly Import[]
  /** Own and imported ones. */
  readonly lets: Map<string, LetSymbol>
  /** An import could not be read: unknown names are not reported, they may be there. */
  incomplete: boolean
  /** Whether a service pattern means only services that send no spans themselves, of those that are known. */
  readonly isPeer: (pattern: string) => boolean
  /** Of the whole compilation. */
  readonly diagnostics: Diagnostic[]
  /** Of the whole compilation. */
  readonly resolved: Resolved
  /** Of the whole compilation: the `let`s that something names. */
  readonly used: Set<LetSymbol>
}

export interface Import {
  readonly scope: Scope
  /** Of the path. */
  readonly range: TextRange
}

/** Reports a message of the table in the scope's file. */
export function say<P>(scope: Scope, entry: Message<P>, range: TextRange, parameters: P, more?: Parameters<typeof report>[4]): void {
  scope.diagnostics.push(report(entry, scope.file, range, parameters, more))
}

/** A fix that replaces one range. */
export function replaceWith(range: TextRange, text: string, title = `write ${text}`): { fix: NonNullable<Diagnostic['fix']> } {
  return { fix: { title, edits: [{ range, text }] } }
}

/** `more` of a message about a misspelt name: the fix, where there is a suggestion. */
export function respell(range: TextRange, suggestion: string | undefined): Parameters<typeof report>[4] {
  return suggestion === undefined ? {} : replaceWith(range, suggestion)
}

/** Finds the file that an import names, as a parsed tree, or undefined. */
export type Resolve = (path: string, from: FileTree) => FileTree | undefined

/**
 * Scopes of the roots and of everything they import, by file name. Reports imports that cannot be read, import cycles and names that
 * are defined twice.
 */
export function scopesOf(
  roots: readonly FileTree[],
  resolve: Resolve,
  diagnostics: Diagnostic[],
  resolved: Resolved,
  isPeer: Scope['isPeer'] = () => false,
): readonly Scope[] {
  const byName = (a: { source: { name: string } }, b: { source: { name: string } }) => compareText(a.source.name, b.source.name)
  const rootNames = new Set(roots.map((root) => root.source.name))
  const used = new Set<LetSymbol>()
  const scopes = new Map<string, Scope>()

  const visit = (tree: FileTree, path: readonly string[]): Scope => {
    const known = scopes.get(tree.source.name)
    if (known !== undefined) return known
    const imports: Import[] = []
    const scope: Scope = {
      tree,
      file: tree.source.name,
      root: rootNames.has(tree.source.name),
      imports,
      lets: new Map(),
      incomplete: false,
      isPeer,
      diagnostics,
      resolved,
      used,
    }
    const here = [...path, scope.file]
    for (const declaration of tree.declarations) {
      if (declaration.kind !== 'import') continue
      if (declaration.path === undefined) {
        scope.incomplete = true
        continue
      }
      const imported = resolve(declaration.path.value, tree)
      if (imported === undefined) {
        scope.incomplete = true
        say(scope, messages.importMissing, declaration.path.range, { path: declaration.path.value })
      } else if (here.includes(imported.source.name)) {
        scope.incomplete = true
        say(scope, messages.importCycle, declaration.path.range, { path: [...here.slice(here.indexOf(imported.source.name)), imported.source.name] })
      } else imports.push({ scope: visit(imported, here), range: declaration.path.range })
    }
    scope.incomplete ||= imports.some((imported) => imported.scope.incomplete)
    declareLets(scope)
    scopes.set(scope.file, scope)
    return scope
  }

  for (const root of [...roots].sort(byName)) visit(root, [])
  return [...scopes.values()].sort((a, b) => compareText(a.file, b.file))
}

/** By UTF-16 code units: the same everywhere, whatever the locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function declareLets(scope: Scope): void {
  for (const { scope: imported, range } of scope.imports)
    for (const [name, symbol] of imported.lets) {
      const other = scope.lets.get(name)
      if (other === undefined) scope.lets.set(name, symbol)
      else if (other !== symbol) say(scope, messages.letTwice, range, { name }, { related: [other, symbol].map(definition) })
    }
  for (const declaration of scope.tree.declarations) {
    if (declaration.kind !== 'let' || declaration.name === undefined) continue
    const name = declaration.name
    const other = scope.lets.get(name.text)
    if (other !== undefined) {
      say(scope, messages.letTwice, name.range, { name: name.text }, { related: [definition(other)] })
      continue
    }
    scope.lets.set(name.text, { name, declaration, scope, state: 'new', value: undefined })
  }
}

export function definition(symbol: LetSymbol): NonNullable<Diagnostic['related']>[number] {
  return { file: symbol.scope.file, range: symbol.name.range, message: 'defined here' }
}

/** The `let` of that name; reports one that does not exist, with the nearest. */
export function lookUp(scope: Scope, name: Name): LetSymbol | undefined {
  const symbol = scope.lets.get(name.text)
  if (symbol !== undefined) scope.used.add(symbol)
  else if (!scope.incomplete) {
    const suggestion = nearest(name.text, scope.lets.keys())
    // What is meant is used: one mistake, one message.
    if (suggestion !== undefined) lookUp(scope, { ...name, text: suggestion })
    const help = suggestion === undefined ? placeOf(name.text) : undefined
    say(
      scope,
      messages.unknownName,
      name.range,
      { name: name.text, suggestion },
      { ...respell(name.range, suggestion), ...(help === undefined ? {} : { help }) },
    )
  }
  return symbol
}

const periods: Readonly<Record<string, string>> = {
  ...{ second: '1s', minute: '1m', hour: '1h', day: '1d', week: '7d' },
  ...{ seconds: '1s', minutes: '1m', hours: '1h', days: '1d', weeks: '7d', sec: '1s', min: '1m', hr: '1h' },
}

/** Of names that mean something elsewhere: where. */
function placeOf(name: string): string | undefined {
  const plain = name.replaceAll(/[^A-Za-z]/g, '').toLowerCase()
  const period = Object.hasOwn(periods, plain) ? periods[plain] : undefined
  if (period !== undefined) return `a period is written ${period}`
  if (plain === 'replicas' || plain === 'ready') return `say of which workload: ${plain}(deployment/ads)`
  if (plain.startsWith('queue')) return 'ask for a metric: metric("queue_depth")'
  if (/^(?:cpu|memory|mem)/.test(plain)) return 'ask for a metric: metric("avg(rate(container_cpu_usage_seconds_total[1m]))")'
  if (/^(?:p\d+|p|mean|avg|average|latency|duration|responsetime)$/.test(plain)) return 'say of which spans: span(service/operation).p99'
  if (/^(?:rate|rps|qps|throughput|requests|count|errors|errorrate|error)$/.test(plain))
    return `say of which spans: span(service/operation).${plain.startsWith('error') ? 'error_rate' : plain === 'count' ? 'count' : 'rate'}`
  return undefined
}
