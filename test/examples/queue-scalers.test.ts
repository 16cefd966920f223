import { describe, expect, it } from 'vitest'
import type { Look } from '../../examples/queue-and-workers/run.ts'
import { hpa, queueLength } from '../../examples/queue-and-workers/scalers.ts'
import { Service, type Utilisation } from '../../examples/queue-and-workers/simulation/services.ts'

const calm: Utilisation = { cpu: 0.1, memory: 0.4 }

function look(orders: Partial<Utilisation>, replicas = 2): Look {
  return {
    second: 15,
    exported: [],
    utilisation: { uploads: calm, orders: { ...calm, ...orders }, gateway: calm, workers: calm, database: calm },
    queueLength: 0,
    replicas: { uploads: 2, orders: replicas, gateway: 2, workers: 4, database: 1 },
  }
}

describe("the HPA's formula", () => {
  it.each([
    ['twice the target', { cpu: 1.2 }, 2, 4],
    ['rounds up', { cpu: 0.7 }, 3, 4],
    ['one and a half times the target', { cpu: 0.9 }, 2, 3],
    ['stays within its limit', { cpu: 6 }, 4, 8],
  ])('%s', (_, orders, before, after) => {
    expect([...hpa('cpu')(look(orders, before))]).toEqual([['orders', after]])
  })

  it.each([
    ['within the tolerance of a tenth', { cpu: 0.65 }],
    ['below the target, where it would wait five minutes', { cpu: 0.2 }],
    ['another resource', { memory: 3 }],
  ])('changes nothing: %s', (_, orders) => {
    expect(hpa('cpu')(look(orders)).size).toBe(0)
  })

  it('takes memory against its own target', () => {
    expect([...hpa('memory')(look({ memory: 1.4 }))]).toEqual([['orders', 4]])
  })

  it('waits for a sample', () => {
    expect(hpa('cpu')({ ...look({ cpu: 2 }), utilisation: undefined }).size).toBe(0)
  })
})

describe('the length of the queue', () => {
  const waiting = (messages: number, second = 15): Look => ({ ...look({}), queueLength: messages, second })

  it('gives each worker so many messages', () => {
    expect([...queueLength(2)(waiting(11))]).toEqual([['workers', 6]])
    expect([...queueLength(2)(waiting(400))]).toEqual([['workers', 24]])
  })

  it('changes nothing with enough workers, or between two looks', () => {
    expect(queueLength(2)(waiting(8)).size).toBe(0)
    expect(queueLength(2)(waiting(40, 16)).size).toBe(0)
  })
})

describe('what the platform sees of a service', () => {
  it('is the average of its replicas, as shares of what they ask for', () => {
    const orders = new Service('orders', 2)
    orders.cpuMs = 5000
    orders.held = 36
    // 5 s of processor time in 10 s are half a processor, over two replicas that ask for a quarter each.
    expect(orders.sample(10_000)).toEqual({ cpu: 1, memory: 0.5 })
    expect(orders.sample(10_000).cpu).toBe(0)
  })
})
