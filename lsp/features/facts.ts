/** What the catalog knows of services and operations, as Markdown: for hovers and the documentation of completions. */
import { type CatalogOperation, type CatalogService, countedKinds, printDuration, printRate, printRatio } from '../../src/language/index.ts'

const mostRows = 12

export function serviceFacts({ name, operations }: CatalogService): string {
  const kinds = countedKinds(false)
  const own = operations.filter(({ kind }) => kinds.includes(kind))
  const busiest = [...own].sort((a, b) => (b.rate ?? 0) - (a.rate ?? 0))
  const more = busiest.length - mostRows
  return [`**${name}**`, ...table(busiest.slice(0, mostRows)), ...(more > 0 ? [`and ${more} more`] : [])].join('\n\n')
}

/** `name`: as rules call it; `recorded`: its spellings and kinds. */
export function operationFacts(service: string, name: string, recorded: readonly CatalogOperation[]): string {
  const calls = [...new Set(recorded.flatMap((operation) => operation.calls ?? []))]
  return [
    `**${service}/${name}**`,
    ...table(recorded),
    ...(calls.length === 0
      ? []
      : [`Calls ${calls.slice(0, mostRows).map(code).join(', ')}${calls.length > mostRows ? ` and ${calls.length - mostRows} more` : ''}.`]),
  ].join('\n\n')
}

function table(operations: readonly CatalogOperation[]): readonly string[] {
  if (operations.length === 0) return []
  const rows = operations.map(
    ({ name, kind, rate, errorRate, p50, p95, p99 }) =>
      `| ${code(name)} | ${kind} | ${told(rate, printRate)} | ${told(p50, printDuration)} | ${told(p95, printDuration)} | ${told(p99, printDuration)} | ${told(errorRate, printRatio)} |`,
  )
  return [['| operation | kind | rate | p50 | p95 | p99 | errors |', '| --- | --- | ---: | ---: | ---: | ---: | ---: |', ...rows].join('\n')]
}

/** Three digits: it is what a recording showed, not what holds. */
function told(value: number | undefined, print: (value: number) => string): string {
  return value === undefined ? '' : print(Number(value.toPrecision(3)))
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}
