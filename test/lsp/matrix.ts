/**
 * The table of language servers in lsp/README.md, made of the tests: our column counts those of each row, which are the `describe('row: …')` of test/lsp. Run as a
 * program it writes the table; matrix.test.ts says when it is old.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'

/** As of mid-2026, from the sources of each. */
const peers = ['Regal', 'Prisma', 'terraform-ls', 'Bicep', 'Langium', 'TypeSpec'] as const

/** What editors ask for, and which of the others have it. */
const rows: readonly (readonly [row: string, ...cells: string[]])[] = [
  ['incremental sync', 'no', 'yes', 'yes', 'no', 'yes', 'yes'],
  ['diagnostics: push', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes'],
  ['diagnostics: pull', 'yes', 'no', 'no', 'no', 'no', 'no'],
  ['diagnostics: workspace', 'yes', 'no', 'no', 'no', 'no', 'no'],
  ['completion: resolve, snippets', 'yes', 'yes', 'yes', 'yes', 'own', 'no'],
  ['hover', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes'],
  ['definition', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes'],
  ['references', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes'],
  ['signature help', 'yes', 'no', 'yes', 'yes', 'own', 'yes'],
  ['rename with prepare', 'yes', 'partly', 'no', 'yes', 'yes', 'yes'],
  ['document symbols', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes'],
  ['workspace symbols', 'yes', 'no', 'yes', 'no', 'yes', 'no'],
  ['formatting: document', 'yes', 'yes', 'yes', 'yes', 'own', 'yes'],
  ['formatting: range', 'no', 'no', 'no', 'no', 'own', 'no'],
  ['formatting: on type', 'no', 'no', 'no', 'no', 'own', 'no'],
  ['semantic tokens', 'yes', 'no', 'yes', 'yes', 'own', 'yes'],
  ['folding', 'yes', 'no', 'no', 'no', 'yes', 'yes'],
  ['selection range', 'yes', 'no', 'no', 'no', 'no', 'no'],
  ['code actions: quick fix', 'yes', 'yes', 'yes', 'yes', 'own', 'yes'],
  ['code actions: fix all', 'yes', 'no', 'no', 'no', 'own', 'no'],
  ['code lens', 'yes', 'no', 'yes', 'yes', 'own', 'no'],
  ['inlay hints', 'yes', 'no', 'no', 'no', 'own', 'no'],
  ['document links', 'yes', 'no', 'yes', 'yes', 'no', 'no'],
  ['document highlight', 'yes', 'no', 'no', 'yes', 'yes', 'yes'],
  ['test explorer', 'yes', 'no', 'no', 'no', 'no', 'no'],
]

interface Tested {
  readonly row: string
  readonly file: string
  readonly tests: number
}

/** Rows as tests name them. */
export function testedRows(): readonly Tested[] {
  return globSync('test/lsp/**/*.test.ts')
    .sort()
    .flatMap((file) => {
      const parts = readFileSync(file, 'utf8')
        .split(/^describe\('/m)
        .slice(1)
      return parts.flatMap((part) => {
        const [, row] = /^row: ([^']+)'/.exec(part) ?? []
        return row === undefined ? [] : [{ row, file: basename(file), tests: [...part.matchAll(/^ {2}it(?:\.each\([\s\S]*?\))?\('/gm)].length }]
      })
    })
}

export function matrix(): string {
  const tested = Map.groupBy(testedRows(), ({ row }) => row)
  const ours = (row: string): string => {
    const all = tested.get(row) ?? []
    const count = all.reduce((sum, { tests }) => sum + tests, 0)
    return count === 0 ? 'no' : `yes, ${count} ${count === 1 ? 'test' : 'tests'} in ${[...new Set(all.map(({ file }) => file))].join(', ')}`
  }
  const known = new Set(rows.map(([row]) => row))
  const others = [...tested.keys()].filter((row) => !known.has(row)).sort()
  return [
    `| | SCALE | ${peers.join(' | ')} |`,
    `| --- | --- | ${peers.map(() => '---').join(' | ')} |`,
    ...rows.map(([row, ...cells]) => `| ${row} | ${ours(row)} | ${cells.join(' | ')} |`),
    ...others.map((row) => `| ${row} | ${ours(row)} | ${peers.map(() => '').join(' | ')} |`),
  ].join('\n')
}

const readme = 'lsp/README.md'
const region = /(<!-- matrix: node test\/lsp\/matrix\.ts -->\n)[\s\S]*?(\n<!-- end -->)/

/** As it stands there. */
export function matrixInReadme(): string | undefined {
  return region.exec(readFileSync(readme, 'utf8'))?.[0].split('\n').slice(1, -1).join('\n')
}

if (import.meta.main)
  writeFileSync(
    readme,
    readFileSync(readme, 'utf8').replace(region, (_, start: string, end: string) => `${start}${matrix()}${end}`),
  )
