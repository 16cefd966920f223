/**
 * Side by side with the genuine HorizontalPodAutoscaler in one cluster, on the same traffic: the time from a breach to the request that scales, over many services that become
 * slow at random moments. HPA looks every 15 s, as everywhere; its metric is what a tuned pipeline makes of the spans, or what is so without any delay, which nobody has.
 */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { clusterBinary } from './binary.ts'
import { Cluster } from './cluster.ts'
import { Member } from './daemons.ts'
import { startAdapter } from './external-metrics.ts'
import { ledgerOf, type Write } from './ledger.ts'
import { startServices } from './services.ts'
import { apps, create, deployment, untilReady } from './support.ts'

const pairs = 20
/** Until HPAs, pipelines and windows are what they are in the long run. */
const warmUpMs = 35_000
const breachesWithinMs = 30_000

/** Each scales a deployment of its own for each service. */
const scalers = {
  'hpa-tuned': 'HPA, pipeline tuned to 15 s flush, 15 s scrape',
  'hpa-ideal': 'HPA, a metric without any delay',
  usual: 'scaled, defaults: p99 > 400ms in one step of 5 s',
  twice: 'scaled, defaults: p99 > 400ms 2 times in 15s',
  brisk: 'scaled, SDKs export every 1 s: 2 times in 5s every 1s',
} as const
type Scaler = keyof typeof scalers

const condition: Readonly<Record<string, string>> = { usual: '', twice: '2 times in 15s', brisk: '2 times in 5s every 1s' }
const workload = (scaler: Scaler, service: string): string => `${scaler}-${service}`

function rulesOf(names: readonly string[], of: readonly Scaler[]): string {
  const rule = (scaler: Scaler, name: string): string => `
target deployment/${workload(scaler, name)} { between 1 and 10 }
scale deployment/${workload(scaler, name)} +1 when span(${name}/GetAds).p99 > 400ms ${condition[scaler]} cooldown 10m`
  return of.flatMap((scaler) => names.map((name) => rule(scaler, name))).join('\n')
}

function autoscaler(scaler: 'hpa-tuned' | 'hpa-ideal', name: string): object {
  const metric = { name: scaler, selector: { matchLabels: { service: name } } }
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: workload(scaler, name) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: workload(scaler, name) },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [{ type: 'External', external: { metric, target: { type: 'Value', value: '400' } } }],
    },
  }
}

describe.skipIf('missing' in clusterBinary())('beside the HorizontalPodAutoscaler', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = (await Cluster.start()) as Cluster
  })
  afterAll(() => cluster.close())

  it('the same breaches are answered sooner than through a tuned pipeline of metrics', { timeout: 240_000 }, async () => {
    const names = Array.from({ length: pairs }, (_, i) => `svc-${i}`)
    const all = Object.keys(scalers) as Scaler[]
    for (const name of names) for (const scaler of all) await create(cluster, apps, deployment(workload(scaler, name), 1))
    const last = workload('brisk', names.at(-1) as string)
    await untilReady(cluster, last, 1)
    const usual = await Member.start({ cluster, name: 'scaled-a', rules: rulesOf(names, ['usual', 'twice']), engine: 'lateness: 5s' })
    const brisk = await Member.start({ cluster, name: 'scaled-b', rules: rulesOf(names, ['brisk']), engine: 'lateness: 1500ms' })
    const services = startServices(pairs, usual.scaled.http, brisk.scaled.http)
    const adapter = await startAdapter(cluster, (metric, { service = '' }) => (metric === 'hpa-tuned' ? services.tunedP99(service) : services.trueP99(service)))
    onTestFinished(async () => {
      services.stop()
      await adapter.close()
      await usual.close()
      await brisk.close()
    })
    for (const name of names)
      for (const scaler of ['hpa-tuned', 'hpa-ideal'] as const)
        await create(cluster, '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', autoscaler(scaler, name))

    const breaches = services.breach(names.map(() => warmUpMs + Math.random() * breachesWithinMs))
    /** The first request that scaled each deployment, and when. */
    const first = (scaler: Scaler): (Write | undefined)[] => {
      const audit = cluster.audit().filter(({ objectRef }) => objectRef?.name?.startsWith(`${scaler}-`))
      return names.map((name) =>
        ledgerOf(audit, { deployment: workload(scaler, name), lease: 'none' }).find(
          (entry): entry is Write => entry.kind === 'write' && entry.from !== undefined && entry.to > entry.from,
        ),
      )
    }
    await expect.poll(() => all.every((scaler) => first(scaler).every((write) => write !== undefined)), { timeout: 180_000, interval: 3000 }).toBe(true)
    expect(adapter.asked).toBeGreaterThan(pairs)

    const seconds = Object.fromEntries(
      all.map((scaler) => [scaler, first(scaler).map((write, i) => ((write as Write).at - (breaches[i] as number)) / 1000)]),
    ) as Record<Scaler, number[]>
    console.log(table(seconds))
    for (const scaler of all) {
      // Nobody scaled before there was a reason, and each by itself.
      expect(Math.min(...seconds[scaler]), scaler).toBeGreaterThan(0)
      const by = scaler.startsWith('hpa') ? 'system:kube-controller-manager' : scaler === 'brisk' ? 'scaled-b' : 'scaled-a'
      expect(new Set(first(scaler).map((write) => write?.by)), scaler).toEqual(new Set([by]))
    }
    expect(mean(seconds.usual)).toBeLessThan(mean(seconds['hpa-tuned']))
    expect(mean(seconds.twice)).toBeLessThan(mean(seconds['hpa-tuned']))
    expect(mean(seconds.brisk)).toBeLessThan(mean(seconds.usual))
  })
})

const mean = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0) / of.length

function table(seconds: Readonly<Record<Scaler, readonly number[]>>): string {
  const rows = (Object.keys(scalers) as Scaler[]).map((scaler) => {
    const sorted = [...seconds[scaler]].sort((a, b) => a - b)
    const at = (q: number): number => sorted[Math.ceil(q * sorted.length) - 1] as number
    return [scalers[scaler], ...[mean(sorted), at(0.5), at(0.95), at(1)].map((one) => `${one.toFixed(1)} s`)]
  })
  const lines = [['', 'mean', 'median', 'p95', 'worst'], ...rows].map(
    ([name = '', ...cells]) => `${name.padEnd(56)}${cells.map((c) => c.padStart(9)).join('')}`,
  )
  return `From a breach to the request that scales, ${pairs} breaches at random moments; SDKs export every 5 s where nothing else is said\n${lines.join('\n')}`
}
