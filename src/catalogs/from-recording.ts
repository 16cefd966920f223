/** A catalog of what was recorded, in one pass and in bounded memory. */
import { peerAttributes } from '../bundle/index.ts'
import { type Catalog, catalogFormat, mergeCatalogs } from '../language/index.ts'
import { type DecodeOptions, decodeMessages, PlausibleTimes, type Recording } from '../recordings/index.ts'
import { createDictionary, SpanTable } from '../spans/index.ts'
import { type AttributeLimits, ServiceAttributes } from './recording/attributes.ts'
import { type CallLimits, Calls } from './recording/calls.ts'
import { type OperationLimits, Operations } from './recording/operations.ts'
import { Peers } from './recording/peers.ts'
import { RecordedTime } from './recording/time.ts'
import { type AttributeVisitor, walkJson, walkProtobuf } from './recording/walk.ts'
import { Workloads } from './recording/workloads.ts'

export interface FromRecordingOptions extends DecodeOptions {
  /** Whether to keep values of attributes; true by default. */
  readonly examples?: boolean
  /** Hears of every message that was read. */
  readonly onProgress?: (spans: number) => void
  readonly limits?: Partial<Limits>
}

export interface Limits extends OperationLimits, CallLimits, Pick<AttributeLimits, 'attributes'> {
  readonly services: number
  readonly workloads: number
}

export interface Learned {
  readonly catalog: Catalog
  readonly spans: number
  /** Time that was recorded. */
  readonly seconds: number
  /** What the catalog leaves out or only estimates, a sentence each. */
  readonly notes: readonly string[]
}

const usualLimits: Limits = {
  ...{ services: 2_000, operations: 20_000, attributes: 300, workloads: 5_000 },
  ...{ exact: 65_536, exactInAll: 1 << 23 },
  ...{ spans: 200_000, calls: 200 },
}

/** Failures of single messages are heard by `onFailure`; the rest is read on. */
export async function catalogFromRecording(recording: Recording, options: FromRecordingOptions = {}): Promise<Learned> {
  const limits = { ...usualLimits, ...options.limits }
  const learner = new Learner(limits, options.examples ?? true)
  const table = new SpanTable(createDictionary(), peerAttributes)
  const times = new PlausibleTimes()
  let implausible = 0
  const onMessage: DecodeOptions['onMessage'] = ({ encoding, bytes }) => {
    if (encoding === 'json') walkJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(), learner)
    else walkProtobuf(bytes, learner)
  }
  for await (const decoded of decodeMessages(recording, table, { ...options, onMessage })) {
    implausible += times.filter(decoded)
    learner.observe(decoded)
    options.onProgress?.(learner.spans)
  }
  return learner.learned(implausible, table.dictionary.refused)
}

class Learner implements AttributeVisitor {
  spans = 0
  readonly #limits: Limits
  readonly #attributeLimits: AttributeLimits
  readonly #operations: Operations
  readonly #calls: Calls
  readonly #peers: Peers
  readonly #time = new RecordedTime()
  readonly #workloads: Workloads
  readonly #services = new Map<string, ServiceAttributes>()
  #present: ServiceAttributes | undefined
  #ids = new Uint32Array(0)

  constructor(limits: Limits, examples: boolean) {
    this.#limits = limits
    this.#attributeLimits = { attributes: limits.attributes, examples }
    this.#operations = new Operations(limits)
    this.#calls = new Calls(this.#operations, limits)
    this.#peers = new Peers(limits)
    this.#workloads = new Workloads(limits.workloads)
  }

  resource(service: string, attributes: Parameters<AttributeVisitor['resource']>[1]): void {
    this.#present = this.#services.get(service)
    if (this.#present === undefined && this.#services.size < this.#limits.services) {
      this.#present = new ServiceAttributes(this.#attributeLimits)
      this.#services.set(service, this.#present)
    }
    this.#workloads.see(service, attributes)
    for (const [name, value] of attributes) {
      const type = value === undefined ? 'other' : typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean'
      // The service's name is what the catalog calls it.
      if (name !== 'service.name') this.#present?.see('resource', name, type, () => value)
    }
  }

  span(...[name, type, value]: Parameters<AttributeVisitor['span']>): void {
    this.#present?.see('span', name, type, value)
  }

  observe(table: SpanTable): void {
    this.spans += table.length
    if (this.#ids.length < table.length) this.#ids = new Uint32Array(table.capacity)
    this.#time.observe(table)
    this.#operations.observe(table, this.#ids)
    this.#calls.observe(table, this.#ids)
    this.#peers.observe(table)
  }

  learned(implausible: number, refusedTexts: number): Learned {
    this.#calls.finish()
    const seconds = this.#time.seconds()
    const byService = this.#operations.byService(seconds, (id) => this.#calls.of(id))
    const services = [...byService].map(([name, operations]) => ({ name, operations, attributes: this.#services.get(name)?.attributes() ?? [] }))
    // What sends spans somewhere is a service, whatever its callers say.
    const catalog = mergeCatalogs([
      { format: catalogFormat, services: [...services, ...this.#peers.services(seconds)], workloads: this.#workloads.workloads() },
    ])
    return { catalog, spans: this.spans, seconds, notes: this.#notes(implausible, refusedTexts) }
  }

  #notes(implausible: number, refusedTexts: number): readonly string[] {
    const { operations, attributes, services, workloads, calls } = this.#limits
    const withMoreAttributes = [...this.#services].filter(([, learned]) => learned.refused > 0).map(([name]) => name)
    const more = (count: number): string => count.toLocaleString('en')
    return [
      ...(implausible === 0 ? [] : [`${more(implausible)} spans are left out: their times cannot be right`]),
      ...(this.#operations.refused === 0
        ? []
        : [
            `only the first ${more(operations)} operations are listed, ${more(this.#operations.refused)} spans of others are left out: do names hold ids or paths?`,
          ]),
      ...(refusedTexts === 0 ? [] : ['there were more names than could be kept; some operations are without one']),
      ...(withMoreAttributes.length === 0 ? [] : [`only the first ${more(attributes)} attributes are listed of ${withMoreAttributes.slice(0, 5).join(', ')}`]),
      ...(this.#services.size < services ? [] : [`attributes are listed of the first ${more(services)} services only`]),
      ...(this.#workloads.refused === 0 ? [] : [`only the first ${more(workloads)} workloads are listed`]),
      ...(this.#calls.capped ? [`an operation with more than ${more(calls)} calls lists the first ones only`] : []),
      ...(this.#calls.early === 0 ? [] : ['some calls may be missing: more traces were under way than are kept at a time']),
      ...(this.#operations.estimated ? ['quantiles of the busiest operations are estimates, within 0.8 %'] : []),
    ]
  }
}
