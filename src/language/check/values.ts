/** Types of values, and the value of everything constant. */
import type { Expression, Literal, Name, Ranged, TextRange, WorkloadNode } from '../tree.ts'
import { arithmeticType, compute, operationName, operationRule } from './arithmetic.ts'
import { sayBareSpans } from './bare-spans.ts'
import { messages } from './messages.ts'
import type { QuantityType, Type, Value, Workload } from './program.ts'
import { definition, type LetSymbol, lookUp, replaceWith, respell, type Scope, type StaticValue, say } from './scope.ts'
import { checkSpanValue } from './spans.ts'
import { type DurationUse, guess, plain, printDuration } from './units.ts'

export type CheckedValue = Value | StaticValue

/** What an expression may name. */
export interface Environment {
  readonly scope: Scope
  /** The rule's step, the window of values that have none; undefined where only constants can stand. */
  readonly everyNs: number | undefined
  /** Given by an enclosing `over`. */
  readonly window?: { readonly ns: number; used: boolean }
  /** Resolves a workload and notes that the program reads it. */
  readonly workload?: (node: WorkloadNode) => { readonly id: string; readonly workload: Workload }
  /** Declared upper bound of a target. */
  readonly mostReplicas?: (target: string) => number | undefined
}

/** An expression's value, or undefined after an error has been reported. */
export function checkValue(node: Expression, env: Environment): CheckedValue | undefined {
  switch (node.kind) {
    case 'number':
    case 'duration':
    case 'ratio':
    case 'rate':
    case 'size':
    case 'text':
    case 'boolean':
      return literalValue(node)
    case 'name':
      return isConstant(env) || !sayBareSpans(node, env.scope) ? valueOfName(node.name, env.scope) : undefined
    case 'parenthesis':
      return checkValue(node.inner, env)
    case 'span':
      return checkSpanValue(node, env)
    case 'workloadValue': {
      if (env.workload === undefined) return notConstant(node, env)
      const { id, workload } = env.workload(node.workload)
      return { kind: node.function, target: id, workload, type: 'number' }
    }
    case 'metric':
      return checkMetric(node, env)
    case 'forecast':
      return checkForecast(node, env)
    case 'over':
      return checkOver(node, env)
    case 'binary':
      return isConstant(env) || !sayBareSpans(node, env.scope) ? checkBinary(node, env) : undefined
    case 'call':
      return checkCall(node, env)
  }
}

/** Nothing that is measured may stand there. */
function isConstant({ everyNs }: Environment): boolean {
  return everyNs === undefined
}

/** As `checkValue`, of a type that can be measured. */
export function checkQuantity(node: Expression, env: Environment): Value | undefined {
  const value = checkValue(node, env)
  if (value === undefined) return undefined
  if (value.type === 'text' || value.type === 'boolean') {
    say(env.scope, messages.notQuantity, node.range, { type: value.type })
    return undefined
  }
  return value as Value
}

export function literalValue(node: Literal): StaticValue {
  if (node.kind === 'text') return { kind: 'text', type: 'text', value: node.value }
  if (node.kind === 'boolean') return { kind: 'boolean', type: 'boolean', value: node.value }
  return { kind: 'constant', value: node.value, type: node.kind }
}

function valueOfName(name: Name, scope: Scope): StaticValue | undefined {
  const symbol = lookUp(scope, name)
  return symbol === undefined ? undefined : valueOfLet(symbol)
}

/** A `let` that is being evaluated, and the names that must be evaluated before it. */
interface Pending {
  readonly symbol: LetSymbol
  readonly needs: Name[]
  cyclic: boolean
}

/** Evaluates a `let` once, after what it needs; a stack of its own lets a chain be of any length. A cycle is reported where it closes. */
export function valueOfLet(symbol: LetSymbol): StaticValue | undefined {
  if (symbol.state !== 'new') return symbol.value
  const stack = [begin(symbol)]
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const name = top.needs.pop()
    const other = name === undefined ? undefined : top.symbol.scope.lets.get(name.text)
    if (other?.state === 'new') stack.push(begin(other))
    else if (other?.state === 'evaluating') {
      top.cyclic = true
      sayCycle(stack.slice(stack.findIndex((pending) => pending.symbol === other)).map((pending) => pending.symbol))
    } else if (name === undefined) {
      finish(top)
      stack.pop()
    }
  }
  return symbol.value
}

function begin(symbol: LetSymbol): Pending {
  symbol.state = 'evaluating'
  const { broken, value } = symbol.declaration
  return { symbol, needs: broken || value === undefined ? [] : namesIn(value).reverse(), cyclic: false }
}

function finish({ symbol, cyclic }: Pending): void {
  const { declaration, scope } = symbol
  symbol.state = 'done'
  if (cyclic || declaration.broken || declaration.value === undefined) return
  symbol.value = constant(checkValue(declaration.value, { scope, everyNs: undefined }), declaration.value, scope, 'a `let`')
}

function sayCycle(cycle: readonly LetSymbol[]): void {
  const [first] = cycle
  if (first === undefined) return
  for (const member of cycle) first.scope.used.add(member)
  const related = cycle.slice(1).map((s) => ({ file: s.scope.file, range: s.name.range, message: `\`${s.name.text}\` needs the next` }))
  say(first.scope, messages.letCycle, first.name.range, { path: [...cycle, first].map((s) => s.name.text) }, { related })
}

function namesIn(node: Expression): Name[] {
  switch (node.kind) {
    case 'name':
      return [node.name]
    case 'binary':
      return [...namesIn(node.left), ...namesIn(node.right)]
    case 'call':
      return node.arguments.flatMap(namesIn)
    case 'parenthesis':
      return namesIn(node.inner)
    default:
      return []
  }
}

function constant(value: CheckedValue | undefined, node: Ranged, scope: Scope, what: string): StaticValue | undefined {
  if (value === undefined || value.kind === 'constant' || value.kind === 'text' || value.kind === 'boolean') return value
  say(scope, messages.notConstant, node.range, { what })
  return undefined
}

/**
 * The value of a constant expression of one type, in that type's unit. `what` names it in messages: "a window".
 * Undefined after an error.
 */
export function constantOf(node: Expression, scope: Scope, wanted: QuantityType, what: string, use: DurationUse = 'period'): number | undefined {
  const value = constant(checkValue(node, { scope, everyNs: undefined }), node, scope, what)
  if (value === undefined) return undefined
  if (value.type !== wanted) {
    sayMismatch(scope, node, value, wanted, (g) => [messages.wrongType, { what, wanted, given: value.type, guess: g }], node.range, use)
    return undefined
  }
  return value.value as number
}

/** A constant duration above zero, in nanoseconds. */
export function positiveDuration(node: Expression, scope: Scope, what: string, use?: DurationUse): number | undefined {
  const ns = constantOf(node, scope, 'duration', what, use)
  if (ns === undefined || ns > 0) return ns
  say(scope, messages.notPositive, node.range, { what, given: printDuration(ns) })
  return undefined
}

/**
 * Reports a type error at `node`, whose value is `value`. Where `node` is a literal for which a literal of the `wanted` type can be
 * guessed, the message says so and the fix writes it.
 */
export function sayMismatch<P>(
  scope: Scope,
  node: Ranged & { readonly kind: string },
  value: CheckedValue,
  wanted: Type,
  entry: (guess: string | undefined) => readonly [Parameters<typeof say<P>>[1], P],
  range: TextRange = node.range,
  use: DurationUse = 'latency',
): void {
  const named = definitionOf(node, scope)
  const [place, at] = named === undefined ? [node, scope] : [named.declaration.value, named.scope]
  const literal = value.kind === 'constant' && place?.kind === value.type ? bareNumber(at, place, value.value) : undefined
  const text = literal === undefined ? undefined : guess(literal, wanted, use)
  const [message, parameters] = entry(text)
  say(scope, message, range, parameters, named === undefined ? respell(node.range, text) : redefined(named, text, scope))
}

/** What a name stands for, since that is what has to be mended. */
function definitionOf(node: Ranged & { readonly kind: string; readonly name?: Name }, scope: Scope): LetSymbol | undefined {
  return node.kind === 'name' && node.name !== undefined ? scope.lets.get(node.name.text) : undefined
}

/** Another value for a `let`. Where it is used in other places as well these may want the one that it has: then it is said, and not done. */
function redefined(symbol: LetSymbol, text: string | undefined, scope: Scope): Parameters<typeof say>[4] {
  const related = [definition(symbol)]
  const { value } = symbol.declaration
  if (text === undefined || value === undefined) return { related }
  const name = symbol.name.text
  const title = `write let ${name} = ${text}`
  const uses = scope.tree.source.text.replace(/\/\/.*/g, '').match(new RegExp(`(?<![\\w.-])${name}(?![\\w.-])`, 'g'))
  const isAlone = symbol.scope.tree === scope.tree && uses?.length === 2
  return isAlone ? { related, fix: { title, edits: [{ range: value.range, text }] } } : { related, help: title }
}

/** The number that stands in a literal, without its unit: 400 of `400ms`; of a ratio the number that it is, 0.05. */
function bareNumber(scope: Scope, node: Ranged & { readonly kind: string }, value: number): number | undefined {
  if (node.kind === 'number' || node.kind === 'ratio') return value
  const digits = /^[\d.]+(?=[A-Za-z%/]+$)/.exec(scope.tree.source.text.slice(node.range.start, node.range.end))
  return digits === null ? undefined : Number(digits[0])
}

function notConstant(node: Ranged, env: Environment): undefined {
  say(env.scope, messages.notConstant, node.range, { what: 'this' })
  return undefined
}

function checkMetric(node: Expression & { kind: 'metric' }, env: Environment): Value | undefined {
  if (env.everyNs === undefined) return notConstant(node, env)
  const unit = node.unit === undefined ? undefined : literalValue(node.unit)
  if (unit === undefined) return { kind: 'metric', query: node.query.value, unit: 1, type: 'number' }
  if (unit.kind !== 'constant' || !(unit.value > 0)) {
    const range = node.unit?.range ?? node.range
    say(env.scope, messages.outOfRange, range, {
      what: 'the unit of a metric',
      given: sourceOf(env.scope, range),
      range: 'one unit of what it counts, such as 1ms',
    })
    return undefined
  }
  return { kind: 'metric', query: node.query.value, unit: unit.value, type: unit.type }
}

function checkForecast(node: Expression & { kind: 'forecast' }, env: Environment): Value | undefined {
  if (env.everyNs === undefined) return notConstant(node, env)
  const of = checkQuantity(node.value, env)
  const aheadNs = positiveDuration(node.ahead, env.scope, 'a forecast')
  if (of === undefined || aheadNs === undefined) return undefined
  return of.kind === 'constant' ? of : { kind: 'forecast', of, aheadNs, type: of.type }
}

function checkOver(node: Expression & { kind: 'over' }, env: Environment): CheckedValue | undefined {
  const { scope, everyNs } = env
  if (everyNs === undefined) return notConstant(node, env)
  if (env.window !== undefined) {
    env.window.used = true
    say(scope, messages.windowMisplaced, node.range, { reason: 'this value has two' })
    return undefined
  }
  const ns = windowOf(node.window, env.scope, everyNs, 'a window')
  const window = { ns: ns ?? everyNs, used: false }
  const value = checkValue(node.value, { ...env, window })
  if (value !== undefined && !window.used) {
    say(scope, messages.windowMisplaced, node.range, { reason: 'there is none here' })
    return undefined
  }
  return ns === undefined ? undefined : value
}

/**
 * A constant duration in whole steps. Shorter than the step: a warning, and the step. Not a multiple: an error that says what would be.
 */
export function windowOf(node: Expression, scope: Scope, everyNs: number, what: string): number | undefined {
  const ns = positiveDuration(node, scope, what)
  if (ns === undefined || ns % everyNs === 0) return ns
  const step = printDuration(everyNs)
  if (ns < everyNs) {
    say(scope, messages.shortWindow, node.range, { what, window: printDuration(ns), step }, replaceWith(node.range, step))
    return everyNs
  }
  sayNotMultiple(node, scope, ns, everyNs, what)
  return undefined
}

export function sayNotMultiple(node: Expression, scope: Scope, ns: number, everyNs: number, what: string): void {
  const steps = Math.floor(ns / everyNs)
  const below = steps === 0 ? undefined : printDuration(steps * everyNs)
  const above = printDuration((steps + 1) * everyNs)
  say(scope, messages.notMultiple, node.range, { what, window: printDuration(ns), step: printDuration(everyNs), below, above }, replaceWith(node.range, above))
}

function checkBinary(node: Expression & { kind: 'binary' }, env: Environment): Value | undefined {
  const left = checkQuantity(node.left, env)
  const right = checkQuantity(node.right, env)
  if (left === undefined || right === undefined) return undefined
  const type = arithmeticType(node.operator, left.type, right.type)
  if (type === undefined) {
    // A bare number beside a value with a unit is what people forget.
    const [odd, oddValue, wanted] = left.type === 'number' && right.type !== 'number' ? [node.left, left, right.type] : [node.right, right, left.type]
    const rule = operationRule[node.operator]
    sayMismatch(
      env.scope,
      odd,
      oddValue,
      wanted,
      (g) => [messages.arithmeticTypes, { operation: operationName[node.operator], left: left.type, right: right.type, guess: g, rule }],
      node.range,
    )
    return undefined
  }
  if (node.operator === '/' && right.kind === 'constant' && right.value === 0) {
    say(env.scope, messages.divisionByZero, node.range, {})
    return undefined
  }
  return arithmetic(node.operator, [left, right], type)
}

function checkCall(node: Expression & { kind: 'call' }, env: Environment): Value | undefined {
  const values = node.arguments.map((argument) => checkQuantity(argument, env))
  if (node.arguments.length < 2) {
    say(env.scope, messages.callArguments, node.range, { call: `${node.function}()` })
    return undefined
  }
  const known = values.filter((value) => value !== undefined)
  const first = known[0]
  if (first === undefined) return undefined
  let fits = known.length === values.length
  for (const [i, argument] of node.arguments.entries()) {
    const value = values[i]
    if (value === undefined || value.type === first.type) continue
    fits = false
    sayMismatch(env.scope, argument, value, first.type, (g) => [messages.comparedTypes, { left: first.type, right: value.type, guess: g }])
  }
  return fits ? arithmetic(node.function, known, first.type) : undefined
}

function arithmetic(operator: '+' | '-' | '*' | '/' | 'min' | 'max', of: readonly Value[], type: QuantityType): Value {
  const constants = of.filter((value) => value.kind === 'constant').map((value) => value.value)
  if (constants.length < of.length) return { kind: 'arithmetic', operator, of, type }
  const types = of.map((value) => value.type)
  const result = compute(operator, constants, types)
  // Whole nanoseconds, as literals are: 0.1 * 3s is 300ms, whatever binary fractions make of it.
  return { kind: 'constant', value: type === 'duration' ? Math.round(result) : result, type }
}

/** A literal that must be a whole number of at least `least`. */
export function wholeNumber(node: { readonly value: number; readonly range: TextRange }, scope: Scope, what: string, least: number): number | undefined {
  if (Number.isSafeInteger(node.value) && node.value >= least) return node.value
  const near = plain(Math.max(least, Math.ceil(node.value)))
  say(scope, messages.notWhole, node.range, { what, least }, Number.isFinite(node.value) ? replaceWith(node.range, near) : {})
  return undefined
}

export function sourceOf(scope: Scope, range: TextRange): string {
  return scope.tree.source.text.slice(range.start, range.end)
}
