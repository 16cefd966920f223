import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { allWays, compared, type Row, tableOf } from '../../examples/queue-and-workers/compare.ts'
import { backlog, type Scenario, saturation, scenarios } from '../../examples/queue-and-workers/scenarios.ts'

const rows = new Map<string, Row>()

/** Runs are the same every time: each is made once. */
function rowOf(scenario: Scenario, name: string): Row {
  const way = allWays.find((each) => each.name === name)
  if (way === undefined) throw new Error(`there is no way ${name}`)
  const row = rows.get(`${scenario.name} ${name}`) ?? compared(scenario, way)
  rows.set(`${scenario.name} ${name}`, row)
  return row
}

/** Services that it asked replicas for in the recording, where nobody scales. */
const asked = (scenario: Scenario, name: string): readonly string[] => [...rowOf(scenario, name).asked.keys()].sort()

describe('a backlog before the workers', () => {
  it('is nothing that goes by itself', () => {
    expect(rowOf(backlog, 'nobody').outcome.inTime).toBe(0)
  })

  it.each([
    ['HPA on CPU, 60 %', ['orders']],
    ['HPA on memory, 70 %', ['gateway', 'uploads']],
    ['plain/rules.scale', ['gateway', 'orders', 'uploads']],
  ])('is looked for in the wrong place by %s, which helps nobody', (name, services) => {
    expect(asked(backlog, name)).toEqual(services)
    expect(rowOf(backlog, name).outcome.inTime).toBe(0)
  })

  it('is found by the length of the queue', () => {
    expect(asked(backlog, 'queue length, 2 a worker')).toEqual(['workers'])
    expect(rowOf(backlog, 'queue length, 2 a worker').outcome.inTime).toBeGreaterThan(0.99)
  })

  it('is answered by rules on the gap at the workers alone, and orders are in time again', () => {
    expect(asked(backlog, 'rules.scale')).toEqual(['workers'])
    const { inTime, scaled } = rowOf(backlog, 'rules.scale').outcome
    expect([...scaled.keys()]).toEqual(['workers'])
    expect(inTime).toBeGreaterThan(0.99)
  })
})

describe('a saturated database', () => {
  it.each([
    ['HPA on CPU, 60 %', []],
    ['HPA on memory, 70 %', ['uploads']],
  ])('is not found by %s, which helps nobody', (name, services) => {
    expect(asked(saturation, name)).toEqual(services)
    expect(rowOf(saturation, name).outcome.inTime).toBe(0)
  })

  it('is found by plain p99 beside four that are not at fault', () => {
    expect(asked(saturation, 'plain/rules.scale')).toEqual(['database', 'gateway', 'orders', 'uploads', 'workers'])
  })

  it('looks like a backlog to the length of the queue, whose workers make it worse', () => {
    expect(asked(saturation, 'queue length, 2 a worker')).toEqual(['workers'])
    const { inTime, storedPerSecond } = rowOf(saturation, 'queue length, 2 a worker').outcome
    expect(inTime).toBe(0)
    expect(storedPerSecond).toBeLessThan(0.9 * rowOf(saturation, 'nobody').outcome.storedPerSecond)
  })

  it('stores less with more workers', () => {
    const before = rowOf(saturation, 'nobody').outcome.storedPerSecond
    expect(rowOf(saturation, 'twice the workers').outcome.storedPerSecond).toBeLessThan(0.8 * before)
  })

  it('is answered at the database alone, with fewer late orders than by plain p99', () => {
    expect(asked(saturation, 'rules.scale')).toEqual(['database'])
    const { inTime, scaled, late } = rowOf(saturation, 'rules.scale').outcome
    expect([...scaled.keys()]).toEqual(['database'])
    expect(inTime).toBeGreaterThan(0.99)
    expect(late).toBeLessThan(rowOf(saturation, 'plain/rules.scale').outcome.late)
  })
})

describe('the tables', () => {
  it.each(scenarios.map((scenario) => [scenario.title, scenario] as const))('stand in the README: %s', (_, scenario) => {
    const rows = allWays.map(({ name }) => rowOf(scenario, name))
    expect(readFileSync('examples/queue-and-workers/README.md', 'utf8')).toContain(tableOf(scenario, rows))
  })
})
