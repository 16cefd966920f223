import { expect, it } from 'vitest'
import { advised, dryRun } from '../../src/orchestrators/index.ts'
import { behavesAsClient, expectState, request, setAsAnother } from './suite.ts'

const ads = { kind: 'deployment', name: 'ads' }

behavesAsClient('a client whose word another controller acts on', async () => {
  let changes = 0
  const inner = advised(dryRun({ replicas: { 'deployment/ads': 2 } }))
  const client: typeof inner = {
    ...inner,
    async set(workload, asked) {
      const before = inner.wordOn('deployment/ads')
      const result = await inner.set(workload, asked)
      if (inner.wordOn('deployment/ads') !== before && asked.id !== 'another') changes++
      return result
    },
  }
  return {
    client,
    workload: ads,
    missing: { kind: 'deployment', name: 'nothing' },
    changes: () => changes,
    changeOutside: (replicas) => setAsAnother(client, ads, replicas),
    close: async () => {},
  }
})

it('its word begins with what stands, stands whatever the other makes of it, and nothing is written', async () => {
  const actual = dryRun({ replicas: { 'deployment/ads': 2 } })
  const client = advised(actual)
  expect(client.wordOn('deployment/ads')).toBeUndefined()
  const { version } = expectState(await client.get(ads))
  expect(client.wordOn('deployment/ads')).toBe(2)
  await client.set(ads, request(4, version, 'a'))
  // The other takes it to 7, for its own reasons.
  await setAsAnother(actual, ads, 7)
  expect(await client.get(ads)).toMatchObject({ desired: 4, ready: 7 })
  expect(client.wordOn('deployment/ads')).toBe(4)
  expect(actual.sets.map(({ request: { replicas } }) => replicas)).toEqual([7])
})

it('does not mind that the workload has an owner: that is who acts', async () => {
  const inner = dryRun({ replicas: { 'deployment/ads': 2 } })
  const owned = {
    ...inner,
    get: async () => ({ ...expectState(await inner.get(ads)), owner: 'HorizontalPodAutoscaler shop/keda-hpa-ads of ScaledObject ads' }),
  }
  expect(await advised(owned).get(ads)).not.toHaveProperty('owner')
})
