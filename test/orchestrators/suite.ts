/** What every orchestration client must do, whatever it scales. */
import { afterEach, describe, expect, it } from 'vitest'
import type { WorkloadRef } from '../../src/bundle/index.ts'
import { isError, type OrchestrationClient, type OrchestrationError, type SetRequest, type WorkloadState } from '../../src/orchestrators/index.ts'

/** One client over one workload that stands at 2 replicas and may have up to 4. */
export interface Fixture {
  readonly client: OrchestrationClient
  readonly workload: WorkloadRef
  readonly missing: WorkloadRef
  /** How often the number of replicas was really changed through the client. */
  changes(): number
  /** Somebody else sets the number: behind the client's back where that is possible. */
  changeOutside(replicas: number): Promise<void>
  close(): Promise<void>
}

export function expectState(result: WorkloadState | OrchestrationError): WorkloadState {
  if (isError(result)) throw new Error(`expected a state, got ${result.error}: ${result.message}`)
  return result
}

export function request(replicas: number, version: string, id: string): SetRequest {
  return { replicas, version, id, reason: `because of ${id}` }
}

/** An outsider for clients that are the only way to their workloads. */
export async function setAsAnother(client: OrchestrationClient, workload: WorkloadRef, replicas: number): Promise<void> {
  expectState(await client.set(workload, request(replicas, expectState(await client.get(workload)).version, 'another')))
}

export function behavesAsClient(name: string, make: () => Promise<Fixture>): void {
  describe(`${name}, as an orchestration client`, () => {
    let fixture: Fixture | undefined
    const open = async (): Promise<Fixture> => {
      fixture = await make()
      return fixture
    }
    afterEach(async () => {
      await fixture?.client.close()
      await fixture?.close()
      fixture = undefined
    })

    it('reads the desired replicas', async () => {
      const { client, workload } = await open()
      expect(expectState(await client.get(workload)).desired).toBe(2)
    })

    it('says that an unknown workload is not found, by name', async () => {
      const { client, missing } = await open()
      for (const result of [await client.get(missing), await client.set(missing, request(3, 'x', 'a'))]) {
        expect(result).toMatchObject({ error: 'not-found', message: expect.stringContaining(missing.name) })
      }
    })

    it('sets what it was asked for', async () => {
      const { client, workload, changes } = await open()
      const { version } = expectState(await client.get(workload))
      expect(expectState(await client.set(workload, request(4, version, 'a'))).desired).toBe(4)
      expect(expectState(await client.get(workload)).desired).toBe(4)
      expect(changes()).toBe(1)
    })

    it('sets once when asked twice with one id', async () => {
      const { client, workload, changes } = await open()
      const { version } = expectState(await client.get(workload))
      await client.set(workload, request(3, version, 'a'))
      const after = expectState(await client.set(workload, request(3, version, 'a')))
      expect(after.desired).toBe(3)
      expect(changes()).toBe(1)
    })

    it('does not bring an old decision back after a newer one', async () => {
      const { client, workload, changes } = await open()
      const first = expectState(await client.get(workload))
      const second = expectState(await client.set(workload, request(3, first.version, 'a')))
      await client.set(workload, request(4, second.version, 'b'))
      expect(await client.set(workload, request(3, first.version, 'a'))).toMatchObject({ error: 'conflict' })
      expect(expectState(await client.get(workload)).desired).toBe(4)
      expect(changes()).toBe(2)
    })

    it('refuses a version that the workload has moved on from', async () => {
      const { client, workload, changes } = await open()
      const { version } = expectState(await client.get(workload))
      await client.set(workload, request(3, version, 'a'))
      const stale = await client.set(workload, request(4, version, 'b'))
      expect(stale).toMatchObject({ error: 'conflict', message: expect.stringContaining('plan again') })
      expect(expectState(await client.get(workload)).desired).toBe(3)
      expect(changes()).toBe(1)
    })

    it('refuses what was planned before somebody else changed it', async () => {
      const { client, workload, changeOutside } = await open()
      const { version } = expectState(await client.get(workload))
      await changeOutside(1)
      expect(await client.set(workload, request(4, version, 'a'))).toMatchObject({ error: 'conflict' })
      expect(expectState(await client.get(workload)).desired).toBe(1)
    })

    it('takes a workload that stands there already for done', async () => {
      const { client, workload, changes } = await open()
      const { version } = expectState(await client.get(workload))
      expect(expectState(await client.set(workload, request(2, version, 'a'))).desired).toBe(2)
      expect(changes()).toBe(0)
    })

    it('goes on from the version that a set answered', async () => {
      const { client, workload, changes } = await open()
      let { version } = expectState(await client.get(workload))
      for (const replicas of [3, 4, 2]) version = expectState(await client.set(workload, request(replicas, version, `to-${replicas}`))).version
      expect(expectState(await client.get(workload)).desired).toBe(2)
      expect(changes()).toBe(3)
    })
  })
}
