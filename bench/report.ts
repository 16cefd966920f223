import { cpus, totalmem } from 'node:os'

/** One line of a benchmark: what was measured, the figure, and how it stands to each peer of the same run. */
export interface Row {
  readonly what: string
  readonly figure: number
  readonly unit: string
  /** figure ÷ the peer's figure, for rates; peer's ÷ ours, for times: more is better. */
  readonly ratios?: Readonly<Record<string, number>>
  readonly note?: string
}

export function machine(): string {
  const processors = cpus()
  return `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${process.platform}`
}

export function print(name: string, rows: readonly Row[]): void {
  const what = Math.max(...rows.map((r) => r.what.length))
  console.log(`bench ${name}`)
  for (const row of rows) {
    const ratios = Object.entries(row.ratios ?? {}).map(([peer, ratio]) => `${number(ratio)}× ${peer}`)
    console.log(
      `  ${row.what.padEnd(what)}  ${number(row.figure).padStart(12)} ${row.unit}${ratios.length > 0 ? `   ${ratios.join('   ')}` : ''}${row.note === undefined ? '' : `   (${row.note})`}`,
    )
  }
  console.log(machine())
}

/** Three significant digits, thousands apart. */
function number(n: number): string {
  return n >= 1000 ? Math.round(n).toLocaleString('en') : String(Number(n.toPrecision(3)))
}

/** Median of `samples`. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}
