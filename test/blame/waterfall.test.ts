import { describe, expect, it } from 'vitest'
import { legend, waterfall } from '../../src/blame/index.ts'
import { type Call, logOf } from './calls.ts'

function drawn(call: Call, options: Parameters<typeof waterfall>[2] = {}): string[] {
  return waterfall(logOf([{ from: 0, every: 1, count: 1, call: () => call }]), 0, { columns: 80, ...options })
}

const page: Call = {
  service: 'frontend',
  operation: 'GET /',
  self: 20,
  calls: [
    { service: 'catalog', operation: 'shop.Catalog/List', self: 30, gap: 10, calls: [{ service: 'db', operation: 'SELECT items', self: 20, gap: 2 }] },
    { service: 'cart', operation: '/v1/cart/{id}', self: 10, gap: 100 },
    { service: 'mail', operation: 'Ping', self: 0.2, gap: 0.1 },
  ],
}

describe('a trace as text', () => {
  it('shows own work, waits and gaps to scale, and leaves out what is short', () => {
    expect(drawn(page)).toEqual([
      '                      0                            192ms    took    self     gap',
      '* frontend/GET /      ██░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░██   192ms    20ms',
      '*  catalog/List         ·██░░░░███·                         52ms    30ms    10ms',
      '*   db/SELECT items        ████                             20ms    20ms     2ms',
      '*  cart /v1/cart/{id}              ·········█·········      10ms    10ms   100ms',
      '  and 1 shorter span',
    ])
  })

  it('keeps the spans of the service that it is about', () => {
    expect(drawn(page, { service: 'mail' }).join('\n')).toContain('mail/Ping')
    const few = drawn(page, { service: 'cart', rows: 2 })
    expect(few.map((line) => line.slice(0, 22).trim()).slice(1)).toEqual(['* frontend/GET /', '*  cart /v1/cart/{id}', 'and 3 shorter spans'])
  })

  it('shows what goes on when the caller has given up', () => {
    const call: Call = { service: 'frontend', operation: 'GET /', self: 10, calls: [{ service: 'ads', operation: 'Get', self: 400, gap: 20, timeout: 100 }] }
    expect(drawn(call)).toEqual([
      '                    0                              415ms    took    self     gap',
      '* frontend/GET /    ░░░░░░░░░░                             110ms    10ms',
      '*  ads/Get          ·████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒   400ms   400ms',
    ])
  })

  it('is never wider than it may be, whatever the names and however deep the calls', () => {
    let call: Call = { service: 'leaf', operation: 'x'.repeat(300), self: 5, gap: 1 }
    for (let depth = 0; depth < 60; depth++) call = { service: `service-with-a-long-name-${depth}`, operation: 'GET /', self: 5, gap: 1, calls: [call] }
    for (const columns of [80, 100, 120]) {
      const lines = drawn(call, { columns, rows: 100 })
      expect(lines).toHaveLength(62)
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns)
    }
    expect(legend.length).toBeLessThanOrEqual(100)
  })
})
