/** The external scaler over a socket, with a real gRPC client of KEDA's contract. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Client, credentials, makeClientConstructor, type ServiceError, status } from '@grpc/grpc-js'
import type protobufjs from 'protobufjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import descriptor from '../../../src/daemon/keda/externalscaler.json' with { type: 'json' }
import { externalScaler } from '../../../src/daemon/keda/messages.ts'
import { startExternalScaler, type Wanted } from '../../../src/daemon/keda/server.ts'

type Calls = Record<'isActive' | 'getMetricSpec' | 'getMetrics', (request: object, done: (error: ServiceError | null, response: object) => void) => void> &
  Record<'streamIsActive', (request: object) => NodeJS.ReadableStream & { cancel(): void }>

async function open(wanted: Record<string, Wanted>) {
  const listeners = new Map<string, Set<() => void>>()
  const server = await startExternalScaler('127.0.0.1', 0, {
    wanted: (target) => wanted[target],
    onChange(target, changed) {
      const all = listeners.get(target) ?? new Set()
      listeners.set(target, all.add(changed))
      return () => all.delete(changed)
    },
  })
  const Scaler = makeClientConstructor(externalScaler, 'ExternalScaler')
  const client = new Scaler(`127.0.0.1:${server.port}`, credentials.createInsecure()) as unknown as Client & Calls
  onTestFinished(async () => {
    client.close()
    await server.close(100)
  })
  const call = (name: 'isActive' | 'getMetricSpec' | 'getMetrics', request: object): Promise<object> =>
    new Promise((resolve, reject) => client[name](request, (error, response) => (error === null ? resolve(response) : reject(error))))
  return {
    client,
    call,
    wanted,
    change(target: string) {
      for (const each of listeners.get(target) ?? []) each()
    },
    watching: () => [...listeners.values()].reduce((n, s) => n + s.size, 0),
  }
}

const ref = (target?: string) => ({ name: 'ads', namespace: 'shop', scalerMetadata: target === undefined ? {} : { target } })
const metrics = (target?: string) => ({ scaledObjectRef: ref(target), metricName: 'scale-desired' })

describe('the external scaler', () => {
  it('gives one metric, the replicas that are wanted, with a target of 1 a replica, in both fields that KEDA reads', async () => {
    const { call } = await open({ 'deployment/ads': { replicas: 7 } })
    expect(await call('getMetricSpec', ref('deployment/ads'))).toEqual({ metricSpecs: [{ metricName: 'scale-desired', targetSize: 1, targetSizeFloat: 1 }] })
    expect(await call('getMetrics', metrics('deployment/ads'))).toEqual({
      metricValues: [{ metricName: 'scale-desired', metricValue: 7, metricValueFloat: 7 }],
    })
    expect(await call('isActive', ref('deployment/ads'))).toEqual({ result: true })
  })

  it('finds a target whose rules name its namespace', async () => {
    const { call } = await open({ 'deployment/ads in shop': { replicas: 3 } })
    expect(await call('getMetrics', metrics('deployment/ads'))).toMatchObject({ metricValues: [{ metricValue: 3 }] })
  })

  it('says 0 only where 0 replicas are wanted: nothing is active then', async () => {
    const { call } = await open({ 'deployment/ads': { replicas: 0 } })
    expect(await call('getMetrics', metrics('deployment/ads'))).toMatchObject({ metricValues: [{ metricValue: 0 }] })
    expect(await call('isActive', ref('deployment/ads'))).toEqual({ result: false })
  })

  it('answers what it does not know with an error that says why, never with 0', async () => {
    const { call } = await open({ 'deployment/ads': { unknown: 'no telemetry for 1m30s' } })
    for (const attempt of [call('getMetrics', metrics('deployment/ads')), call('isActive', ref('deployment/ads'))])
      await expect(attempt).rejects.toMatchObject({ code: status.UNAVAILABLE, details: 'what deployment/ads needs is not known: no telemetry for 1m30s' })
    await expect(call('getMetrics', metrics('deployment/web'))).rejects.toMatchObject({
      code: status.NOT_FOUND,
      details: 'no rule scales deployment/web in shop',
    })
    await expect(call('getMetrics', metrics())).rejects.toMatchObject({ code: status.INVALID_ARGUMENT })
    await expect(call('getMetrics', { metricName: 'x' })).rejects.toMatchObject({ code: status.INVALID_ARGUMENT })
  })

  it('pushes activity at once, where KEDA listens for it', async () => {
    const { client, wanted, change, watching } = await open({ 'deployment/ads': { replicas: 0 } })
    const stream = client.streamIsActive(ref('deployment/ads'))
    const heard: object[] = []
    stream.on('data', (message: object) => heard.push(message))
    stream.on('error', () => {})
    await expect.poll(watching).toBe(2)
    wanted['deployment/ads'] = { replicas: 2 }
    change('deployment/ads')
    await expect.poll(() => heard).toEqual([{ result: true }])
    change('deployment/ads')
    stream.cancel()
    await expect.poll(watching).toBe(0)
    expect(heard).toHaveLength(1)
  })

  it('speaks KEDA’s proto', () => {
    const { parse } = createRequire(import.meta.url)('protobufjs') as typeof protobufjs
    expect(descriptor).toEqual(parse(readFileSync('src/daemon/keda/externalscaler.proto', 'utf8')).root.toJSON())
  })
})
