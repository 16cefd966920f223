/** Against a fake of Nomad's two routes, with its rules. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { isError, nomad, type OrchestrationClient } from '../../src/orchestrators/index.ts'
import { type FakeServer, type Reply, serve } from '../support/fakes/server.ts'
import { behavesAsClient, expectState, request } from './suite.ts'

interface Scaling {
  Count: number
  Target: { Group?: string }
  Message: string
  Meta: Record<string, unknown>
  JobModifyIndex: number
}

class FakeNomad {
  index = 7
  count = 2
  healthy: number | undefined
  running: number | undefined
  deploying = false
  max = 10
  readonly scalings: Scaling[] = []
  before: (() => void) | undefined

  scale(count: number): void {
    this.count = count
    this.index++
  }

  answer(method: string, url: URL, body: unknown, token: unknown): Reply {
    if (token !== 'secret') return { status: 403, body: 'Permission denied' }
    const [, v1, job, name, scale] = url.pathname.split('/')
    if (v1 !== 'v1' || job !== 'job' || scale !== 'scale' || name !== 'web' || url.searchParams.get('namespace') !== 'shop')
      return { status: 404, body: 'job not found' }
    if (method === 'GET') {
      const api = { Desired: this.count, Placed: this.count, Running: this.running ?? this.count, Healthy: this.healthy ?? 0, Unhealthy: 0 }
      return { status: 200, body: { JobID: 'web', Namespace: 'shop', JobCreateIndex: 3, JobModifyIndex: this.index, JobStopped: false, TaskGroups: { api } } }
    }
    this.before?.()
    const scaling = body as Scaling
    if (scaling.JobModifyIndex !== 0 && scaling.JobModifyIndex !== this.index)
      return { status: 500, body: 'Enforcing job modify index 7: job exists with conflicting job modify index: 8' }
    if (this.deploying) return { status: 400, body: 'job scaling blocked due to active deployment' }
    if (scaling.Count > this.max) return { status: 400, body: `group count was greater than scaling policy maximum: ${scaling.Count} > ${this.max}` }
    this.scale(scaling.Count)
    this.scalings.push(scaling)
    return { status: 200, body: { EvalID: 'e', JobModifyIndex: this.index } }
  }
}

async function open(token = 'secret'): Promise<{ fake: FakeNomad; client: OrchestrationClient; server: FakeServer; close: () => Promise<void> }> {
  const fake = new FakeNomad()
  const server = await serve((call, url, body) => fake.answer(call.method as string, url, body, call.headers['x-nomad-token']))
  const client = nomad({ address: `http://127.0.0.1:${server.port}`, token, namespace: 'shop' })
  if (isError(client)) throw new Error(client.message)
  const close = async (): Promise<void> => {
    await client.close()
    await server.close()
  }
  return { fake, client, server, close }
}

const api = { orchestrator: 'nomad', kind: 'web', name: 'api' }

behavesAsClient('the Nomad client', async () => {
  const { fake, client, close } = await open()
  return {
    client,
    workload: api,
    missing: { orchestrator: 'nomad', kind: 'web', name: 'nothing' },
    changes: () => fake.scalings.length,
    changeOutside: async (replicas) => fake.scale(replicas),
    close,
  }
})

describe('a task group of Nomad', () => {
  async function opened(token?: string) {
    const all = await open(token)
    onTestFinished(all.close)
    return all
  }

  it('is ready by its health where a deployment judged that, else by what runs', async () => {
    const { fake, client } = await opened()
    fake.running = 1
    expect(await client.get(api)).toMatchObject({ desired: 2, ready: 1 })
    fake.running = 2
    fake.healthy = 1
    expect(await client.get(api)).toMatchObject({ desired: 2, ready: 1 })
  })

  it('is told why, and by which decision', async () => {
    const { fake, client } = await opened()
    await client.set(api, request(4, expectState(await client.get(api)).version, 'abc'))
    expect(fake.scalings).toEqual([{ Count: 4, Target: { Group: 'api' }, Message: 'because of abc', Meta: { 'scale.decision': 'abc' }, JobModifyIndex: 7 }])
  })

  it('that somebody changes between our reading and our write is planned for again', async () => {
    const { fake, client } = await opened()
    const { version } = expectState(await client.get(api))
    fake.before = () => fake.scale(2)
    expect(await client.set(api, request(4, version, 'a'))).toMatchObject({ error: 'conflict' })
    expect(fake.scalings).toEqual([])
  })

  it('is left alone while a deployment is active, and kept within the bounds of its own scaling policy', async () => {
    const { fake, client } = await opened()
    const { version } = expectState(await client.get(api))
    fake.deploying = true
    expect(await client.set(api, request(4, version, 'a'))).toEqual({
      error: 'blocked',
      message: 'Nomad refuses to scale web/api: job scaling blocked due to active deployment',
    })
    fake.deploying = false
    expect(await client.set(api, request(11, version, 'b'))).toMatchObject({ error: 'blocked', message: expect.stringContaining('maximum: 11 > 10') })
  })

  it('needs a token that may, a job that is there, and a name for it', async () => {
    const { client } = await opened('wrong')
    expect(await client.get(api)).toMatchObject({ error: 'forbidden' })
    const allowed = await opened()
    expect(await allowed.client.get({ ...api, kind: 'none' })).toEqual({ error: 'not-found', message: 'Nomad has no job none.' })
    expect(await allowed.client.get({ orchestrator: 'nomad', name: 'api' })).toMatchObject({ message: 'nomad:api names no job: write nomad:JOB/api.' })
  })
})
