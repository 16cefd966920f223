/**
 * A database that is bound by its disk and its locks. So many transactions run at full speed; more of them share that speed, and lose some of it
 * to each other: the throughput of a saturated database falls with every transaction that is added.
 */
import { type Clock, Signal } from './events.ts'

interface Transaction {
  /** Milliseconds of work at full speed. */
  left: number
  readonly committed: Signal
}

/** Share of its throughput that each transaction too many costs. */
const contention = 0.06

export class Database {
  readonly #clock: Clock
  readonly #running = new Set<Transaction>()
  #replicas: number
  #slotsOfReplica: number
  #since = 0
  /** Number of the latest plan; events of earlier ones mean nothing. */
  #plan = 0

  constructor(clock: Clock, replicas: number, slotsOfReplica: number) {
    this.#clock = clock
    this.#replicas = replicas
    this.#slotsOfReplica = slotsOfReplica
  }

  set replicas(count: number) {
    this.#advance()
    this.#replicas = count
    this.#await()
  }

  /** Transactions that one replica runs at full speed. */
  set slotsOfReplica(count: number) {
    this.#advance()
    this.#slotsOfReplica = count
    this.#await()
  }

  /** Fires once `work` milliseconds of it are done. */
  transact(work: number): Signal {
    this.#advance()
    const committed = new Signal()
    this.#running.add({ left: work, committed })
    this.#await()
    return committed
  }

  /** Work that one transaction gets done in a millisecond. */
  #speed(): number {
    const slots = this.#replicas * this.#slotsOfReplica
    const excess = this.#running.size - slots
    return excess <= 0 ? 1 : slots / this.#running.size / (1 + contention * excess)
  }

  #advance(): void {
    const done = (this.#clock.now - this.#since) * this.#speed()
    this.#since = this.#clock.now
    for (const transaction of this.#running) transaction.left -= done
  }

  #await(): void {
    const plan = ++this.#plan
    const least = Math.min(...[...this.#running].map(({ left }) => left))
    if (this.#running.size > 0) this.#clock.at(this.#clock.now + Math.max(0, least) / this.#speed(), () => this.#commit(plan))
  }

  #commit(plan: number): void {
    if (plan !== this.#plan) return
    this.#advance()
    const finished = [...this.#running].filter(({ left }) => left < 1e-6)
    for (const transaction of finished) this.#running.delete(transaction)
    this.#await()
    for (const { committed } of finished) committed.fire()
  }
}
