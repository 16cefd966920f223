import { describe, expect, it } from 'vitest'
import { Features } from '../../src/sampler/features.ts'
import { dawn, type MadeSpan, Random, TraceBatch } from '../support/trace-stream.ts'

const span = (operation: string, parent: number, duration = 1, error = false): MadeSpan => ({ service: 'shop', operation, parent, duration, error })

function shapeOf(spans: readonly MadeSpan[]): string {
  const batch = new TraceBatch(64)
  batch.trace(spans, dawn, new Random(1))
  const features = new Features()
  expect(features.read(batch.found, 0)).toBe(spans.length)
  return `${features.shape0}/${features.shape1}`
}

describe('the shape of a trace', () => {
  const usual = [span('GET', -1), span('cart', 0), span('redis', 1), span('ads', 0)]

  it('does not depend on the order of its spans, nor on whether parents come first', () => {
    expect(shapeOf([span('GET', -1), span('ads', 0), span('cart', 0), span('redis', 2)])).toBe(shapeOf(usual))
    expect(shapeOf([span('redis', 2), span('ads', 3), span('cart', 3), span('GET', -1)])).toBe(shapeOf(usual))
  })

  it('does not depend on how often a path is taken, nor on durations', () => {
    expect(shapeOf([...usual, span('redis', 1), span('redis', 1, 99)])).toBe(shapeOf(usual))
  })

  it.each([
    ['an error', [span('GET', -1), span('cart', 0), span('redis', 1, 1, true), span('ads', 0)]],
    ['another parent', [span('GET', -1), span('cart', 0), span('redis', 0), span('ads', 0)]],
    ['one path more', [...usual, span('new', 3)]],
    ['one path less', usual.slice(0, 3)],
  ])('is another with %s', (_, spans) => expect(shapeOf(spans)).not.toBe(shapeOf(usual)))

  it('has each path once, with the longest that it took', () => {
    const batch = new TraceBatch(64)
    batch.trace([span('GET', -1, 9), span('redis', 0, 2), span('redis', 0, 5), span('redis', 0, 3)], dawn, new Random(1))
    const features = new Features()
    features.read(batch.found, 0)
    expect([...features.duration.slice(0, features.paths)]).toEqual([9e6, 5e6])
  })
})
