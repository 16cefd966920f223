import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { fileOf, recordingOf } from '../../examples/queue-and-workers/recording.ts'
import { scenarios } from '../../examples/queue-and-workers/scenarios.ts'
import { createDictionary, decodeJson, SpanTable } from '../../src/spans/index.ts'

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('the recording of %s', (_, scenario) => {
  const committed = readFileSync(fileOf(scenario))
  const text = gunzipSync(committed).toString()

  it('is what the simulation makes', () => {
    expect(recordingOf(scenario) === text).toBe(true)
  })

  it('is small', () => {
    expect(committed.length).toBeLessThan(300_000)
  })

  it('is OTLP, in which every span but a root has its parent before or after it', () => {
    const table = new SpanTable(createDictionary())
    for (const line of text.trimEnd().split('\n')) expect(decodeJson(line, table)).toMatchObject({ ok: true, rejected: 0, negative: 0 })
    const ids = new Set<string>()
    for (let row = 0; row < table.length; row++) ids.add(`${table.traceIdOf(row)} ${table.spanIdOf(row)}`)
    expect(ids.size).toBe(table.length)
    const services = new Set<string>()
    let orphans = 0
    for (let row = 0; row < table.length; row++) {
      services.add(table.dictionary.text(table.service[row] as number))
      const parent = table.parentSpanIdOf(row)
      if (parent !== '0000000000000000' && !ids.has(`${table.traceIdOf(row)} ${parent}`)) orphans++
    }
    expect([...services].sort()).toEqual(['database', 'gateway', 'orders', 'uploads', 'workers'])
    // Those whose callers had not ended when the recording did.
    expect(orphans / table.length).toBeLessThan(0.05)
  })
})
