/** Two samplers and a modeler as processes, a Collector with real exporters in front, a Tempo behind. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { TempoDouble } from '../../support/tempo/server.ts'
import { readExposition } from '../exposition.ts'
import type { Scaled, StatusDocument } from '../process.ts'
import { firstWhere, isAction, makeWorkspace, start } from '../support.ts'
import { type Front, startFront } from './front.ts'

const rules = `
defaults { every 200ms }
target deployment/adservice { between 1 and 6  cooldown 10m }
target deployment/deep { between 1 and 3  cooldown 10m }
slow: scale deployment/adservice +2 when span(adservice/GetAds).p99 > 400ms 3 times in 2s
deep: scale deployment/deep +1 when span(adservice/GetAds under frontend).self.p90 over 10s > 400ms
`

/** Looks again and again until it is so; the test's own time limit ends it. */
async function eventually(scaled: Scaled, is: (status: StatusDocument) => boolean): Promise<StatusDocument> {
  for (;;) {
    const status = await scaled.status()
    if (is(status)) return status
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const truthOf = (status: StatusDocument, name: string) => status.rules.find(({ rule }) => rule === name)?.truth

async function startSampler(at?: Scaled): Promise<Scaled> {
  const space = makeWorkspace('', 'sampler: {listen: {port: 0}}')
  const portOf = (address: unknown): string => String(address).split(':').at(-1) as string
  const same = at === undefined ? [] : ['--set', `receivers.grpc.port=${portOf(at.ready.grpc)}`, '--set', `sampler.listen.port=${portOf(at.ready.sampler)}`]
  return start(space, ['--set', 'engine.traces.idle=300ms', ...same], 'sampler')
}

interface Scene {
  readonly tempo: TempoDouble
  readonly samplers: readonly [Scaled, Scaled]
  readonly modeler: Scaled
  readonly front: Front
  readonly actions: () => readonly string[]
}

async function scene(): Promise<Scene> {
  const tempo = await TempoDouble.start()
  onTestFinished(() => tempo.close())
  const samplers = await Promise.all([startSampler(), startSampler()])
  const addresses = samplers.map(({ ready }) => String(ready.sampler))
  const at = makeWorkspace(
    rules,
    `modeler: {samplers: [${addresses.map((address) => `"${address}"`).join(', ')}], patience: 1s}\ntraces: {tempo: {url: "${tempo.url}"}}`,
  )
  const modeler = await start(at, ['--rules', at.rules], 'modeler')
  const front = startFront(
    samplers.map(({ grpc }) => grpc),
    tempo,
  )
  onTestFinished(() => front.stop())
  const actions = () =>
    at
      .decisionLog()
      .filter(isAction)
      .map(({ target, from, to }) => `${target} ${from} ${to}`)
  return { tempo, samplers, modeler, front, actions }
}

/** Three processes, and traces that are fetched some seconds after they were made. */
describe('two samplers and a modeler', { timeout: 90_000 }, () => {
  it('scale by what both count, and by what whole traces say', async () => {
    const { modeler, samplers, actions, tempo } = await scene()
    const decisions = modeler.follow(0)
    await firstWhere(decisions, ({ target, outcome }) => target === 'deployment/adservice' && outcome === 'scale')
    const status = await eventually(modeler, (now) => truthOf(now, 'deep') === 'true' && (now.targets[1]?.lastAction?.to ?? 0) === 2)
    expect(status.modeler?.samplers.map(({ state }) => state)).toEqual(['connected', 'connected'])
    expect(status.modeler?.traces.arrived).toBeGreaterThan(0)
    expect(tempo.requests.some(({ pathname }) => pathname.startsWith('/api/v2/traces/'))).toBe(true)
    expect(actions()).toEqual(['deployment/adservice 1 3', 'deployment/deep 1 2'])
    for (const { api } of [modeler, ...samplers]) {
      const { problems, samples } = readExposition(await (await fetch(`${api}/metrics`)).text())
      expect(problems).toEqual([])
      expect(samples.some(({ name }) => name === (api === modeler.api ? 'scale_modeler_sampler_connected' : 'scale_sampler_modelers'))).toBe(true)
    }
    for (const sampler of samplers) expect((await sampler.status()) as unknown).toMatchObject({ phase: 'running', modelers: { sessions: 1 } })
    expect(await modeler.end()).toBe(0)
    expect(await samplers[0].end()).toBe(0)
  })

  it('know what they do not know while a sampler is dead, count what was lost, and act once', async () => {
    const { modeler, samplers, actions } = await scene()
    await firstWhere(modeler.follow(0), ({ target, outcome }) => target === 'deployment/adservice' && outcome === 'scale')
    const before = await modeler.status()
    await samplers[0].end('SIGKILL')
    await modeler.logged(({ msg }) => msg.startsWith('the sampler says nothing'))
    const blind = await eventually(modeler, (now) => truthOf(now, 'slow') === 'unknown')
    expect(blind.modeler?.samplers.map(({ state }) => state)).toEqual(['silent', 'connected'])

    const again = await startSampler(samplers[0])
    await modeler.logged(({ msg }) => msg.startsWith('the sampler has begun anew'))
    const back = await eventually(modeler, (now) => truthOf(now, 'slow') === 'true')
    expect(back.modeler?.samplers).toMatchObject([
      { state: 'connected', restarts: 1 },
      // Those of the very start, before it was asked to count.
      { state: 'connected', restarts: 0, missedTicks: before.modeler?.samplers[1]?.missedTicks, lostSpans: 0 },
    ])
    expect(back.modeler?.samplers[0]?.missedTicks).toBeGreaterThan(before.modeler?.samplers[0]?.missedTicks ?? 0)
    expect(actions().filter((action) => action.startsWith('deployment/adservice'))).toEqual(['deployment/adservice 1 3'])
    expect(back.targets[0]?.replicas).toEqual(expect.objectContaining({ desired: 3 }))
    expect(again.log.some(({ level }) => level === 'error')).toBe(false)
  })
})
