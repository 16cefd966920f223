import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LooseEnds, notFound, RecentKeys } from '../../../src/spans/traces/recent.ts'
import { sortRows } from '../../../src/spans/traces/sort.ts'

describe('sorting rows', () => {
  it('agrees with a stable sort, in the middle of an array', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 200 }), fc.nat(5), (keys, before) => {
        const rows = Int32Array.from([...Array.from({ length: before }, () => -1), ...keys.keys(), -1])
        sortRows(rows, before, before + keys.length, new Int32Array(rows.length), (a, b) => (keys[a] as number) - (keys[b] as number))
        const expected = [...keys.keys()].sort((a, b) => (keys[a] as number) - (keys[b] as number))
        expect([...rows]).toEqual([...Array.from({ length: before }, () => -1), ...expected, -1])
      }),
    )
  })
})

describe('recent keys', () => {
  it('are the last so many, each at a place of its own', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(40)), { maxLength: 400 }), fc.integer({ min: 1, max: 100 }), (keys, limit) => {
        const recent = new RecentKeys(limit, 7)
        const expected: string[] = []
        for (const [trace, span] of keys) {
          const id = Uint32Array.of(0, trace, 0, 0)
          const key = `${trace} ${span}`
          expect(recent.find(id, 0, 0, span) !== notFound).toBe(expected.includes(key))
          if (expected.includes(key)) continue
          recent.add(id, 0, 0, span)
          expected.push(key)
          if (expected.length > limit) expected.shift()
        }
        const places = expected.map((key) => recent.find(Uint32Array.of(0, Number(key.split(' ')[0]), 0, 0), 0, 0, Number(key.split(' ')[1])))
        expect(new Set(places).size).toBe(expected.length)
        expect(places.every((place) => place >= 0 && place < limit)).toBe(true)
      }),
    )
  })
})

describe('loose ends', () => {
  const trace = Uint32Array.of(1, 2, 3, 4)
  const caller = { service: 5, kind: 4, duration: 2e6, end: [7, 8] as const }

  it('tell callers from parents that were missing', () => {
    const ends = new LooseEnds(4, 0)
    ends.addCaller(trace, 0, 1, caller)
    ends.addMissing(trace, 0, 2)
    expect(ends.caller(trace, 0, 1)).toEqual(caller)
    expect([ends.caller(trace, 0, 2), ends.wasMissing(trace, 0, 1), ends.wasMissing(trace, 0, 2), ends.wasMissing(trace, 0, 3)]).toEqual([
      undefined,
      false,
      true,
      false,
    ])
  })

  it('keep one place each: a parent that came at last takes its own', () => {
    const ends = new LooseEnds(2, 0)
    ends.addCaller(trace, 0, 1, caller)
    ends.addMissing(trace, 0, 2)
    ends.addCaller(trace, 0, 2, caller)
    expect([ends.caller(trace, 0, 1), ends.caller(trace, 0, 2)]).toEqual([caller, caller])
  })

  it('do not take a caller that is known for one that is missing', () => {
    const ends = new LooseEnds(4, 0)
    ends.addCaller(trace, 0, 1, caller)
    ends.addMissing(trace, 0, 1)
    expect(ends.caller(trace, 0, 1)).toEqual(caller)
  })
})
