/** Golden files: each wrong program of test/samples beside what `scalec check` says of it. `vitest -u` writes them. */
import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scalec } from './scalec.ts'

describe('test/samples', () => {
  it.each(
    globSync('test/samples/*.scale')
      .map((file) => basename(file))
      .sort(),
  )('%s', async (file) => {
    const { code, out, err } = scalec(['check', file], { cwd: 'test/samples' })
    expect({ code, err }).toEqual({ code: 1, err: '' })
    await expect(out).toMatchFileSnapshot(`../samples/${file.replace(/\.scale$/, '.txt')}`)
  })
})
