/** What a person sees and does with kubectl while `scaled` runs, and what `scaled` does when the API server or somebody else is in its way. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { DecisionEvent } from '../daemon/process.ts'
import { kubectl, kubectlPath } from '../support/kubernetes/kubectl.ts'
import { clusterBinary } from './binary.ts'
import { Cluster, tokenOf } from './cluster.ts'
import { Member, type MemberOptions } from './daemons.ts'
import { ledgerOf, type Write } from './ledger.ts'
import type { Manner } from './relay.ts'
import { apps, create, deployment, patch, scaleTo, untilReady } from './support.ts'
import { type Load, startTelemetry, type Telemetry } from './telemetry.ts'

const fast = 20
const slow = 800
const autoscalers = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers'

describe.skipIf('missing' in clusterBinary() || kubectlPath() === undefined)('scaled in a cluster', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = (await Cluster.start()) as Cluster
    const { body } = await cluster.call('GET', '/version')
    console.log(`API server ${(body as { gitVersion: string }).gitVersion}`)
  })
  afterAll(() => cluster.close())

  interface Scene {
    readonly daemon: Member
    readonly telemetry: Telemetry
    /** What the daemon wrote, oldest first. */
    readonly writes: () => Write[]
    readonly decisions: () => DecisionEvent[]
    /** What the daemon decided last. */
    readonly reason: () => string | undefined
    /** What `kubectl describe` prints of the workload. */
    readonly described: () => Promise<string>
    /** Desired replicas by the API server. */
    readonly replicas: () => Promise<number>
  }

  /** Two more replicas at slow spans, one fewer at fast ones; no patience, so that tests need none. */
  const rulesOf = (name: string, limits = 'cooldown 1s settle within 1s stable 0s before down down at most 5 per 1s'): string => `
target deployment/${name} { between 1 and 12 ${limits} }
ads-slow: scale deployment/${name} +2 when span(adservice/GetAds).p99 > 400ms 2 times in 3s every 1s
ads-idle: scale deployment/${name} -1 when span(adservice/GetAds).p99 < 100ms for 2s every 1s`

  /** A deployment of `replicas`, ready, and a daemon that gets spans of such a duration. */
  async function scene(name: string, replicas: number, load: Load, more: Partial<MemberOptions> = {}): Promise<Scene> {
    await create(cluster, apps, deployment(name, replicas))
    await untilReady(cluster, name, replicas)
    const from = cluster.audit().length
    const daemon = await Member.start({ cluster, name: 'scaled-a', rules: rulesOf(name), ...more })
    const telemetry = startTelemetry(load)
    telemetry.to([daemon.scaled.http])
    onTestFinished(async () => {
      telemetry.stop()
      await daemon.close()
    })
    const decisions = (): DecisionEvent[] => daemon.space.decisionLog()
    return {
      daemon,
      telemetry,
      writes: () =>
        ledgerOf(cluster.audit().slice(from), { deployment: name, lease: 'none' }).filter(
          (entry): entry is Write => entry.kind === 'write' && entry.by.startsWith('scaled-'),
        ),
      decisions,
      reason: () => decisions().at(-1)?.reason,
      described: async () => (await run('describe', 'deployment', name)).stdout,
      replicas: () => replicasOf(name),
    }
  }

  const run = (...args: readonly string[]) => kubectl(kubectlPath() as string, cluster.kubeconfig, ...args)

  /** As a person at a terminal. */
  async function person(...args: readonly string[]): Promise<void> {
    const { code, stderr } = await run(...args)
    expect(code, stderr).toBe(0)
  }

  async function replicasOf(name: string, namespace = 'default'): Promise<number> {
    const { body } = await cluster.call('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`)
    return (body as { spec: { replicas: number } }).spec.replicas
  }

  const within = { timeout: 30_000, interval: 100 }

  /** Until so many more steps were decided. A hold that lasts is written down once, so the log does not tell. */
  async function steps({ daemon }: Scene, count: number): Promise<void> {
    const decided = async (): Promise<number> => {
      const text = await (await fetch(`${daemon.scaled.api}/metrics`)).text()
      return Number(/^scale_steps_total (\d+)/m.exec(text)?.[1])
    }
    const before = await decided()
    await expect.poll(decided, within).toBeGreaterThan(before + count)
  }

  /** Until its watches are open again, after they were cut, and nothing else is read. */
  async function inStep({ relay }: Member): Promise<void> {
    const reads = (): number => relay.asked.filter(({ method, path }) => method === 'GET' && path.endsWith('/scale')).length
    let before = -1
    await expect
      .poll(
        () => {
          const [last, now] = [before, reads()]
          before = now
          return last === now
        },
        { timeout: 30_000, interval: 2500 },
      )
      .toBe(true)
  }

  it('says on the object what it did and why, in the words of the HorizontalPodAutoscaler, with a trace to look at', async () => {
    const { described, writes } = await scene('told', 2, slow)
    await expect.poll(() => writes().length, within).toBeGreaterThan(0)
    await expect
      .poll(described, within)
      .toMatch(/Normal\s+SuccessfulRescale\s+\S+\s+scaled\s+New size: 4 replicas; reason: .*ads-slow.*p99 > 400ms.*; trace [0-9a-f]{32}/)
  })

  it('is paused by an annotation: no more, no fewer, and until a time', async () => {
    const paused = await scene('paused', 4, 'silent')
    const { telemetry, replicas, reason, writes } = paused
    const pausing = (more: object): Promise<void> => patch(cluster, `${apps}/paused`, { metadata: { annotations: { 'scale.dev/pause-until': null, ...more } } })

    await person('annotate', 'deployment', 'paused', 'scale.dev/pause=out')
    telemetry.set(slow)
    await expect.poll(reason, within).toBe('Paused')
    await steps(paused, 2)
    expect(writes()).toEqual([])
    // The other direction is open.
    telemetry.set(fast)
    await expect.poll(replicas, within).toBeLessThan(4)

    await pausing({ 'scale.dev/pause': 'in' })
    await expect.poll(reason, within).toBe('Paused')
    const now = await replicas()
    await steps(paused, 2)
    expect(await replicas()).toBe(now)

    const until = Date.now() + 6000
    await pausing({ 'scale.dev/pause': 'true', 'scale.dev/pause-until': new Date(until).toISOString() })
    telemetry.set(slow)
    const before = writes().length
    await expect.poll(() => writes().length, within).toBeGreaterThan(before)
    expect((writes()[before] as Write).at).toBeGreaterThanOrEqual(until)
    expect((writes()[before] as Write).to).toBe(now + 2)
  })

  it('leaves a workload that was set to 0 alone, says so once, and goes on when it is set to 1', async () => {
    const off = await scene('off', 2, 'silent')
    const { telemetry, reason, writes, described, replicas } = off
    await person('scale', 'deployment', 'off', '--replicas=0')
    telemetry.set(slow)
    await expect.poll(reason, within).toBe('ScalingDisabled')
    await steps(off, 3)
    expect(writes()).toEqual([])
    await expect.poll(described, within).toMatch(/Warning\s+ScalingDisabled\s+\S+\s+scaled\s+deployment\/off was set to 0 replicas by somebody/)
    expect((await described()).match(/ScalingDisabled/g)).toHaveLength(1)
    await person('scale', 'deployment', 'off', '--replicas=1')
    await expect.poll(replicas, within).toBeGreaterThanOrEqual(3)
    expect(writes()[0]).toMatchObject({ from: 1, to: 3 })
  })

  it('goes on from what a person set', async () => {
    const { telemetry, reason, writes } = await scene('adopted', 2, fast, { rules: rulesOf('adopted', 'cooldown 8s settle within 1s') })
    await expect.poll(reason, within).toBeDefined()
    telemetry.set(slow)
    await expect.poll(() => writes().length, within).toBe(1)
    await person('scale', 'deployment', 'adopted', '--replicas=7')
    await expect.poll(() => writes().length, within).toBe(2)
    expect(writes()).toMatchObject([
      { from: 2, to: 4 },
      { from: 7, to: 9 },
    ])
  })

  it('lets a GitOps tool that undoes it three times have its way, and says on the object what to do', async () => {
    const fought = await scene('fought', 2, slow)
    const { writes, reason, described, replicas } = fought
    let over = false
    const gitops = (async () => {
      while (!over) {
        if ((await replicas()) !== 2)
          await cluster.call('PATCH', `${apps}/fought`, { spec: { replicas: 2 } }, tokenOf('gitops'), 'application/merge-patch+json')
        await new Promise((resolve) => setTimeout(resolve, 300))
      }
    })()
    onTestFinished(async () => {
      over = true
      await gitops
    })
    await expect.poll(reason, { ...within, timeout: 60_000 }).toBe('ContendedTarget')
    await steps(fought, 3)
    expect(writes().map(({ from, to }) => [from, to])).toEqual([
      [2, 4],
      [2, 4],
      [2, 4],
    ])
    await expect
      .poll(described, within)
      .toMatch(/Warning\s+ContendedTarget\s+\S+\s+scaled\s+somebody undid the last changes .* let the other tool leave its replicas alone/)
  })

  it('leaves a workload to a HorizontalPodAutoscaler that appears, and takes it back when that is gone', async () => {
    const owned = await scene('owned', 2, fast, { rules: rulesOf('owned', 'down at most 1 per 1h') })
    const { telemetry, reason, writes, described } = owned
    await expect.poll(reason, within).toBeDefined()
    await person('autoscale', 'deployment', 'owned', '--min=1', '--max=9', '--cpu=50%')
    telemetry.set(slow)
    await expect.poll(reason, within).toBe('OwnedByAnother')
    const before = writes().length
    await steps(owned, 3)
    expect(writes().length).toBe(before)
    await expect
      .poll(described, within)
      .toMatch(/Warning\s+OwnedByAnother\s+\S+\s+scaled\s+deployment\/owned is scaled by HorizontalPodAutoscaler default\/owned; only one may/)
    await person('delete', 'hpa', 'owned')
    await expect.poll(() => writes().length, within).toBeGreaterThan(before)
  })

  it('asks for owners right before it writes: one that came since the plan keeps the workload', async () => {
    const { daemon, telemetry, decisions, writes } = await scene('raced', 2, 'silent')
    let armed = false
    daemon.relay.set(async ({ method, path }): Promise<Manner> => {
      // While its copies are in step it reads the scale for one purpose: to write it.
      if (!armed || method !== 'GET' || !path.endsWith('/deployments/raced/scale')) return 'pass'
      armed = false
      await create(cluster, autoscalers, {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'raced' },
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'raced' }, minReplicas: 1, maxReplicas: 9 },
      })
      return 'pass'
    })
    await inStep(daemon)
    armed = true
    telemetry.set(slow)
    await expect.poll(() => decisions().some(({ reason }) => reason === 'OwnedByAnother'), within).toBe(true)
    expect(decisions().find(({ reason }) => reason === 'FailedUpdateScale')?.message).toContain(
      'HorizontalPodAutoscaler default/raced scales Deployment default/raced',
    )
    expect(writes()).toEqual([])
    await cluster.call('DELETE', `${autoscalers}/raced`)
  })

  it('plans again after a 409, from what stands there then', async () => {
    const { daemon, telemetry, writes, decisions } = await scene('conflict', 2, 'silent')
    let met = false
    daemon.relay.set(async ({ method, path }): Promise<Manner> => {
      if (method !== 'PUT' || !path.includes('/deployments/conflict/scale') || met) return 'pass'
      met = true
      // Between its reading and its write.
      await scaleTo(cluster, 'conflict', 5)
      return 'pass'
    })
    telemetry.set(slow)
    await expect.poll(() => writes().length, within).toBeGreaterThan(0)
    const refused = cluster
      .audit()
      .filter(({ objectRef, responseStatus }) => objectRef?.name === 'conflict' && responseStatus?.code === 409 && objectRef.subresource === 'scale')
    expect(refused).toHaveLength(1)
    expect(decisions().find(({ reason }) => reason === 'FailedUpdateScale')).toMatchObject({ outcome: 'hold', from: 2, to: 2 })
    // Two more than 5, and not the 4 that was planned.
    expect(writes()[0]).toMatchObject({ from: 5, to: 7 })
  })

  it('scales workloads of several namespaces, and tells each in its own', async () => {
    const spaces = ['shop', 'front']
    for (const name of spaces) {
      await create(cluster, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
      await create(cluster, `/apis/apps/v1/namespaces/${name}/deployments`, deployment('web', 2))
    }
    const rules = spaces
      .map(
        (name) =>
          `target deployment/web in ${name} { between 1 and 4 } scale deployment/web in ${name} +2 when span(adservice/GetAds).p99 > 400ms 2 times in 3s every 1s`,
      )
      .join('\n')
    const daemon = await Member.start({ cluster, name: 'scaled-a', rules })
    const telemetry = startTelemetry(slow)
    telemetry.to([daemon.scaled.http])
    onTestFinished(async () => {
      telemetry.stop()
      await daemon.close()
    })
    for (const name of spaces) {
      await expect.poll(() => replicasOf('web', name), within).toBe(4)
      await expect.poll(async () => (await run('describe', 'deployment', 'web', '-n', name)).stdout, within).toContain('SuccessfulRescale')
    }
  })

  it('uses a token that was rotated, at once and without a restart', async () => {
    const token = join(cluster.folder, 'rotated.token')
    writeFileSync(token, tokenOf('scaled-a'))
    const kubeconfig = (url: string): string => {
      const path = join(cluster.folder, 'rotated.kubeconfig')
      const user = { name: 'test', user: { tokenFile: 'rotated.token' } }
      const server = { name: 'test', cluster: { server: url, 'insecure-skip-tls-verify': true } }
      const context = { name: 'test', context: { cluster: 'test', user: 'test' } }
      writeFileSync(
        path,
        JSON.stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': 'test', contexts: [context], clusters: [server], users: [user] }),
      )
      return path
    }
    const { writes } = await scene('rotated', 2, slow, { kubeconfig })
    await expect.poll(() => writes().length, within).toBeGreaterThan(0)
    expect(writes()[0]).toMatchObject({ by: 'scaled-a' })
    writeFileSync(token, `${tokenOf('scaled-b')}\n`)
    await expect.poll(() => writes().at(-1)?.by, within).toBe('scaled-b')
  })

  it('outlives a restart of the API server and goes on by itself', async () => {
    const { daemon, telemetry, writes, replicas } = await scene('outage', 2, 'silent')
    await cluster.kill('apiserver')
    telemetry.set(slow)
    // What cannot be read or written is not counted as done.
    await expect.poll(() => daemon.space.decisionLog().some(({ outcome, reason }) => outcome === 'hold' && reason !== 'Steady'), within).toBe(true)
    await cluster.startPart('apiserver')
    await expect.poll(() => writes().length, within).toBeGreaterThan(0)
    expect(writes()[0]).toMatchObject({ from: 2, to: 4 })
    expect(await replicas()).toBeGreaterThanOrEqual(4)
    expect(daemon.scaled.child.exitCode).toBeNull()
  })

  it.each([{ status: 429, retryAfter: 3 }, { status: 503, retryAfter: 3 }, { status: 500 }])(
    'does not press an API server that answers $status, and goes on afterwards',
    async (manner) => {
      const { daemon, telemetry, writes } = await scene(`pressed-${manner.status}`, 2, 'silent')
      await expect.poll(() => daemon.scaled.status().then(({ targets }) => targets[0]?.replicas?.desired), within).toBe(2)
      const { relay } = daemon
      relay.set(manner)
      const before = relay.asked.length
      const began = Date.now()
      telemetry.set(slow)
      await expect.poll(() => Date.now() - began, within).toBeGreaterThan(6000)
      const asked = relay.asked.slice(before)
      // Its five watches, a reading a second, its events: each less often the longer it lasts. With Retry-After, one look every 3 s, and what was under way.
      expect(asked.length).toBeGreaterThan(0)
      expect(asked.length, asked.map(({ method, path }) => `${method} ${path}`).join('\n')).toBeLessThan('retryAfter' in manner ? 20 : 60)
      expect(writes()).toEqual([])
      relay.set('pass')
      await expect.poll(() => writes().length, within).toBeGreaterThan(0)
      expect(writes()[0]).toMatchObject({ from: 2, to: 4 })
    },
  )

  it('waits for a rollout, says what it waits for, and goes on when it is done', async () => {
    const rolling = await scene('rolling', 2, 'silent')
    const { telemetry, reason, writes, described } = rolling
    await patch(cluster, `${apps}/rolling`, { spec: { template: { metadata: { labels: { 'scale.test/unschedulable': 'yes' } } } } })
    telemetry.set(slow)
    await expect.poll(reason, within).toBe('Blocked')
    await steps(rolling, 3)
    expect(writes()).toEqual([])
    await expect.poll(described, within).toMatch(/Warning\s+Blocked\s+\S+\s+scaled\s+.*a rollout is in progress/)
    await patch(cluster, `${apps}/rolling`, { spec: { template: { metadata: { labels: { 'scale.test/unschedulable': null } } } } })
    await expect.poll(() => writes().length, within).toBeGreaterThan(0)
    expect(writes()[0]).toMatchObject({ from: 2, to: 4 })
  })
})
