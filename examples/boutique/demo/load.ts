/**
 * An open-loop load generator: requests leave when they are due, however long earlier ones take, as those of independent users do.
 * Latency counts from the due time, so that a generator that falls behind cannot hide it.
 */
import { Agent, get } from 'node:http'

export interface Phase {
  readonly name: string
  readonly seconds: number
  readonly perSecond: number
}

export interface Sample {
  /** Seconds since the start of the load when the request was due. */
  readonly due: number
  readonly latencyMs: number
  readonly ok: boolean
}

export interface Load {
  readonly samples: readonly Sample[]
  /** Resolves when the last request that was sent has ended. */
  readonly done: Promise<void>
  /** Sends no more. */
  stop(): void
}

/** A small seeded generator (mulberry32) of numbers in [0, 1): the same arrivals in every run. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** When each request is due, in seconds: a Poisson process whose rate changes at the phases' borders. */
export function arrivals(phases: readonly Phase[], random: () => number): number[] {
  const due: number[] = []
  let start = 0
  for (const { seconds, perSecond } of phases) {
    const gap = (): number => -Math.log(1 - random()) / perSecond
    // Memoryless: what is left of a gap at a border can be drawn anew at the new rate.
    let t = start + gap()
    while (t < start + seconds) {
      due.push(t)
      t += gap()
    }
    start += seconds
  }
  return due
}

export function startLoad(base: string, phases: readonly Phase[], seed: number): Load {
  const random = seeded(seed)
  const due = arrivals(phases, random)
  const items = ['sunglasses', 'tank-top', 'watch', 'loafers', 'hairdryer', 'candle-holder', 'salt-shaker', 'bamboo-jar', 'mug']
  const agent = new Agent({ keepAlive: true })
  const samples: Sample[] = []
  const started = performance.now()
  let next = 0
  let open = 0
  let timer: NodeJS.Timeout | undefined
  let finish: () => void = () => {}
  const done = new Promise<void>((resolve) => {
    finish = resolve
  }).finally(() => agent.destroy())

  const send = (dueAt: number): void => {
    open++
    const end = (ok: boolean): void => {
      open--
      samples.push({ due: dueAt, latencyMs: performance.now() - started - dueAt * 1000, ok })
      if (open === 0 && next >= due.length) finish()
    }
    const path = `/product/${items[Math.floor(random() * items.length)]}`
    get(`${base}${path}`, { agent, timeout: 30_000 }, (response) => {
      response.resume()
      response.once('close', () => end(response.complete && response.statusCode === 200))
    })
      .once('timeout', function (this: { destroy(error: Error): void }) {
        this.destroy(new Error('no answer for 30 s'))
      })
      .once('error', () => end(false))
  }
  const pump = (): void => {
    const now = (performance.now() - started) / 1000
    for (let at = due[next]; at !== undefined && at <= now; at = due[++next]) send(at)
    const at = due[next]
    if (at !== undefined) timer = setTimeout(pump, Math.max(1, (at - now) * 1000))
    else if (open === 0) finish()
  }
  pump()
  return {
    samples,
    done,
    stop() {
      clearTimeout(timer)
      next = due.length
      if (open === 0) finish()
    },
  }
}

/** Nearest rank: the value at rank ⌈q·n⌉; undefined of nothing. */
export function quantile(values: readonly number[], q: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]
}
