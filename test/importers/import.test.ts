import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { analyse, compile, refusals } from '../../src/bundle/index.ts'
import { type Imported, importFiles } from '../../src/importers/index.ts'
import { format } from '../../src/language/index.ts'

function imported(text: string): Imported {
  return importFiles([{ name: 'x.yaml', text }])
}

/** Messages of errors, and what the engine would refuse. */
function complaints({ text }: Imported): string[] {
  const { diagnostics, bundle } = compile({ roots: [{ name: 'imported.scale', text }] }, { compiler: '0.1.0' })
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)
  return [...errors, ...(bundle === undefined ? [] : refusals(bundle).map(({ rule, what }) => `${rule}: ${what}`))]
}

const problems = (text: string): string[] => imported(text).problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)

describe('importing', () => {
  for (const name of ['hpa', 'keda', 'rules'])
    it(`${name}.yaml gives the reviewed rules, which compile and are loaded`, async () => {
      const result = imported(readFileSync(new URL(`./fixtures/${name}.yaml`, import.meta.url), 'utf8'))
      expect(result.problems).toEqual([])
      expect(complaints(result)).toEqual([])
      await expect(result.text).toMatchFileSnapshot(`./fixtures/${name}.scale`)
    })

  it('a commented rule compiles when its slashes are taken away', () => {
    const { text } = imported(readFileSync(new URL('./fixtures/hpa.yaml', import.meta.url), 'utf8'))
    const awake = text.replaceAll(/^\/\/ ([\w-]+: scale )/gm, '$1')
    const { diagnostics, program } = analyse({ roots: [{ name: 'x.scale', text: awake }] })
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(program.rules.map(({ name }) => name)).toEqual(['cart-cpu', 'cart-http-requests-per-second', 'cart-queue-depth', 'web-cpu'])
  })

  it('says where YAML is malformed and what manifests lack, and takes the others', () => {
    expect(problems('a: [1, 2\nb: 3')).toEqual([expect.stringMatching(/^x\.yaml:2:1: /)])
    expect(
      problems('kind: HorizontalPodAutoscaler\napiVersion: autoscaling/v2\nspec:\n  scaleTargetRef: {kind: Deployment, name: a}\n  maxReplicas: x'),
    ).toEqual(['x.yaml:5:16: spec.maxReplicas must be a whole number of at least 1'])
    expect(
      problems('kind: ScaledObject\napiVersion: keda.sh/v1alpha1\nspec:\n  scaleTargetRef: {name: a}\n  minReplicaCount: 5\n  maxReplicaCount: 2'),
    ).toEqual(['x.yaml:5:20: spec.minReplicaCount is 5, above spec.maxReplicaCount, 2'])
    expect(problems('rules:\n  - service: a\n    latency: fast\n  - service: b\n    latency: 1s\n    window: 60\n')).toEqual([
      'x.yaml:2:5: `latency` must be a duration such as 400ms, or a number of milliseconds',
    ])
    expect(problems('hello: world')).toEqual([expect.stringContaining('x.yaml:1:1: this is neither')])
    expect(problems('- 1\n---\n"text"\n---\na: &x [*y]')).toHaveLength(3)
    const mixed = imported(
      'a: [\n---\nkind: Deployment\napiVersion: apps/v1\nmetadata: {name: web}\n---\nrules: [{service: a, latency: 1s, window: 60s, action: +1}]',
    )
    expect([mixed.targets, mixed.problems.length, mixed.skipped]).toEqual([1, 1, ['Deployment web']])
    expect(imported('')).toEqual({ text: '', targets: 0, rules: 0, problems: [], skipped: [] })
  })

  it('a bare list of rules, and every spelling of an action', () => {
    const step = (action: unknown): string | undefined => {
      const { text, problems } = imported(stringify([{ service: 'a', operation: 'b', latency: 400, times: 2, window: 60, action }]))
      return problems[0]?.message ?? /scale deployment\/\S+ (?:to )?[+-]?\d+/.exec(text)?.[0]
    }
    for (const action of [2, '+2', '2', { scale_up: 2 }, { type: 'scale_up', replicas: 2 }, { by: 2 }, { direction: 'out', amount: 2 }])
      expect(step(action), JSON.stringify(action)).toBe('scale deployment/a +2')
    expect(step('scale-down')).toBe('scale deployment/a -1')
    expect(step({ to: 4 })).toBe('scale deployment/a to 4')
    expect(step({ service: 'other', by: -2 })).toBe('scale deployment/other -2')
    for (const action of ['restart', { type: 'panic' }, 0]) expect(step(action)).toMatch(/^`action` must/)
  })
})

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4})?$/)
const text = fc.oneof(name, fc.string({ maxLength: 12 }), fc.constantFrom('in', 'scale', 'x "y"', 'a\nb', '// no', '3scale', 'Größe'))
const number = fc.oneof(fc.nat(40), fc.constantFrom('10', '500m', '1k', 'x', -1, 0.5))
const policy = fc.record({ type: fc.constantFrom('Pods', 'Percent'), value: fc.nat(200), periodSeconds: fc.constantFrom(1, 15, 60, 1800) })
const scaling = fc.record(
  {
    selectPolicy: fc.constantFrom('Max', 'Min', 'Disabled'),
    stabilizationWindowSeconds: fc.nat(3600),
    policies: fc.array(policy, { maxLength: 3 }),
    tolerance: fc.constantFrom('0.05', 0),
  },
  { requiredKeys: [] },
)
const behavior = fc.record({ scaleUp: scaling, scaleDown: scaling }, { requiredKeys: [] })
const metadata = fc.record(
  {
    name,
    namespace: name,
    annotations: fc.dictionary(
      fc.constantFrom('autoscaling.keda.sh/paused', 'autoscaling.keda.sh/paused-scale-in', 'autoscaling.keda.sh/paused-replicas'),
      fc.constantFrom('true', 'false', '3'),
    ),
  },
  { requiredKeys: ['name'] },
)
const reference = fc.record(
  { name: text, kind: fc.constantFrom('Deployment', 'StatefulSet', 'Rollout'), apiVersion: fc.constantFrom('apps/v1', 'argoproj.io/v1alpha1') },
  { requiredKeys: ['name', 'kind'] },
)
const target = fc.record({ type: text, averageUtilization: number, averageValue: number, value: number }, { requiredKeys: [] })
const metric = fc.oneof(
  fc.record({ type: fc.constant('Resource'), resource: fc.record({ name: fc.constantFrom('cpu', 'memory'), target }) }),
  fc.record({ type: fc.constant('Pods'), pods: fc.record({ metric: fc.record({ name: fc.oneof(text, fc.constant('requests_per_second')) }), target }) }),
  fc.record({ type: text, external: fc.record({ metric: fc.record({ name: text }), target }) }),
)
const hpa = fc.record({
  apiVersion: fc.constantFrom('autoscaling/v2', 'autoscaling/v1'),
  kind: fc.constant('HorizontalPodAutoscaler'),
  metadata,
  spec: fc.record(
    {
      scaleTargetRef: reference,
      minReplicas: number,
      maxReplicas: number,
      metrics: fc.array(metric, { maxLength: 3 }),
      behavior,
      targetCPUUtilizationPercentage: number,
    },
    { requiredKeys: ['scaleTargetRef'] },
  ),
})
const label = fc.constantFrom('service', 'job', 'span_name', 'http_route', 'http_request_method', 'status_code', 'code', 'pod', 'span_kind')
const matcher = fc.tuple(
  label,
  fc.constantFrom('=', '=~', '!='),
  fc.oneof(name, fc.constantFrom('a|b', 'x.*', '5..', 'GET', '/cart/{id}', 'SPAN_KIND_CLIENT', 'STATUS_CODE_ERROR', 'shop/cart')),
)
const series = fc.tuple(
  fc.constantFrom('traces_spanmetrics_latency', 'http_requests', 'x'),
  fc.constantFrom('_bucket', '_total', '_sum', '_count', ''),
  fc.array(matcher, { maxLength: 3 }),
  fc.constantFrom('2m', '7s', '1h'),
)
const rate = series.map(
  ([metric, suffix, matchers, range]) => `sum(rate(${metric}${suffix}{${matchers.map(([l, o, v]) => `${l}${o}"${v}"`).join(',')}}[${range}])) by (le)`,
)
const query = fc.oneof(
  rate,
  rate.map((of) => `histogram_quantile(0.987, ${of}) * 1000`),
  fc.tuple(rate, rate).map(([a, b]) => `${a} / ${b}`),
  rate.map((of) => `${of} or vector(0)`),
  text,
)
const trigger = fc.oneof(
  fc.record({
    type: fc.constant('prometheus'),
    name: text,
    metricType: fc.constantFrom('Value', 'AverageValue'),
    metadata: fc.record({ query, threshold: number }),
  }),
  fc.record({
    type: fc.constant('cron'),
    metadata: fc.record({
      timezone: fc.constantFrom('UTC', 'Europe/Paris', 'Mars'),
      start: fc.constantFrom('0 8 * * 1-5', '*/5 * * * *', '30 22 * * *'),
      end: fc.constantFrom('0 18 * * 1-5', '0 6 * * 0', '1 1 1 1 1'),
      desiredReplicas: number,
    }),
  }),
  fc.record({ type: text, metadata: fc.constant({}) }),
)
const scaledObject = fc.record({
  apiVersion: fc.constant('keda.sh/v1alpha1'),
  kind: fc.constant('ScaledObject'),
  metadata,
  spec: fc.record(
    {
      scaleTargetRef: reference,
      minReplicaCount: number,
      maxReplicaCount: number,
      pollingInterval: number,
      fallback: fc.record({ failureThreshold: number, replicas: number }),
      advanced: fc.record({ horizontalPodAutoscalerConfig: fc.record({ behavior }) }),
      triggers: fc.array(trigger, { maxLength: 4 }),
    },
    { requiredKeys: ['scaleTargetRef'] },
  ),
})
const paper = fc.record({
  rules: fc.array(
    fc.record({
      service: text,
      operation: text,
      latency: fc.oneof(fc.nat(2000), fc.constantFrom('400ms', '1m30s', 'x')),
      times: number,
      window: fc.oneof(fc.nat(600), fc.constantFrom('60s', '5m')),
      action: fc.oneof(text, fc.nat(5), fc.record({ scale_up: number })),
    }),
    { minLength: 1, maxLength: 4 },
  ),
})

describe('whatever is imported', () => {
  it('compiles, is in canonical form, and is never refused by the engine', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(hpa, scaledObject, paper), { minLength: 1, maxLength: 4 }), (documents) => {
        const result = imported(documents.map((each) => stringify(each)).join('---\n'))
        expect(complaints(result), result.text).toEqual([])
        expect(format({ name: 'x.scale', text: result.text }).text).toBe(result.text)
      }),
      { numRuns: 150 },
    )
  })

  it('is read without an exception, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.anything().map((value) => {
            try {
              return stringify(value)
            } catch {
              return ''
            }
          }),
        ),
        (yaml) => void imported(yaml),
      ),
    )
  })
})
