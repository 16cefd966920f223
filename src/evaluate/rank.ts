/**
 * Nearest rank: the quantile q of n values is the one at rank ⌈q·n⌉, counted from 1. In floating point 0.07 · 100 is
 * 7.000000000000001, whose ceiling is one too many; so q is taken as the decimal fraction that was written.
 */

/** q as a fraction in lowest terms; what a program can write (`99.95%`) has far fewer than twelve digits. */
export interface Fraction {
  readonly numerator: number
  readonly denominator: number
}

const digits = 1e12

export function fractionOf(q: number): Fraction {
  const numerator = Math.round(Math.min(1, Math.max(0, q)) * digits)
  const divisor = greatestCommonDivisor(numerator, digits)
  return { numerator: numerator / divisor, denominator: digits / divisor }
}

/** ⌈q·n⌉, at least 1; `n` is at least 1. */
export function rankOf(q: Fraction, n: number): number {
  const product = q.numerator * n
  if (!Number.isSafeInteger(product)) return Number((BigInt(q.numerator) * BigInt(n) + BigInt(q.denominator) - 1n) / BigInt(q.denominator)) || 1
  const rest = product % q.denominator
  return Math.max(1, (product - rest) / q.denominator + (rest > 0 ? 1 : 0))
}

export function greatestCommonDivisor(a: number, b: number): number {
  let x = a
  let y = b
  while (y !== 0) {
    const rest = x % y
    x = y
    y = rest
  }
  return x
}
