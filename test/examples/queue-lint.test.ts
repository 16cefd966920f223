/** What the catalog of a recording has to say of the two ways to write the rules. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { analyse } from '../../src/bundle/index.ts'
import { catalogFromRecording } from '../../src/catalogs/index.ts'
import type { Catalog } from '../../src/language/index.ts'
import { isRecording, openRecording } from '../../src/recordings/index.ts'

describe('the rules of the queue, against what was recorded', () => {
  let catalog: Catalog

  beforeAll(async () => {
    const recording = await openRecording(['examples/queue-and-workers/saturation.jsonl.gz'])
    if (!isRecording(recording)) throw new Error(recording.message)
    catalog = (await catalogFromRecording(recording)).catalog
  })

  const warnings = (file: string): readonly string[] =>
    analyse({ roots: [{ name: file, text: readFileSync(file, 'utf8') }] }, { catalog }).diagnostics.map(({ code, message }) => `${code} ${message}`)

  it('name the caller of what is slow where they look at p99', () => {
    expect(warnings('examples/queue-and-workers/plain/rules.scale').filter((warning) => warning.startsWith('SC4213'))).toEqual([
      expect.stringContaining('whenever gateway/"POST /messages" is, and more of deployment/uploads cannot help that'),
      expect.stringContaining('whenever gateway/"POST /messages" is, and more of deployment/orders cannot help that'),
      expect.stringContaining('whenever database/"INSERT messages" is, and more of deployment/workers cannot help that'),
    ])
  })

  it('are fine where they look at own and gap', () => {
    expect(warnings('examples/queue-and-workers/rules.scale')).toEqual([])
  })
})
