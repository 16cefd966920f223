/**
 * Virtual time: events in the order of their moments, those of one moment in the order in which they were asked for. A process is a generator that
 * yields what it waits for, so that it reads from top to bottom.
 */

/** Something that happens once; who waits for it goes on then, or at once if it has happened. */
export class Signal {
  #happened = false
  readonly #waiting: (() => void)[] = []

  get happened(): boolean {
    return this.#happened
  }

  fire(): void {
    if (this.#happened) return
    this.#happened = true
    for (const resume of this.#waiting.splice(0)) resume()
  }

  whenFired(resume: () => void): void {
    if (this.#happened) resume()
    else this.#waiting.push(resume)
  }
}

export type Process = Generator<Signal, void, void>

interface Event {
  readonly at: number
  readonly order: number
  readonly happen: () => void
}

export class Clock {
  /** Milliseconds since the start. */
  now = 0
  #order = 0
  /** A binary heap, the next event first. */
  readonly #events: Event[] = []

  at(moment: number, happen: () => void): void {
    const events = this.#events
    const event = { at: Math.max(moment, this.now), order: this.#order++, happen }
    let place = events.length
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = events[above] as Event
      if (!before(event, parent)) break
      events[place] = parent
      place = above
    }
    events[place] = event
  }

  after(ms: number): Signal {
    const signal = new Signal()
    this.at(this.now + ms, () => signal.fire())
    return signal
  }

  /** Starts a process. */
  start(process: Process): void {
    const { done, value } = process.next()
    if (done !== true) value.whenFired(() => this.start(process))
  }

  /** Lets everything happen until the moment, which is then now. */
  run(until: number): void {
    for (let next = this.#events[0]; next !== undefined && next.at <= until; next = this.#events[0]) {
      this.#removeFirst()
      this.now = next.at
      next.happen()
    }
    this.now = until
  }

  #removeFirst(): void {
    const events = this.#events
    const last = events.pop()
    if (last === undefined || events.length === 0) return
    let place = 0
    for (let child = 1; child < events.length; child = 2 * place + 1) {
      const right = events[child + 1]
      if (right !== undefined && before(right, events[child] as Event)) child++
      const least = events[child] as Event
      if (!before(least, last)) break
      events[place] = least
      place = child
    }
    events[place] = last
  }
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/** Happens with the first of the two. */
export function either(a: Signal, b: Signal): Signal {
  const first = new Signal()
  a.whenFired(() => first.fire())
  b.whenFired(() => first.fire())
  return first
}
