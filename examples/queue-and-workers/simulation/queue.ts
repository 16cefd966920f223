/** A queue in front of workers, of which each does one thing at a time. It takes so many messages and no more: whoever publishes then waits. */
import { Signal } from './events.ts'

export class Queue<T> {
  readonly #capacity: number
  readonly #consume: (message: T, done: () => void) => void
  readonly #messages: T[] = []
  readonly #publishers: { readonly message: T; readonly accepted: Signal }[] = []
  #busy = 0
  #workers: number

  constructor(capacity: number, workers: number, consume: (message: T, done: () => void) => void) {
    this.#capacity = capacity
    this.#workers = workers
    this.#consume = consume
  }

  /** Messages that are inside and that nobody has taken. */
  get length(): number {
    return this.#messages.length
  }

  /** With fewer of them, those that are at work finish first. */
  set workers(count: number) {
    this.#workers = count
    this.#dispatch()
  }

  /** Fires once the queue has the message. */
  publish(message: T): Signal {
    const accepted = new Signal()
    this.#publishers.push({ message, accepted })
    this.#accept()
    this.#dispatch()
    return accepted
  }

  /** Withdraws what has not been accepted yet. */
  abandon(accepted: Signal): void {
    const place = this.#publishers.findIndex((publisher) => publisher.accepted === accepted)
    if (place >= 0) this.#publishers.splice(place, 1)
  }

  #accept(): void {
    while (this.#messages.length < this.#capacity) {
      const next = this.#publishers.shift()
      if (next === undefined) return
      this.#messages.push(next.message)
      next.accepted.fire()
    }
  }

  #dispatch(): void {
    while (this.#busy < this.#workers) {
      const message = this.#messages.shift()
      if (message === undefined) return
      this.#busy++
      this.#accept()
      this.#consume(message, () => {
        this.#busy--
        this.#dispatch()
      })
    }
  }
}
