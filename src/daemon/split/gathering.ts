/**
 * The modeler's side of counting: asks every sampler for each tick and hands on what all of them said. A count that is missing is never taken for a smaller
 * one: the tick is then known not to be known.
 */
import type { Counted, CountedTick, CountRequest, SeriesLayout } from '../../evaluate/index.ts'
import { sameLayout } from '../../evaluate/index.ts'
import type { Nanos } from '../../spans/index.ts'
import { countedTick } from '../rpc/cells.ts'
import type { Configured, Count, StatisticsReply, StatisticsRequest } from '../rpc/messages.ts'

/** A connection to one sampler. It may come and go; what is sent while it is away is lost. */
export interface Wire {
  send(request: StatisticsRequest): void
  /** Ends it and begins a new one. */
  renew(): void
  close(): void
}

export interface WireEvents {
  readonly opened: () => void
  readonly received: (reply: StatisticsReply) => void
  readonly closed: (why: string) => void
}

export interface GatheringOptions {
  readonly samplers: readonly string[]
  readonly connect: (sampler: string, events: WireEvents) => Wire
  readonly session: string
  readonly now: () => Nanos
  /** How long a sampler may say nothing before steps go on without it. */
  readonly patienceNs: number
  /** Something has come that may make a step due. */
  readonly wake: () => void
  readonly changed: (sampler: string, message: string) => void
}

/** What every sampler is told of the rules. */
export interface Rules {
  readonly bundle: string
  readonly latenessNs: number
  /** Of the engine: the samplers must count the same. */
  readonly layout: readonly SeriesLayout[]
}

export interface SamplerReport {
  readonly sampler: string
  readonly state: 'connected' | 'connecting' | 'silent'
  readonly instance: string | undefined
  /** Ticks that were judged without this sampler's count. */
  readonly missedTicks: number
  /** How often it was another than before: started anew. */
  readonly restarts: number
  /** Spans that it had counted and that nobody had asked for when it died, as far as it had told. */
  readonly lostSpans: number
  readonly problem: string | undefined
}

export interface Gathering {
  configure(rules: Rules): void
  /** Everything that ended before has been counted; undefined while a sampler that may still come is awaited. */
  readonly watermark: Nanos | undefined
  /** Resolves when every sampler has answered or is given up. One at a time. */
  count(request: CountRequest): Promise<Counted>
  /** Looks at the clock. */
  look(): void
  readonly samplers: readonly SamplerReport[]
  close(): void
}

interface Asked {
  readonly request: CountRequest
  readonly found: Map<Peer, CountedTick | undefined>
  readonly done: PromiseWithResolvers<Counted>
}

export function createGathering(options: GatheringOptions): Gathering {
  let rules: Rules | undefined
  let asked: Asked | undefined
  const peers: readonly Peer[] = options.samplers.map(
    (sampler) =>
      new Peer(
        sampler,
        options,
        () => rules,
        answered,
        (instance, asking) => peers.find((peer) => peer !== asking && peer.isConnectedTo(instance))?.sampler,
      ),
  )

  function answered(peer: Peer): void {
    if (asked !== undefined) settle(asked, peer)
    options.wake()
  }

  /** What can be said of the peer's share of the tick that is asked for, if anything. */
  function settle(current: Asked, peer: Peer): void {
    if (current.found.has(peer)) return
    const share = peer.shareOf(current.request)
    if (share === 'awaited') return
    if (share === 'missing') peer.missedTicks++
    current.found.set(peer, share === 'missing' ? undefined : share)
    if (current.found.size < peers.length) return
    asked = undefined
    const ticks = [...current.found.values()].filter((tick) => tick !== undefined)
    current.done.resolve({ ticks, missing: ticks.length < peers.length })
  }

  return {
    configure(next) {
      rules = next
      for (const peer of peers) peer.configure()
    },
    get watermark() {
      const known = peers.filter((peer) => !peer.isSilent())
      if (known.some(({ reached }) => reached === undefined)) return undefined
      // When nobody is there the clock goes on alone, so that it shows that nothing is known.
      const clock = options.now() - (rules?.latenessNs ?? 0)
      return known.reduce((least, { reached = least }) => Math.min(least, reached), clock)
    },
    count(request) {
      const current: Asked = { request, found: new Map(), done: Promise.withResolvers() }
      asked = current
      for (const peer of peers) peer.ask(request)
      for (const peer of peers) if (asked === current) settle(current, peer)
      return current.done.promise
    },
    look() {
      for (const peer of peers) {
        peer.look()
        if (asked !== undefined) settle(asked, peer)
      }
      options.wake()
    },
    get samplers() {
      return peers.map((peer) => peer.report)
    },
    close() {
      for (const peer of peers) peer.close()
    },
  }
}

class Peer {
  readonly sampler: string
  readonly #options: GatheringOptions
  readonly #rules: () => Rules | undefined
  readonly #answered: (peer: Peer) => void
  /** Another address under which the same sampler was found. */
  readonly #alreadyAt: (instance: string, asking: Peer) => string | undefined
  readonly #wire: Wire
  #open = false
  #configured: Configured | undefined
  #instance: string | undefined
  #heardAt: Nanos
  #silent = false
  #watermark: Nanos | undefined
  #openSpans = 0
  #asked: CountRequest | undefined
  #answer: CountedTick | undefined
  #problem: string | undefined
  missedTicks = 0
  #restarts = 0
  #lostSpans = 0

  constructor(
    sampler: string,
    options: GatheringOptions,
    rules: () => Rules | undefined,
    answered: (peer: Peer) => void,
    alreadyAt: (instance: string, asking: Peer) => string | undefined,
  ) {
    this.sampler = sampler
    this.#alreadyAt = alreadyAt
    this.#options = options
    this.#rules = rules
    this.#answered = answered
    this.#heardAt = options.now()
    this.#wire = options.connect(sampler, {
      opened: () => {
        this.#open = true
        this.configure()
      },
      received: (reply) => this.#receive(reply),
      closed: (why) => this.#closed(why),
    })
  }

  get report(): SamplerReport {
    return {
      sampler: this.sampler,
      state: this.isSilent() ? 'silent' : this.#configured === undefined ? 'connecting' : 'connected',
      instance: this.#instance,
      missedTicks: this.missedTicks,
      restarts: this.#restarts,
      lostSpans: this.#lostSpans,
      problem: this.#problem,
    }
  }

  /** What is before its first whole tick need not be waited for: it will not come. */
  get reached(): Nanos | undefined {
    if (this.#configured === undefined) return undefined
    return Math.max(this.#watermark ?? 0, this.#configured.completeFrom)
  }

  isConnectedTo(instance: string): boolean {
    return this.#configured?.instance === instance
  }

  isSilent(): boolean {
    return this.#options.now() - this.#heardAt > this.#options.patienceNs
  }

  configure(): void {
    const rules = this.#rules()
    this.#configured = undefined
    if (this.#open && rules !== undefined) this.#wire.send({ configure: { session: this.#options.session, bundle: rules.bundle, lateness: rules.latenessNs } })
  }

  ask(request: CountRequest): void {
    this.#asked = request
    this.#answer = undefined
    this.#send()
  }

  shareOf({ start }: CountRequest): CountedTick | 'missing' | 'awaited' {
    if (this.#answer !== undefined) return this.#answer
    if (this.isSilent()) return 'missing'
    return this.#configured !== undefined && this.#configured.completeFrom > start ? 'missing' : 'awaited'
  }

  look(): void {
    const silent = this.isSilent()
    if (silent && !this.#silent) {
      this.#options.changed(this.sampler, 'the sampler says nothing: what it would have counted is unknown until it is back')
      // A connection that is dead without saying so would never end by itself.
      this.#open = false
      this.#configured = undefined
      this.#wire.renew()
    }
    if (!silent && this.#silent) this.#options.changed(this.sampler, 'the sampler is back')
    this.#silent = silent
  }

  close(): void {
    this.#wire.close()
  }

  #send(): void {
    const request = this.#asked
    if (request === undefined || this.#configured === undefined || this.#configured.completeFrom > request.start) return
    this.#wire.send({ count: { start: request.start, end: request.at, epochs: epochsOf(request) } })
  }

  #receive(reply: StatisticsReply): void {
    if (reply.configured !== undefined) this.#begin(reply.configured)
    else if (reply.refused !== undefined) this.#fail(reply.refused)
    else if (reply.progress !== undefined) {
      this.#watermark = reply.progress.watermark
      this.#openSpans = reply.progress.openSpans
    } else if (reply.counted !== undefined && reply.counted.end === this.#asked?.at) {
      this.#answer = countedTick(reply.counted)
      this.#asked = undefined
    }
    // One that is there and cannot be used is as good as silent.
    if (this.#configured !== undefined) this.#heardAt = this.#options.now()
    this.#answered(this)
  }

  #begin(configured: Configured): void {
    const rules = this.#rules()
    if (rules === undefined) return
    if (!sameLayout(configured.layout, rules.layout)) {
      this.#fail('the sampler counts other things than the modeler asks for: both must be the same version of scaled')
      return
    }
    const other = this.#alreadyAt(configured.instance, this)
    if (other !== undefined) {
      this.#fail(`the sampler is the one at ${other}: its spans would be counted twice`)
      return
    }
    if (this.#instance !== undefined && (configured.instance !== this.#instance || !configured.resumed)) {
      if (configured.instance !== this.#instance) this.#restarts++
      this.#lostSpans += this.#openSpans
      this.#openSpans = 0
      this.#watermark = undefined
      this.#options.changed(this.sampler, 'the sampler has begun anew: what it had counted and not told yet is lost')
    }
    this.#problem = undefined
    this.#instance = configured.instance
    this.#configured = configured
    this.#send()
  }

  /** Said once, for it may be tried again and again. */
  #fail(problem: string): void {
    if (problem !== this.#problem) this.#options.changed(this.sampler, problem)
    this.#problem = problem
    this.#configured = undefined
  }

  #closed(why: string): void {
    if (this.#open || this.#problem === undefined) this.#problem = why
    this.#open = false
    this.#configured = undefined
  }
}

function epochsOf({ epochs }: CountRequest): Count['epochs'] {
  return Object.fromEntries([...epochs].map(([target, epoch]) => [target, epoch.kind === 'since' ? { since: epoch.at } : { pending: epoch.since }]))
}
