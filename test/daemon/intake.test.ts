import { describe, expect, it } from 'vitest'
import { createIntake } from '../../src/daemon/intake.ts'
import { createMetrics } from '../../src/daemon/metrics.ts'
import type { Engine } from '../../src/engine/index.ts'
import { createDictionary, SpanTable } from '../../src/spans/index.ts'
import { encodeJson, encodeRequest, service } from '../support/otlp.ts'

const span = { traceId: '1'.padStart(32, '0'), spanId: '1'.padStart(16, '0'), name: 'GetAds', kind: 2, start: 1_000n, end: 2_000n }

function setUp(report: Partial<ReturnType<Engine['ingest']>> = {}) {
  const ingested: number[] = []
  const refusals: string[] = []
  const engine = {
    ingest(table: SpanTable) {
      ingested.push(table.length)
      return { spans: table.length, matched: 0, duplicate: 0, late: 0, future: 0, ...report }
    },
  } as unknown as Engine
  const current = { engine, table: new SpanTable(createDictionary()) }
  const metrics = createMetrics('test')
  const intake = createIntake({
    maxRequestBytes: 1000,
    maxInFlightBytes: 2000,
    metrics,
    current: () => current,
    fed: () => {},
    refused: (transport, code, problem) => refusals.push(`${transport} ${code} ${problem}`),
  })
  return { intake, ingested, refusals }
}

describe('the intake', () => {
  it('takes protobuf and JSON', () => {
    const { intake, ingested } = setUp()
    expect(intake.take(encodeRequest([service('ads', [span, { ...span, spanId: 'ab'.repeat(8) }])]), 'protobuf', 'grpc')).toMatchObject({
      kind: 'accepted',
      rejected: 0,
    })
    expect(intake.take(Buffer.from(encodeJson([service('ads', [span])])), 'json', 'http')).toMatchObject({ kind: 'accepted', rejected: 0 })
    expect(ingested).toEqual([2, 1])
  })

  it('accepts an empty request without asking the engine', () => {
    const { intake, ingested } = setUp()
    expect(intake.take(new Uint8Array(0), 'protobuf', 'grpc')).toEqual({ kind: 'accepted', rejected: 0, message: '' })
    expect(ingested).toEqual([])
  })

  it('says where a malformed request breaks, and gives the engine nothing of it', () => {
    const { intake, ingested } = setUp()
    const whole = encodeRequest([service('ads', [span]), service('ads', [span])])
    expect(intake.take(whole.subarray(0, whole.length - 4), 'protobuf', 'grpc')).toMatchObject({
      kind: 'malformed',
      message: expect.stringMatching(/\(byte \d+\)$/),
    })
    expect(intake.take(whole, 'protobuf', 'grpc')).toMatchObject({ kind: 'accepted' })
    expect(ingested).toEqual([2])
  })

  it('tells of spans without ids and of spans of the future', () => {
    const { intake } = setUp({ future: 1 })
    const answer = intake.take(encodeRequest([service('ads', [span, { ...span, spanId: '00' }])]), 'protobuf', 'grpc')
    expect(answer).toMatchObject({ kind: 'accepted', rejected: 2, message: expect.stringContaining('1 spans end in the future') })
  })

  it('holds memory up to its limit, but always for one request', () => {
    const { intake } = setUp()
    expect([intake.hold(1500), intake.hold(500)]).toEqual([undefined, undefined])
    expect(intake.hold(1)).toMatchObject({ kind: 'unavailable', retryAfterMs: 1000 })
    intake.release(2000)
    expect(intake.hold(5000)).toBeUndefined()
  })

  it('asks everybody to come back while it drains, also what is already on its way', () => {
    const { intake, ingested } = setUp()
    expect(intake.hold(10)).toBeUndefined()
    intake.drain()
    expect(intake.hold(0)).toMatchObject({ kind: 'unavailable' })
    expect(intake.take(encodeRequest([service('ads', [span])]), 'protobuf', 'grpc')).toMatchObject({ kind: 'unavailable', retryAfterMs: 5000 })
    expect(ingested).toEqual([])
  })
})
