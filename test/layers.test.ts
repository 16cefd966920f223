/** The order of src: a folder imports only from itself and from the folders before it, through their index. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const order = [
  'language',
  'bundle',
  'spans',
  'sampler',
  'evaluate',
  'plan',
  'engine',
  'explain',
  'blame',
  'importers',
  'files',
  'recordings',
  'testing',
  'orchestrators',
  'sources',
  'catalogs',
  'daemon',
  'cli',
]
/** The core: no clock, no I/O, no environment, no randomness of its own. */
const pure = ['language', 'bundle', 'spans', 'sampler', 'evaluate', 'plan', 'engine', 'explain', 'blame', 'importers']
const allowedInCore = new Set(['node:crypto'])
const impure = [/\bDate\.now\(/, /\bnew Date\(\)/, /\bMath\.random\(/, /\bprocess\./, /\bperformance\.now\(/, /\bsetTimeout\(/]

const files = globSync('src/**/*.ts').sort()
const folderOf = (file: string): string => file.split('/')[1] ?? ''

function importsOf(text: string): string[] {
  return [...text.matchAll(/^(?:(?:import|export|\}).*? from |import )'([^'\n]+)'|\bimport\('([^'\n]+)'\)/gm)].map((m) => (m[1] ?? m[2]) as string)
}

function violations(file: string, text: string): string[] {
  const folder = folderOf(file)
  const found: string[] = []
  for (const specifier of importsOf(text)) {
    if (specifier.startsWith('.')) {
      const target = relative('.', join(dirname(file), specifier))
      const other = folderOf(target)
      // Programs read their version there.
      if (target === 'package.json') continue
      if (other === folder) continue
      if (order.indexOf(other) > order.indexOf(folder)) found.push(`${file} imports ${other}, which comes after ${folder}`)
      if (!target.endsWith('/index.ts')) found.push(`${file} reaches behind the index of ${other}: ${specifier}`)
    } else if (folder === 'language' && specifier !== 'chevrotain') found.push(`${file} imports ${specifier}; language imports nothing but chevrotain`)
    else if (pure.includes(folder) && specifier.startsWith('node:') && !allowedInCore.has(specifier))
      found.push(`${file} imports ${specifier}; the core does no I/O`)
  }
  if (pure.includes(folder))
    for (const pattern of impure) if (pattern.test(text)) found.push(`${file} uses ${pattern.source}; clocks and randomness are arguments`)
  return found
}

describe('the layers of src', () => {
  it('knows every folder', () => {
    expect([...new Set(files.map(folderOf))].filter((f) => !order.includes(f))).toEqual([])
  })

  it('finds a wrong import, an import behind an index and a clock', () => {
    expect(violations('src/plan/x.ts', "import { a } from '../engine/index.ts'")).toHaveLength(1)
    expect(violations('src/plan/x.ts', "import { a } from '../spans/table.ts'")).toHaveLength(1)
    expect(violations('src/plan/x.ts', "import {\n  a,\n} from '../engine/index.ts'\nconst b = await import('../daemon/index.ts')")).toHaveLength(2)
    expect(violations('src/plan/x.ts', 'const t = Date.now()')).toHaveLength(1)
  })

  it('holds', () => {
    expect(files.flatMap((file) => violations(file, readFileSync(file, 'utf8')))).toEqual([])
  })
})
