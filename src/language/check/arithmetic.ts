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
      if (right === 'number' || right === 'ratio') return left === 'ratio' ? (right === 'number' ? 'ratio' : 'number') : left
      if (left === 'number' && right === 'duration') return 'rate'
      // Little's law: spans in flight divided by their rate.
      if (left === 'number' && right === 'rate') return 'duration'
      return undefined
  }
}

function productType(left: QuantityType, right: QuantityType): QuantityType | undefined {
  if (left === 'number' || left === 'ratio') return left === 'ratio' && right === 'number' ? 'number' : right
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

export function compute(operator: ArithmeticOperator, values: readonly number[]): number {
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
