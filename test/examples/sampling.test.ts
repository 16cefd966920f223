import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadConfig } from '../../src/daemon/config/index.ts'

const read = (name: string): string => readFileSync(`examples/sampling/${name}`, 'utf8')

describe('examples/sampling', () => {
  it.each(['sampler.yaml', 'modeler.yaml'])('%s is a configuration of scaled', (name) => {
    expect(loadConfig({ file: { name, text: read(name) }, environment: {}, flags: new Map() })).toHaveProperty('config')
  })

  it('has the modeler ask where the samplers listen', () => {
    const loaded = (name: string) => {
      const result = loadConfig({ file: { name, text: read(name) }, environment: {}, flags: new Map() })
      if ('problems' in result) throw new Error(result.problems.join())
      return result.config
    }
    const { port } = loaded('sampler.yaml').sampler.listen
    for (const sampler of loaded('modeler.yaml').modeler.samplers) expect(sampler).toMatch(new RegExp(`:${port}$`))
  })

  it('has the Collector send every span to both, by trace id to the samplers, compressed as scaled understands', () => {
    const { exporters, service } = parse(read('collector.yaml')) as {
      readonly exporters: Readonly<Record<string, { readonly routing_key?: string; readonly protocol?: { readonly otlp: { readonly compression: string } } }>>
      readonly service: { readonly pipelines: { readonly traces: { readonly exporters: readonly string[] } } }
    }
    expect(service.pipelines.traces.exporters).toEqual(Object.keys(exporters))
    expect(exporters['load_balancing/scale']).toMatchObject({ routing_key: 'traceID', protocol: { otlp: { compression: 'gzip' } } })
  })
})
