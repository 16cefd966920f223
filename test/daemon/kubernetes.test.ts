/** `scaled` against a double of the Kubernetes API: outages, and a kill in the middle of an action. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { KubernetesDouble } from '../support/kubernetes/server.ts'
import type { Workspace } from './process.ts'
import { firstWhere, isAction, isHold, load, makeWorkspace, start } from './support.ts'

const rules = `
defaults { namespace shop  every 100ms }
target deployment/ads { between 1 and 10  cooldown 60s }
slow: scale deployment/ads +2 when span(adservice/GetAds).p99 > 400ms 2 times in 1s
`

/** A cluster with shop/ads at 2, and a folder whose configuration names it. */
async function cluster(): Promise<{ readonly double: KubernetesDouble; readonly at: Workspace; replicas(): unknown }> {
  const double = await KubernetesDouble.start()
  onTestFinished(() => double.close())
  double.add('Deployment', 'ads', { replicas: 2 })
  const at = makeWorkspace(rules)
  const kubeconfig = join(at.dir, 'kubeconfig')
  writeFileSync(kubeconfig, double.kubeconfig())
  at.writeConfig(`orchestrators: {poll: 100ms, kubernetes: {kubeconfig: ${kubeconfig}}}`)
  return { double, at, replicas: () => double.get('Deployment', 'ads').spec.replicas }
}

/** Changes of replicas; events are written too. */
const written = (double: KubernetesDouble): number => double.writes.filter((request) => request.startsWith('PUT ')).length

describe('an orchestrator', () => {
  it('that is configured is the default, and is asked once', async () => {
    const { double, at, replicas } = await cluster()
    const scaled = await start(at)
    load(scaled, 600)
    const action = await firstWhere(scaled.follow(0), isAction)
    expect(action).toMatchObject({ target: 'deployment/ads in shop', from: 2, to: 4 })
    expect([replicas(), written(double)]).toEqual([4, 1])
  })

  it('that is down does not stop evaluation, is held against with the reason, and is asked again', async () => {
    const { double, at, replicas } = await cluster()
    const scaled = await start(at)
    double.broken = 503
    await scaled.logged(({ level, target }) => level === 'warn' && target === 'deployment/ads in shop')
    const decisions = scaled.follow(0)
    load(scaled, 600)
    const hold = await firstWhere(decisions, isHold)
    expect(hold).toMatchObject({ reason: 'TargetUnreadable' })
    await expect.poll(async () => (await scaled.status()).rules[0]?.truth, { timeout: 10_000 }).toBe('true')
    expect((await scaled.status()).targets[0]).toMatchObject({ unreadable: expect.any(String), held: { reason: 'TargetUnreadable' } })
    double.broken = undefined
    expect(await firstWhere(decisions, isAction)).toMatchObject({ from: 2, to: 4 })
    await firstWhere(decisions, isHold)
    expect([replicas(), written(double)]).toEqual([4, 1])
  })

  it('that somebody else has used in between is planned for again', async () => {
    const { double, at, replicas } = await cluster()
    const scaled = await start(at)
    double.beforePut = () => {
      double.beforePut = undefined
      double.scale('Deployment', 'ads', 5)
    }
    const decisions = scaled.follow(0)
    load(scaled, 600)
    expect(await firstWhere(decisions, isHold)).toMatchObject({ reason: 'FailedUpdateScale', from: 2, to: 2 })
    expect(await firstWhere(decisions, isAction)).toMatchObject({ from: 5, to: 7 })
    expect([replicas(), written(double)]).toEqual([7, 2])
  })
})

it('does not wait for an orchestrator that never answers when it is told to stop', async () => {
  const { double, at } = await cluster()
  const scaled = await start(at, ['--rules', at.rules, '--set', 'shutdown.grace=1s'])
  double.broken = 'hang'
  const asked = double.requests.length
  // A reading is under way.
  await expect.poll(() => double.requests.length, { timeout: 10_000 }).toBeGreaterThan(asked)
  const began = performance.now()
  expect(await scaled.end()).toBe(0)
  expect(performance.now() - began).toBeLessThan(3000)
})

describe('a kill in the middle of an action', () => {
  it('that was carried out is not done again, and its cooldown holds', async () => {
    const { double, at, replicas } = await cluster()
    const first = await start(at)
    double.beforePut = () => first.child.kill('SIGKILL')
    const before = load(first, 600)
    await first.end('SIGCONT')
    await before.stop()
    expect([replicas(), written(double)]).toEqual([4, 1])
    expect(at.decisionLog().filter(isAction)).toEqual([])

    double.beforePut = undefined
    const second = await start(at)
    // What the first could not tell any more is told now.
    expect(await firstWhere(second.follow(0), isAction)).toMatchObject({ from: 2, to: 4 })
    load(second, 600)
    expect(await firstWhere(second.follow(0), isHold)).toMatchObject({ from: 4 })
    expect((await second.status()).unresolved).toEqual([])
    expect([replicas(), written(double)]).toEqual([4, 1])
    expect(at.decisionLog().filter(isAction)).toHaveLength(1)
  })

  it('that was not carried out is planned anew, when it cannot be on its way any more', { timeout: 30_000 }, async () => {
    const { double, at, replicas } = await cluster()
    const first = await start(at)
    double.beforePut = () => {
      first.child.kill('SIGKILL')
      double.setStatus('Deployment', 'ads', { note: 'another version, so that the write is refused' })
    }
    const before = load(first, 600)
    await first.end('SIGCONT')
    await before.stop()
    expect(replicas()).toBe(2)

    double.beforePut = undefined
    const second = await start(at)
    load(second, 600)
    expect(await firstWhere(second.follow(0), isAction)).toMatchObject({ from: 2, to: 4 })
    expect([replicas(), written(double)]).toEqual([4, 2])
  })
})
