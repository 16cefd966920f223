/** Questions to the catalog about checked selectors. */
import type { Catalog, CatalogKind } from '../catalog.ts'
import { type CatalogMatch, operationsMatching } from '../catalog-lookup.ts'
import { printName, printOperation } from '../check/print.ts'
import type { Selector } from '../check/program.ts'
import type { LintContext } from './context.ts'

/** By OTLP's number, less one. */
const kindNames: readonly CatalogKind[] = ['internal', 'server', 'client', 'producer', 'consumer']

export function kindsOf({ kinds }: Selector): readonly CatalogKind[] {
  return kindNames.filter((_, i) => kinds.includes(i + 1))
}

/** The operations whose spans the selector counts, its `where` apart. */
export function countedBy(selector: Selector, catalog: Catalog): readonly CatalogMatch[] {
  return operationsMatching(catalog, selector.service, selector.operation, kindsOf(selector))
}

/**
 * Most spans a second that the selector is known to count, as if its `where` let all through; undefined where the rate of some operation is not known,
 * or there is none.
 */
export function rateOf(selector: Selector, { rates, catalog }: LintContext): number | undefined {
  const declared = rates?.[nameOf(selector)]
  if (declared !== undefined) return declared
  if (catalog === undefined) return undefined
  const matches = countedBy(selector, catalog)
  if (matches.length === 0) return undefined
  let sum = 0
  for (const { operation } of matches) {
    if (operation.rate === undefined) return undefined
    sum += operation.rate
  }
  return sum
}

/** `service/operation`, as rules write it. */
export function nameOf({ service, operation }: Selector): string {
  return operation === undefined ? printName(service) : `${printName(service)}/${printOperation(operation)}`
}

/** Whether a selector's pattern asks for several names. */
export function isPattern(text: string): boolean {
  return text.includes('*')
}
