/** Tempo's HTTP API: requests for names and ids that are repeated where that helps, single ones for traces, and errors that say what to do. */

export interface TempoOptions {
  /** `http://tempo:3200`, with a path where there is one in front of Tempo. */
  readonly url: string
  /** Of a Tempo with several tenants; `a|b` for more than one. */
  readonly tenant?: string
  /** Further headers, such as Authorization. */
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly sleep?: (ms: number) => Promise<void>
  /** Of one request; 30,000 by default. */
  readonly timeoutMs?: number
}

export interface TempoError {
  /** One sentence. */
  readonly error: string
}

export interface Tempo {
  /** The JSON of an answer; anything else is an error. */
  get(path: string, parameters: Parameters): Promise<{ readonly body: unknown } | TempoError>
  /** One request that is not repeated. */
  getProtobuf(path: string, parameters: Parameters): Promise<RawAnswer>
  getJson(path: string, parameters: Parameters): Promise<RawAnswer>
}

export type Parameters = Readonly<Record<string, string | number | undefined>>

export interface RawAnswer {
  /** 0 when there was none. */
  readonly status: number
  readonly bytes: Uint8Array
  readonly contentType: string
  /** What the server, or the network, said that is not an answer; empty for 200. */
  readonly message: string
  readonly retryAfterMs: number | undefined
}

const attempts = 5
/** Of these Tempo says that they pass: a limit on rates, a queue that is full, a querier that restarts. */
const passing = new Set([429, 502, 503, 504])
const longestWaitMs = 30_000

export function tempoAt(options: TempoOptions): Tempo | TempoError {
  const { now = Date.now, sleep = pause, timeoutMs = 30_000 } = options
  const base = baseOf(options.url)
  if (base === undefined) return { error: `${options.url} is not the address of a Tempo: write it as http://tempo:3200` }
  // JSON is what these endpoints give unless asked for protobuf.
  const headers = { accept: 'application/json', ...options.headers, ...(options.tenant === undefined ? {} : { 'x-scope-orgid': options.tenant }) }

  async function ask(url: URL): Promise<Answer> {
    try {
      const response = await fetch(url, { headers, redirect: 'follow', signal: AbortSignal.timeout(timeoutMs) })
      return { status: response.status, text: await response.text(), retryAfter: response.headers.get('retry-after') }
    } catch (error) {
      return { status: 0, text: reasonOf(error, timeoutMs), retryAfter: null }
    }
  }

  const urlOf = (path: string, parameters: Parameters): URL => {
    const url = new URL(base + path)
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, String(value))
    return url
  }

  async function once(url: URL, accept: string): Promise<RawAnswer> {
    try {
      const response = await fetch(url, { headers: { ...headers, accept }, redirect: 'follow', signal: AbortSignal.timeout(timeoutMs) })
      const bytes = new Uint8Array(await response.arrayBuffer())
      const { status } = response
      const asked = response.headers.get('retry-after')
      const message = status === 200 ? '' : firstLineOf(Buffer.from(bytes).toString())
      const retryAfterMs = asked === null ? undefined : waitOf(asked, 0, now())
      return { status, bytes, contentType: response.headers.get('content-type') ?? '', message, retryAfterMs }
    } catch (error) {
      return { status: 0, bytes: new Uint8Array(0), contentType: '', message: reasonOf(error, timeoutMs), retryAfterMs: undefined }
    }
  }

  return {
    // Matched by Tempo as a part of the text: `application/x-protobuf` would give JSON.
    getProtobuf: (path, parameters) => once(urlOf(path, parameters), 'application/protobuf'),
    getJson: (path, parameters) => once(urlOf(path, parameters), 'application/json'),
    async get(path, parameters) {
      const url = urlOf(path, parameters)
      for (let attempt = 1; ; attempt++) {
        const answer = await ask(url)
        if (answer.status === 200) return bodyOf(answer, url)
        if (attempt === attempts || !(answer.status === 0 || passing.has(answer.status))) return errorOf(answer, url, attempt)
        await sleep(waitOf(answer.retryAfter, attempt, now()))
      }
    },
  }
}

interface Answer {
  /** 0 when there was none. */
  readonly status: number
  /** The body, or why there is no answer. */
  readonly text: string
  readonly retryAfter: string | null
}

function baseOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'http:' || url.protocol === 'https:' ? `${url.origin}${url.pathname.replace(/\/+$/, '')}` : undefined
}

function bodyOf({ text }: Answer, url: URL): { readonly body: unknown } | TempoError {
  try {
    return { body: JSON.parse(text) }
  } catch {
    return { error: `${url.origin}${url.pathname} answered something else than JSON: is this a Tempo, or a login page in front of it?` }
  }
}

function errorOf({ status, text }: Answer, url: URL, tried: number): TempoError {
  const where = `${url.origin}${url.pathname}`
  const said = firstLineOf(text)
  const why = said === '' ? '' : `: ${said}`
  const times = tried === 1 ? '' : ` ${tried} times`
  switch (status) {
    case 0:
      return { error: `${where} could not be asked${times}${why}` }
    case 401:
    case 403:
      return { error: `${where} does not let us in (${status})${why}; a Tempo with tenants needs one (--tenant), one behind a login a header (--header)` }
    case 404:
      return { error: `${where} is not there: the address may lack its path, and tag values need Tempo 2.2 or newer` }
    default:
      return { error: `${where} answered ${status}${times}${why}` }
  }
}

function firstLineOf(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 200) ?? ''
}

/** As the server says, in seconds or as a date; else twice as long each time. */
function waitOf(retryAfter: string | null, attempt: number, now: number): number {
  const seconds = Number(retryAfter ?? Number.NaN)
  const until = Date.parse(retryAfter ?? '')
  const asked = Number.isFinite(seconds) ? seconds * 1000 : Number.isFinite(until) ? until - now : 250 * 2 ** attempt
  return Math.min(longestWaitMs, Math.max(0, asked))
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) throw error
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`
  const { cause } = error
  // fetch says `fetch failed` and keeps the reason in the cause.
  return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : error.message
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
