import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type protobufjs from 'protobufjs'
import { describe, expect, it } from 'vitest'
import descriptor from '../../../src/daemon/rpc/scale.json' with { type: 'json' }

const { parse } = createRequire(import.meta.url)('protobufjs') as typeof protobufjs

describe('scale.json', () => {
  it('is scale.proto', () => {
    const { root } = parse(readFileSync('src/daemon/scale.proto', 'utf8'))
    expect(descriptor).toEqual(root.toJSON())
  })
})
