/** What the platform can see of a service without its traces: replicas, processor time and memory. */

export const serviceNames = ['uploads', 'orders', 'gateway', 'workers', 'database'] as const

export type ServiceName = (typeof serviceNames)[number]

/** What one replica asks the scheduler for, which autoscalers divide by. */
interface Request {
  /** Processors. */
  readonly cpu: number
  /** MB. */
  readonly memory: number
  /** MB that an idle replica takes. */
  readonly idleMemory: number
}

const requests: Readonly<Record<ServiceName, Request>> = {
  uploads: { cpu: 0.25, memory: 256, idleMemory: 110 },
  orders: { cpu: 0.25, memory: 256, idleMemory: 110 },
  gateway: { cpu: 0.25, memory: 512, idleMemory: 130 },
  workers: { cpu: 0.5, memory: 128, idleMemory: 60 },
  database: { cpu: 1, memory: 2048, idleMemory: 1000 },
}

export interface Utilisation {
  readonly cpu: number
  readonly memory: number
}

export class Service {
  replicas: number
  /** Milliseconds of processor time since it was sampled last. */
  cpuMs = 0
  /** MB that requests hold right now. */
  held = 0
  readonly #request: Request

  constructor(name: ServiceName, replicas: number) {
    this.replicas = replicas
    this.#request = requests[name]
  }

  /** The average of its replicas over the last `ms`, as shares of what they asked for. */
  sample(ms: number): Utilisation {
    const { cpu, memory, idleMemory } = this.#request
    const used = this.cpuMs / ms / this.replicas
    this.cpuMs = 0
    return { cpu: used / cpu, memory: (idleMemory + this.held / this.replicas) / memory }
  }
}
