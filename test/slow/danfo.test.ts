/** The adapter with the real danfojs-node, installed into a copy of test/fixtures/danfo. Needs the npm registry and some 340 MB for its time. */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requests } from '../../bench/peers/requests.ts'
import { type Danfo, toDanfo } from '../../src/recordings/index.ts'
import { createDictionary, decodeRequest, SpanTable } from '../../src/spans/index.ts'

interface DataFrame {
  readonly shape: [number, number]
  readonly columns: string[]
  readonly ctypes: { readonly values: string[] }
  column(name: string): { mean(): number }
  groupby(columns: string[]): { count(): { readonly values: unknown[][] } }
}

const folder = mkdtempSync(join(tmpdir(), 'scale-danfo-'))
let danfo: Danfo<DataFrame> | undefined
let reason = ''

beforeAll(async () => {
  cpSync('test/fixtures/danfo', folder, { recursive: true })
  try {
    await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, timeout: 240_000 })
    danfo = createRequire(join(folder, 'package.json'))('danfojs-node') as Danfo<DataFrame>
  } catch (error) {
    reason = `danfojs-node cannot be installed here: ${(error as Error).message.split('\n', 2).join(' ')}`
  }
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('toDanfo with danfojs-node', () => {
  it('gives a DataFrame that groups and averages as the table does', ({ skip }) => {
    if (danfo === undefined) return skip(reason)
    const table = new SpanTable(createDictionary(), [{ scope: 'span', name: 'http.response.status_code' }])
    for (const bytes of requests(1, 500)) expect(decodeRequest(bytes, table)).toMatchObject({ spans: 500 })
    const frame = toDanfo(danfo, table)
    expect(frame.shape).toEqual([500, 11])
    expect(frame.columns).toContain('http.response.status_code')
    const mean = table.duration.subarray(0, 500).reduce((sum, ns) => sum + ns / 1e6, 0) / 500
    expect(frame.column('duration_ms').mean()).toBeCloseTo(mean, 3)
    const perService = new Map(
      frame
        .groupby(['service'])
        .count()
        .values.map((row) => [row[0], row[1]]),
    )
    expect(perService.size).toBe(10)
    expect(perService.get('adservice')).toBe(50)
  })
})
