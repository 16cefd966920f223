/** A catalog for people: operations as tables by service, then workloads. */
import { printQuantity, printRate, printRatio } from '../../bundle/index.ts'
import type { Catalog, CatalogOperation, CatalogService } from '../../language/index.ts'

export interface Summary {
  readonly services: number
  readonly operations: number
  readonly attributes: number
  readonly workloads: number
}

export function summary({ services, workloads }: Catalog): Summary {
  const sum = (count: (service: CatalogService) => number): number => services.reduce((total, service) => total + count(service), 0)
  return { services: services.length, operations: sum((s) => s.operations.length), attributes: sum((s) => s.attributes.length), workloads: workloads.length }
}

export function catalogText(catalog: Catalog): string {
  const { services, workloads } = catalog
  if (services.length === 0 && workloads.length === 0) return 'Nothing is known.\n'
  return [...services.map(serviceText), ...(workloads.length === 0 ? [] : [workloadsText(catalog)])].join('\n')
}

function serviceText({ name, peer, operations, attributes }: CatalogService): string {
  const head = ['operation', 'kind', 'rate', 'errors', 'p50', 'p95', 'p99', 'max']
  const known = operations.some(({ rate, p99 }) => rate !== undefined || p99 !== undefined)
  const rows = [head, ...operations.map(row)].map((cells) => (known ? cells : cells.slice(0, 2)))
  const more = attributes.length === 0 ? '' : `  attributes: ${attributes.map((a) => (a.scope === 'resource' ? `resource.${a.name}` : a.name)).join(', ')}\n`
  return `${name}${peer === true ? ' (a peer: sends no spans, known by the calls to it)' : ''}\n${operations.length === 0 ? '' : table(rows)}${more}`
}

function row({ name, kind, rate, errorRate, ...durations }: CatalogOperation): readonly string[] {
  const or = (value: number | undefined, print: (value: number) => string): string => (value === undefined ? '' : print(value))
  const { p50, p95, p99, max } = durations
  return [name, kind, or(rate, (v) => printRate(Number(v.toPrecision(3)))), or(errorRate, shareText), ...[p50, p95, p99, max].map((ns) => or(ns, durationText))]
}

function shareText(share: number): string {
  return share === 0 ? '' : printRatio(Number(share.toPrecision(2)))
}

/** Three digits, in the unit that they are read in. */
function durationText(ns: number): string {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, ns))) - 2)
  return printQuantity(Math.round(ns / unit) * unit, 'duration')
}

function workloadsText({ workloads }: Catalog): string {
  const head = ['workload', 'replicas', 'services']
  return table([head, ...workloads.map(({ id, replicas, services }) => [id, replicas === undefined ? '' : String(replicas), services.join(', ')])], '')
}

function table(rows: readonly (readonly string[])[], indent = '  '): string {
  const widths = (rows[0] as readonly string[]).map((_, column) => Math.max(...rows.map((cells) => (cells[column] as string).length)))
  return rows
    .map(
      (cells) =>
        `${indent}${cells
          .map((cell, column) => cell.padEnd(widths[column] as number))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
