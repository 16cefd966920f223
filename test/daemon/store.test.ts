import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Saved } from '../../src/daemon/store.ts'
import { openStore } from '../../src/daemon/store.ts'

const target = 'deployment/adservice'
const saved: Saved = {
  engine: {
    targets: {
      [target]: {
        recommendations: [{ at: 1024, replicas: 2 }],
        changes: [{ at: 512, from: 1, to: 2 }],
        lastAction: { at: 512, from: 1, to: 2, id: 'a' },
        ruleActed: { slow: 512 },
        epoch: { kind: 'pending', since: 512 },
      },
    },
    spent: [{ at: 512, id: 'a', target, added: 1, done: true }],
  },
  pending: {
    [target]: {
      workload: { kind: 'deployment', name: 'adservice' },
      decision: { id: 'b', at: 1024, target, outcome: 'scale', reason: 'ScaleUp', message: 'm', from: 2, to: 4, version: '7', rules: [], stages: [] },
    },
  },
}

describe('the state store', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'scaled-store-'))
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  it('has nothing at first, then what was saved last', async () => {
    const store = openStore(join(dir, 'a', 'b'))
    expect(store.load()).toEqual({ kind: 'none' })
    await store.save({ engine: { targets: {} }, pending: {} })
    await store.save(saved)
    expect(openStore(join(dir, 'a', 'b')).load()).toEqual({ kind: 'saved', saved: expect.objectContaining(saved) })
  })

  it('makes every promise good when saves come faster than the disk, and ends with the newest', async () => {
    const store = openStore(dir)
    await Promise.all(Array.from({ length: 50 }, (_, i) => store.save({ ...saved, engine: { targets: { [`n${i}`]: saved.engine.targets[target]! } } })))
    const loaded = store.load()
    expect(loaded.kind === 'saved' && Object.keys(loaded.saved.engine.targets)).toEqual(['n49'])
    expect(readdirSync(dir)).toEqual(['state.json'])
  })

  it('rejects when it cannot write', async () => {
    const store = openStore(join(dir, 'gone'))
    rmSync(join(dir, 'gone'), { recursive: true })
    await expect(store.save(saved)).rejects.toThrow('ENOENT')
  })

  it.each([
    ['half a file', '{"version":1,"engine":{"targ', /JSON/],
    ['another version', '{"version":2}', /version: expected format version 1/],
    [
      'a wrong number',
      JSON.stringify({ version: 1, engine: { targets: { x: { recommendations: [{ at: 1, replicas: -1 }], changes: [], ruleActed: {} } } }, pending: {} }),
      /replicas/,
    ],
    ['a wrong spending', JSON.stringify({ version: 1, engine: { targets: {}, spent: [{ at: 1 }] }, pending: {} }), /engine.spent.0/],
    ['nothing', '', /JSON/],
  ])('moves %s aside and says why', (_, text, reason) => {
    writeFileSync(join(dir, 'state.json'), text)
    const loaded = openStore(dir).load()
    expect(loaded).toEqual({ kind: 'damaged', reason: expect.stringMatching(reason), movedTo: expect.stringContaining('state.json.damaged-') })
    expect(loaded.kind === 'damaged' && readFileSync(loaded.movedTo, 'utf8')).toBe(text)
    expect(openStore(dir).load()).toEqual({ kind: 'none' })
  })
})
