/** The validating webhook: rules that do not compile are refused when somebody stores them, with the compiler's own words. */
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { compileRuleSet, lineOf, type RuleSet } from './compile.ts'

export interface WebhookOptions {
  readonly host: string
  readonly port: number
  /** PEM files, read again when they change: certificates are rotated. */
  readonly tls: { readonly cert: string; readonly key: string }
}

export interface Webhook {
  readonly port: number
  close(): Promise<void>
}

interface AdmissionReview {
  readonly apiVersion?: string
  readonly kind?: string
  readonly request?: { readonly uid?: string; readonly namespace?: string; readonly operation?: string; readonly object?: RuleSet | null }
}

/** An API server sends an object, and perhaps its predecessor, of at most 1.5 MiB each. */
const longestReview = 8 << 20
const rereadMs = 60_000
export const webhookPath = '/admission/scalerulesets'

/** Throws what the file system or the address has to say. */
export async function startWebhook({ host, port, tls }: WebhookOptions): Promise<Webhook> {
  const credentials = () => ({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) })
  const server: Server = createServer(credentials(), (request, response) => void answer(request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const reread = setInterval(() => {
    try {
      server.setSecureContext(credentials())
    } catch {
      // Half of the new pair is there: the old one goes on until the next look.
    }
  }, rereadMs).unref()
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        clearInterval(reread)
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reply = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
  if (request.url?.split('?')[0] !== webhookPath || request.method !== 'POST') return reply(404, { message: `POST ${webhookPath} is all there is` })
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request) {
      size += (chunk as Buffer).length
      if (size > longestReview) return reply(413, { message: `a review has at most ${longestReview} bytes` })
      chunks.push(chunk as Buffer)
    }
  } catch {
    return
  }
  const review = parse(Buffer.concat(chunks).toString('utf8'))
  const result = review === undefined ? undefined : reviewed(review)
  if (result === undefined) return reply(400, { message: 'expected an AdmissionReview of admission.k8s.io/v1 with a request' })
  reply(200, result)
}

/** The answer to a review; undefined where it is none. */
export function reviewed({ apiVersion, kind, request }: AdmissionReview): object | undefined {
  if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview' || typeof request?.uid !== 'string') return undefined
  const { uid, object, namespace = '' } = request
  const respond = (rest: object): object => ({ apiVersion, kind, response: { uid, ...rest } })
  // A deletion has no object.
  if (object === undefined || object === null) return respond({ allowed: true })
  const { metadata, ...others } = object
  const { problems } = compileRuleSet({ ...others, metadata: { ...metadata, name: metadata?.name ?? '', namespace } })
  const lines = (severity: 'error' | 'warning'): string[] => problems.filter((problem) => problem.severity === severity).map(lineOf)
  const errors = lines('error')
  const warnings = lines('warning').map((line) => line.slice(0, 256))
  const told = warnings.length === 0 ? {} : { warnings }
  if (errors.length === 0) return respond({ allowed: true, ...told })
  return respond({ allowed: false, status: { code: 422, reason: 'Invalid', message: `the rules do not compile: ${errors.slice(0, 5).join('\n')}` }, ...told })
}

function parse(text: string): AdmissionReview | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
