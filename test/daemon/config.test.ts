import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { configDocument, loadConfig, variableOf } from '../../src/daemon/config/index.ts'

function load(text: string, environment: Record<string, string> = {}, flags: Record<string, string> = {}) {
  return loadConfig({ file: { name: 'scaled.yaml', text }, environment, flags: new Map(Object.entries(flags)) })
}

function config(...input: Parameters<typeof load>) {
  const result = load(...input)
  if ('problems' in result) throw new Error(result.problems.join('\n'))
  return result.config
}

function problems(...input: Parameters<typeof load>) {
  const result = load(...input)
  return 'problems' in result ? result.problems : []
}

describe('the configuration', () => {
  it('has loopback listeners on the well-known ports by default', () => {
    expect(config('')).toMatchObject({
      receivers: { grpc: { host: '127.0.0.1', port: 4317 }, http: { host: '127.0.0.1', port: 4318 }, max_request: 64 * 2 ** 20 },
      api: { host: '127.0.0.1', port: 9464 },
      engine: { lateness: 5e9, stale: 60e9, traces: { idle: 5e9, max_age: 60e9, max_spans: 1_000_000 } },
    })
  })

  it('reads durations and sizes', () => {
    const { engine, receivers } = config('engine: {lateness: 1m30s, stale: 250ms}\nreceivers: {max_request: 1.5MiB, max_in_flight: 1024}')
    expect([engine.lateness, engine.stale, receivers.max_request, receivers.max_in_flight]).toEqual([90e9, 250e6, 1572864, 1024])
  })

  it('limits nothing by default, and reads shares and budgets', () => {
    expect(config('').engine).toMatchObject({ min_available: 0, budget: { per: 60e9 } })
    const { engine } = config('engine: {min_available: 80%, budget: {actions: 5, added_replicas: 20, per: 2m}}', { SCALED_ENGINE_BUDGET_ACTIONS: '3' })
    expect(engine).toMatchObject({ min_available: 0.8, budget: { actions: 3, added_replicas: 20, per: 120e9 } })
    expect(config('engine: {min_available: 0.5}').engine.min_available).toBe(0.5)
  })

  it('takes flags over the environment over the file', () => {
    const file = 'api: {port: 1}\nlog: {level: warn}'
    expect(config(file).api.port).toBe(1)
    expect(config(file, { SCALED_API_PORT: '2' }).api.port).toBe(2)
    expect(config(file, { SCALED_API_PORT: '2' }, { 'api.port': '3' }).api.port).toBe(3)
    expect(config(file, { SCALED_API_PORT: '2' }).log.level).toBe('warn')
  })

  it('names variables after keys', () => {
    expect(variableOf('receivers.max_request')).toBe('SCALED_RECEIVERS_MAX_REQUEST')
  })

  it('expands the environment in texts, keeps $$ as a dollar, and knows defaults', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration's own syntax
    expect(config('state: {dir: "${env:DIR}/x$$y/${env:NONE:-z}"}', { DIR: '/var' }).state.dir).toBe('/var/x$y/z')
  })

  it.each([
    ['receivers: {grpc: {port: abc}}', 'scaled.yaml: receivers.grpc.port: expected a port from 0 to 65535, got "abc"'],
    ['receivers: {grpc: {port: 70000}}', 'scaled.yaml: receivers.grpc.port: expected a port from 0 to 65535, got 70000'],
    ['engine: {lateness: 5}', 'scaled.yaml: engine.lateness: expected a duration such as 500ms, 5s or 1m30s, got 5'],
    ['engine: {lateness: 5s3}', 'scaled.yaml: engine.lateness: expected a duration such as 500ms, 5s or 1m30s, got "5s3"'],
    ['engine: {min_available: 120%}', 'scaled.yaml: engine.min_available: expected a share such as 80% or 0.8, got "120%"'],
    ['engine: {budget: {actions: 0}}', 'scaled.yaml: engine.budget.actions: expected a whole number from 1 to 1000000, got 0'],
    ['engine: {budget: {per: 0s}}', 'scaled.yaml: engine.budget.per: expected a duration above zero such as 500ms, 5s or 1m30s, got "0s"'],
    ['engine: {traces: {idle: 0s}}', 'scaled.yaml: engine.traces.idle: expected a duration above zero such as 500ms, 5s or 1m30s, got "0s"'],
    ['engine: {traces: {max_age: forever}}', 'scaled.yaml: engine.traces.max_age: expected a duration above zero such as 500ms, 5s or 1m30s, got "forever"'],
    ['engine: {traces: {max_spans: 10}}', 'scaled.yaml: engine.traces.max_spans: expected a whole number from 1000 to 100000000, got 10'],
    ['receivers: {max_request: lots}', 'scaled.yaml: receivers.max_request: expected a size such as 64MiB, got "lots"'],
    ['log: {level: loud}', 'scaled.yaml: log.level: expected one of trace, debug, info, warn, error, silent, got "loud"'],
    ['recievers: {}', 'scaled.yaml: recievers: there is no such key: did you mean receivers?'],
    ['receivers: {grpc: {prot: 1}}', 'scaled.yaml: receivers.grpc.prot: there is no such key: did you mean port?'],
    ['api: 9464', 'scaled.yaml: api: expected host, port, tls, tokens under it'],
    ['[1]', 'scaled.yaml: expected keys and values, got [1]'],
    [
      'orchestrators: {process: {pools: {ads: {comand: x}}}}',
      'scaled.yaml: orchestrators.process.pools.ads.comand: there is no such key: did you mean command?',
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration's own syntax
    ['state: {dir: "${env:GONE}"}', 'scaled.yaml: state.dir: the environment has no GONE; set it or write ${env:GONE:-default}'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration's own syntax
    ['state: {dir: "${GONE}"}', 'scaled.yaml: state.dir: expected ${env:NAME} or ${env:NAME:-default}, got "${GONE}"'],
  ])('says of %j what is expected', (text, message) => {
    expect(problems(text)).toContain(message)
  })

  it('says where a value of the wrong kind came from', () => {
    expect(problems('', { SCALED_API_PORT: 'x' })).toEqual(['SCALED_API_PORT: api.port: expected a port from 0 to 65535, got "x"'])
    expect(problems('', {}, { 'api.port': 'x' })).toEqual(['--set: api.port: expected a port from 0 to 65535, got "x"'])
    expect(problems('', {}, { 'api.prt': '1' })).toEqual(['--set api.prt: there is no such key: did you mean api.port?'])
  })

  it('says the line of broken YAML', () => {
    expect(problems('api:\n  port: [1\n')[0]).toMatch(/^scaled\.yaml:3: /)
  })

  it('is written as it is read', () => {
    const durations = fc.nat({ max: 1e9 }).map((us) => `${us}us`)
    fc.assert(
      fc.property(durations, durations, fc.integer({ min: 1, max: 2 ** 40 }), fc.nat({ max: 65535 }), (lateness, drain, size, port) => {
        const before = config(
          JSON.stringify({
            engine: { lateness, min_available: port / 65535, budget: { actions: 1 + port } },
            receivers: { max_request: size, grpc: { port } },
            orchestrators: { process: { pools: { 'a.b': { command: 'x', args: ['1', 'y'], drain, ready: { kind: 'started', after: drain } } } } },
          }),
        )
        expect(config(stringify(configDocument(before)))).toEqual(before)
      }),
    )
    expect(configDocument(config(''))).toMatchObject({ engine: { lateness: '5s', stale: '1m' }, receivers: { max_request: '64MiB' } })
  })

  it('reports every problem at once', () => {
    expect(problems('api: {port: x}\nlog: {level: y}')).toHaveLength(2)
  })
})
