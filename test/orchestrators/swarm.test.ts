/** Against a fake of the Engine's three routes on a unix socket, with its rules: a version index for every update, and the whole specification or nothing. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isError, type OrchestrationClient, swarm } from '../../src/orchestrators/index.ts'
import { type FakeServer, type Reply, serve } from '../support/fakes/server.ts'
import { behavesAsClient, expectState, request } from './suite.ts'

interface Spec {
  Name: string
  TaskTemplate?: object
  Mode: { Replicated?: { Replicas: number }; Global?: object }
}

class FakeSwarm {
  readonly services = new Map<string, { ID: string; Version: { Index: number }; Spec: Spec; UpdateStatus?: object }>()
  running: number | undefined
  updates = 0
  inSwarm = true
  /** Called before an update is looked at: the place for somebody else's. */
  before: (() => void) | undefined

  add(name: string, mode: Spec['Mode']): void {
    this.services.set(name, { ID: `id-${name}`, Version: { Index: 10 }, Spec: { Name: name, TaskTemplate: { ContainerSpec: { Image: 'api:1' } }, Mode: mode } })
  }

  scale(name: string, replicas: number): void {
    const service = this.services.get(name)
    if (service === undefined) throw new Error(name)
    service.Spec.Mode = { Replicated: { Replicas: replicas } }
    service.Version.Index++
  }

  answer(method: string, url: URL, body: unknown): Reply {
    if (!this.inSwarm) return { status: 503, body: { message: 'This node is not a swarm manager.' } }
    const [, root, key = '', update] = url.pathname.split('/').map(decodeURIComponent)
    if (root !== 'services') return { status: 404, body: { message: 'page not found' } }
    if (key === '') {
      const { id } = JSON.parse(url.searchParams.get('filters') ?? '{}') as { id: string[] }
      const found = [...this.services.values()].filter(({ ID }) => id.includes(ID))
      return {
        status: 200,
        body: found.map((each) => ({ ...each, ServiceStatus: { RunningTasks: this.running ?? each.Spec.Mode.Replicated?.Replicas ?? 0 } })),
      }
    }
    const service = [...this.services.values()].find(({ ID, Spec }) => ID === key || Spec.Name === key)
    if (service === undefined) return { status: 404, body: { message: `service ${key} not found` } }
    if (method === 'GET') return { status: 200, body: service }
    if (update !== 'update') return { status: 404, body: { message: 'page not found' } }
    this.before?.()
    if (Number(url.searchParams.get('version')) !== service.Version.Index)
      return { status: 500, body: { message: 'rpc error: code = Unknown desc = update out of sequence' } }
    const spec = body as Spec
    if (spec.TaskTemplate === undefined) return { status: 400, body: { message: 'rpc error: code = InvalidArgument desc = ContainerSpec: missing' } }
    service.Spec = spec
    service.Version.Index++
    this.updates++
    return { status: 200, body: { Warnings: null } }
  }
}

async function open(): Promise<{ fake: FakeSwarm; client: OrchestrationClient; server: FakeServer; close: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'scale-swarm-'))
  const fake = new FakeSwarm()
  fake.add('api', { Replicated: { Replicas: 2 } })
  const socket = join(folder, 'docker.sock')
  const server = await serve((call, url, body) => fake.answer(call.method as string, url, body), socket)
  const client = swarm({ host: `unix://${socket}` })
  if (isError(client)) throw new Error(client.message)
  const close = async (): Promise<void> => {
    await client.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { fake, client, server, close }
}

const api = { orchestrator: 'swarm', kind: 'service', name: 'api' }

behavesAsClient('the Swarm client', async () => {
  const { fake, client, close } = await open()
  return {
    client,
    workload: api,
    missing: { orchestrator: 'swarm', kind: 'service', name: 'nothing' },
    changes: () => fake.updates,
    changeOutside: async (replicas) => fake.scale('api', replicas),
    close,
  }
})

describe('a service of a swarm', () => {
  async function opened() {
    const all = await open()
    onTestFinished(all.close)
    return all
  }

  it('shows the tasks that run, and a rollout', async () => {
    const { fake, client } = await opened()
    fake.running = 1
    expect(await client.get(api)).toEqual({ desired: 2, ready: 1, version: 'id-api:2' })
    ;(fake.services.get('api') as { UpdateStatus?: object }).UpdateStatus = { State: 'updating', Message: 'update in progress' }
    expect(await client.get(api)).toMatchObject({ blocked: 'a rollout is in progress: update in progress' })
  })

  it('is updated with all that it was: nothing of its specification is lost', async () => {
    const { fake, client } = await opened()
    await client.set(api, request(3, expectState(await client.get(api)).version, 'a'))
    expect(fake.services.get('api')?.Spec).toEqual({ Name: 'api', TaskTemplate: { ContainerSpec: { Image: 'api:1' } }, Mode: { Replicated: { Replicas: 3 } } })
  })

  it('that somebody changes between our reading and our update is planned for again', async () => {
    const { fake, client } = await opened()
    const { version } = expectState(await client.get(api))
    fake.before = () => fake.scale('api', 2)
    expect(await client.set(api, request(4, version, 'a'))).toMatchObject({ error: 'conflict', message: expect.stringContaining('plan again') })
    expect(fake.updates).toBe(0)
  })

  it('that runs on every node has no replicas, and an engine outside a swarm has no services', async () => {
    const { fake, client } = await opened()
    fake.add('agent', { Global: {} })
    expect(await client.get({ ...api, name: 'agent' })).toMatchObject({ error: 'not-scalable' })
    fake.inSwarm = false
    expect(await client.get(api)).toMatchObject({ error: 'blocked', message: 'This Docker Engine is no manager of a swarm: This node is not a swarm manager.' })
  })

  it('cannot be read while nobody listens, which is no 0', async () => {
    const { client, close } = await open()
    await close()
    expect(await client.get(api)).toMatchObject({ error: 'transient' })
    expect(swarm({ host: 'docker' })).toMatchObject({ error: 'blocked' })
  })
})
