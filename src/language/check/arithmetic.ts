/** Arithmetic follows the units. */
import type { ArithmeticOperator, QuantityType } from './program.ts'

type Binary = '+' | '-' | '*' | '/'

/** The type of `left operator right`, or undefined where the units do not fit. */
export function arithmeticType(operator: Binary, left: QuantityType, right: QuantityType): QuantityType | undefined {
  switch (operator) {
    case '+':
    case '-':
      return left === right ? left : undefined
    case '*':
      return productType(left, right) ?? productType(right, left)
    case '/':
      if (left === right) return 'number'
      if (right === 'number' || right === 'ratio') return left === 'ratio' ? 'number' : left
      if (left === 'number' && right === 'duration') return 'rate'
      // Little's law: spans in flight divided by their rate.
      if (left === 'number' && right === 'rate') return 'duration'
      return undefined
  }
}

/** A Ratio beside a Number counts as one, so that `count * 5%` can be compared with a count. */
function productType(left: QuantityType, right: QuantityType): QuantityType | undefined {
  if (left === 'number') return right === 'ratio' ? 'number' : right
  if (left === 'ratio') return right
  if (left === 'rate' && right === 'duration') return 'number'
  return undefined
}

export const operationName: Record<Binary, string> = { '+': 'added', '-': 'subtracted', '*': 'multiplied', '/': 'divided' }

/** What may be written, for the help of a type error. */
export const operationRule: Record<Binary, string> = {
  '+': 'add values of one type',
  '-': 'subtract values of one type',
  '*': 'multiply by a Number or a Ratio, or a Rate by a Duration',
  '/': 'divide by a Number, a Ratio, or a value of the same type',
}

/**
 * Rates are per second and durations nanoseconds: the product of the two, and a Number divided by one of them, is off by this factor when it is
 * computed from what stands for them.
 */
export function unitFactor(operator: ArithmeticOperator, types: readonly QuantityType[]): 1 | 1e9 | 1e-9 {
  const [left, right] = types
  if (operator === '*') return (left === 'rate' && right === 'duration') || (left === 'duration' && right === 'rate') ? 1e-9 : 1
  return operator === '/' && left === 'number' && (right === 'duration' || right === 'rate') ? 1e9 : 1
}

/** The result in its own unit, of operands in theirs. */
export function compute(operator: ArithmeticOperator, values: readonly number[], types: readonly QuantityType[]): number {
  const plain = computePlain(operator, values)
  const factor = unitFactor(operator, types)
  // Divided, since a binary fraction cannot be exactly 1e-9.
  return factor === 1e-9 ? plain / 1e9 : plain * factor
}

function computePlain(operator: ArithmeticOperator, values: readonly number[]): number {
  const [left = Number.NaN, right = Number.NaN] = values
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case 'min':
      return Math.min(...values)
    case 'max':
      return Math.max(...values)
  }
}
