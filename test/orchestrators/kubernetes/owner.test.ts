import { describe, expect, it } from 'vitest'
import { expectState, request } from '../suite.ts'
import { cluster } from './support.ts'

const ads = { kind: 'deployment', name: 'ads' }
const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'ads' }

describe('a workload that an autoscaler owns', () => {
  it('is shown with its owner and is not set', async () => {
    const { double, client } = await cluster()
    double.add('HorizontalPodAutoscaler', 'ads-hpa', { scaleTargetRef: target, minReplicas: 1, maxReplicas: 9 })
    const { owner, version } = expectState(await client.get(ads))
    expect(owner).toBe('HorizontalPodAutoscaler shop/ads-hpa')
    expect(await client.set(ads, request(4, version, 'a'))).toEqual({
      error: 'blocked',
      message: 'HorizontalPodAutoscaler shop/ads-hpa scales Deployment shop/ads: delete it, or take the workload out of the rules.',
    })
    expect(double.writes).toEqual([])
  })

  it('names KEDA’s object behind the autoscaler', async () => {
    const { double, client } = await cluster()
    const ownerReferences = [{ kind: 'ScaledObject', name: 'ads', controller: true }]
    double.add('HorizontalPodAutoscaler', 'keda-hpa-ads', { scaleTargetRef: target }, { metadata: { ownerReferences } })
    expect(await client.get(ads)).toMatchObject({ owner: 'HorizontalPodAutoscaler shop/keda-hpa-ads of ScaledObject ads' })
  })

  it('is looked at again before each write', async () => {
    const { double, client } = await cluster()
    const { version, owner } = expectState(await client.get(ads))
    expect(owner).toBeUndefined()
    double.add('HorizontalPodAutoscaler', 'ads-hpa', { scaleTargetRef: target })
    expect(await client.set(ads, request(4, version, 'a'))).toMatchObject({ error: 'blocked' })
  })

  it('is not one whose autoscaler targets another kind, name, group or namespace', async () => {
    const { double, client } = await cluster()
    double.add('HorizontalPodAutoscaler', 'a', { scaleTargetRef: { ...target, name: 'web' } })
    double.add('HorizontalPodAutoscaler', 'b', { scaleTargetRef: { ...target, kind: 'StatefulSet' } })
    double.add('HorizontalPodAutoscaler', 'c', { scaleTargetRef: { ...target, apiVersion: 'argoproj.io/v1alpha1' } })
    double.add('HorizontalPodAutoscaler', 'd', { scaleTargetRef: target }, { metadata: { namespace: 'other' } })
    const { version, owner } = expectState(await client.get(ads))
    expect(owner).toBeUndefined()
    expect(await client.set(ads, request(3, version, 'a'))).toMatchObject({ desired: 3 })
  })
})

describe('a round of polling', () => {
  it('lists the autoscalers of a namespace once', async () => {
    const { double, client } = await cluster()
    const names = Array.from({ length: 10 }, (_, i) => `web-${i}`)
    for (const name of names) double.add('Deployment', name, { replicas: 1 })
    double.add('HorizontalPodAutoscaler', 'hpa', { scaleTargetRef: { ...target, name: 'web-7' } })
    await client.get(ads)
    const before = double.requests.length
    const states = await Promise.all(names.map((name) => client.get({ kind: 'deployment', name })))
    expect(states.map((s) => expectState(s).owner !== undefined)).toEqual(names.map((name) => name === 'web-7'))
    expect(double.requests.slice(before).filter((r) => r.includes('horizontalpodautoscalers')).length).toBeLessThanOrEqual(3)
  })
})

describe('when autoscalers cannot be looked at', () => {
  it('because our account may not: the workload is scaled, and the note says so', async () => {
    const { double, client } = await cluster()
    double.denied.add('list horizontalpodautoscalers')
    const { version, note } = expectState(await client.get(ads))
    expect(note).toContain('our account may not list horizontalpodautoscalers of group autoscaling in shop')
    expect(await client.set(ads, request(3, version, 'a'))).toMatchObject({ desired: 3, note })
  })

  it('because the cluster has no such API: there is no owner', async () => {
    const { double, client } = await cluster()
    double.kinds = double.kinds.filter((k) => k.group !== 'autoscaling')
    expect(await client.get(ads)).toEqual({ desired: 2, ready: 2, version: expect.any(String) })
  })
})
