/**
 * The architecture of the paper's figure 1: two services, a gateway, a queue, workers and a database. `uploads` is sent 5 MB at a time and has
 * patience, `orders` is small and must be answered within 500 ms. Both are answered once the queue has their message; the workers then check and
 * store it. When the queue is full the gateway has to wait, and everything before it.
 */

import { Database } from './database.ts'
import { Clock, either, type Process, Signal } from './events.ts'
import { Queue } from './queue.ts'
import { type Chance, chanceOf } from './random.ts'
import { Service, type ServiceName, serviceNames } from './services.ts'
import { Recorder, type Span } from './spans.ts'

/** The load and the state of the database, as functions of the second. */
export interface Conditions {
  readonly uploadsPerSecond: (second: number) => number
  readonly ordersPerSecond: (second: number) => number
  /** Transactions that one replica of the database runs at full speed. */
  readonly transactions: (second: number) => number
}

export type Replicas = Readonly<Record<ServiceName, number>>

interface Message {
  readonly producer: Span
  readonly megabytes: number
}

interface Kind {
  readonly service: 'uploads' | 'orders'
  readonly operation: string
  readonly megabytes: number
  readonly timeoutMs: number
  readonly attempts: number
}

export const ordersTimeoutMs = 500
const upload: Kind = { service: 'uploads', operation: 'POST /uploads', megabytes: 5, timeoutMs: 30_000, attempts: 1 }
const order: Kind = { service: 'orders', operation: 'POST /orders', megabytes: 0.1, timeoutMs: ordersTimeoutMs, attempts: 2 }

/** Messages that the queue takes. */
const queueCapacity = 40
const networkMs = 1
/** So long the gateway tries to publish. */
const publishTimeoutMs = 8000
/** Of a transaction by itself. */
const transactionMs = 85

export class System {
  readonly clock = new Clock()
  readonly spans = new Recorder()
  readonly services: Readonly<Record<ServiceName, Service>>
  /** Of orders: all that were answered, and those in time. */
  answered = 0
  inTime = 0
  /** Messages that are in the database. */
  stored = 0
  readonly #conditions: Conditions
  readonly #chance: Chance
  readonly #queue: Queue<Message>
  readonly #database: Database

  constructor(conditions: Conditions, replicas: Replicas, seed = 2024) {
    this.#chance = chanceOf(seed)
    this.#conditions = conditions
    this.services = Object.fromEntries(serviceNames.map((name) => [name, new Service(name, replicas[name])])) as Record<ServiceName, Service>
    this.#database = new Database(this.clock, replicas.database, conditions.transactions(0))
    this.#queue = new Queue(queueCapacity, replicas.workers, (message, done) => this.clock.start(this.#work(message, done)))
    this.clock.start(this.#arrivals(upload, conditions.uploadsPerSecond))
    this.clock.start(this.#arrivals(order, conditions.ordersPerSecond))
  }

  /** What the queue's own metrics say: publishers that it keeps waiting are not in it. */
  get queueLength(): number {
    return this.#queue.length
  }

  scale(name: ServiceName, replicas: number): void {
    this.services[name].replicas = replicas
    if (name === 'workers') this.#queue.workers = replicas
    if (name === 'database') this.#database.replicas = replicas
  }

  get #second(): number {
    return this.clock.now / 1000
  }

  *#arrivals(kind: Kind, rate: (second: number) => number): Process {
    while (true) {
      yield this.clock.after(this.#chance.exponential(1000 / rate(this.#second)))
      this.clock.start(this.#request(kind))
    }
  }

  /** uploads and orders: a little work, then a call of the gateway, again if it takes too long. */
  *#request({ service: name, operation, megabytes, timeoutMs, attempts }: Kind): Process {
    const { clock, spans } = this
    const service = this.services[name]
    const server = spans.root(name, operation, clock.now)
    service.held += megabytes
    let answer = new Signal()
    for (let attempt = 1; attempt <= attempts && !answer.happened; attempt++) {
      // Every attempt serialises the payload anew, and a new connection costs as much again.
      service.cpuMs += attempt === 1 ? 4 : 8
      yield clock.after(this.#chance.between(2, 4))
      answer = new Signal()
      const client = spans.child(server, name, 'POST /messages', 'client', clock.now)
      clock.start(this.#forward(client, megabytes, answer))
      yield either(answer, clock.after(timeoutMs))
      spans.end(client, clock.now, !answer.happened)
    }
    service.held -= megabytes
    spans.end(server, clock.now, !answer.happened)
    if (name === 'uploads') return
    this.answered++
    if (answer.happened && server.end - server.start <= ordersTimeoutMs) this.inTime++
  }

  /** The gateway: it cannot know that its caller has given up. */
  *#forward(client: Span, megabytes: number, answer: Signal): Process {
    const { clock, spans } = this
    const { gateway } = this.services
    yield clock.after(networkMs)
    const server = spans.child(client, 'gateway', 'POST /messages', 'server', clock.now)
    gateway.held += megabytes
    gateway.cpuMs += 2
    yield clock.after(this.#chance.between(1, 3))
    const producer = spans.child(server, 'gateway', 'publish messages', 'producer', clock.now)
    const accepted = this.#queue.publish({ producer, megabytes })
    yield either(accepted, clock.after(publishTimeoutMs))
    this.#queue.abandon(accepted)
    spans.end(producer, clock.now, !accepted.happened)
    gateway.held -= megabytes
    spans.end(server, clock.now, !accepted.happened)
    yield clock.after(networkMs)
    answer.fire()
  }

  /** A worker: checks a message and stores it. */
  *#work({ producer, megabytes }: Message, done: () => void): Process {
    const { clock, spans } = this
    const { workers, database } = this.services
    const consumer = spans.child(producer, 'workers', 'process messages', 'consumer', clock.now)
    workers.held += megabytes
    workers.cpuMs += 10
    yield clock.after(this.#chance.between(8, 16))
    const client = spans.child(consumer, 'workers', 'INSERT messages', 'client', clock.now)
    yield clock.after(networkMs)
    const server = spans.child(client, 'database', 'INSERT messages', 'server', clock.now)
    database.cpuMs += 8
    database.held += 2 * megabytes
    this.#database.slotsOfReplica = this.#conditions.transactions(this.#second)
    yield this.#database.transact(transactionMs * this.#chance.between(0.8, 1.2))
    database.held -= 2 * megabytes
    spans.end(server, clock.now)
    yield clock.after(networkMs)
    spans.end(client, clock.now)
    workers.held -= megabytes
    spans.end(consumer, clock.now)
    this.stored++
    done()
  }
}
