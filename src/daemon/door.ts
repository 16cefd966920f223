/**
 * Who may come in at a listener: TLS, certificates that clients must show, and tokens. Files are read again when they change, so that certificates are rotated
 * and tokens are given and taken back without a restart; a file that is half written leaves what was read before.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { ServerCredentials, ServerInterceptor } from '@grpc/grpc-js'

export interface DoorConfig {
  /** PEM files. With `client_ca` a client must show a certificate of that authority. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly client_ca?: string | undefined } | undefined
  /** A file with a line for each that may come in: `NAME TOKEN`, or `TOKEN` alone; `#` begins a comment. */
  readonly tokens?: string | undefined
}

/** What node:tls takes. */
export interface SecureOptions {
  readonly cert: Buffer
  readonly key: Buffer
  readonly ca?: Buffer
  readonly requestCert: boolean
  readonly rejectUnauthorized: boolean
  readonly minVersion: 'TLSv1.2'
}

export interface Door {
  /** Undefined: plain text. */
  readonly secure: SecureOptions | undefined
  /** Whether the Authorization header lets its sender in: a bearer token, or a name with its token as the password. */
  admits(authorization: string | undefined): boolean
  /** Keeps a TLS server's certificates up to date until the returned function is called. */
  follow(server: { setSecureContext(options: SecureOptions): void }): () => void
}

const lookAgainMs = 30_000
/** Shorter ones can be guessed. */
const shortestToken = 16

/** Everybody, in plain text. */
export const openDoor: Door = { secure: undefined, admits: () => true, follow: () => () => {} }

/** Throws an Error that names the file and what is wrong with it. */
export function createDoor({ tls, tokens }: DoorConfig): Door {
  const load = (): SecureOptions | undefined => (tls === undefined ? undefined : secureOptions(tls))
  let secure = load()
  let known = tokens === undefined ? undefined : readTokens(tokens)
  let lookedAt = performance.now()

  function lookAgain(): void {
    if (tokens === undefined || performance.now() - lookedAt < lookAgainMs) return
    lookedAt = performance.now()
    try {
      known = readTokens(tokens)
    } catch {
      // As it was.
    }
  }

  return {
    get secure() {
      return secure
    },
    admits(authorization) {
      if (known === undefined) return true
      const given = tokenIn(authorization)
      if (given === undefined) return false
      lookAgain()
      const digest = hash(given.token)
      let found = false
      // All are compared, so that the time tells nothing.
      for (const { name, digest: each } of known) if (timingSafeEqual(each, digest) && (given.name === undefined || given.name === name)) found = true
      return found
    },
    follow(server) {
      if (tls === undefined) return () => {}
      const timer = setInterval(() => {
        try {
          const next = load() as SecureOptions
          if (secure !== undefined && next.cert.equals(secure.cert) && next.key.equals(secure.key)) return
          server.setSecureContext(next)
          secure = next
        } catch {
          // As it was.
        }
      }, lookAgainMs).unref()
      return () => clearInterval(timer)
    },
  }
}

/** An HTTP/1.1 server behind the door; who may come in by their token the listener asks. */
export function httpServer(door: Door, options: ServerOptions, listener: RequestListener): Server {
  const { secure } = door
  if (secure === undefined) return createServer(options, listener)
  const server = createSecureServer({ ...options, ...secure }, listener)
  server.on('close', door.follow(server))
  return server
}

/** What a server of @grpc/grpc-js takes: its credentials, and what looks at the tokens. */
export async function grpcDoor(door: Door): Promise<{ readonly credentials: ServerCredentials; readonly interceptors: ServerInterceptor[] }> {
  const { Metadata, ServerCredentials: Credentials, ServerInterceptingCall, status } = await import('@grpc/grpc-js')
  const { secure } = door
  const credentials =
    secure === undefined
      ? Credentials.createInsecure()
      : Credentials.createSsl(secure.ca ?? null, [{ cert_chain: secure.cert, private_key: secure.key }], secure.requestCert)
  const interceptor: ServerInterceptor = (_, call) =>
    new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(metadata, received) {
            const [authorization] = metadata.get('authorization')
            if (door.admits(authorization?.toString())) received(metadata)
            else call.sendStatus({ code: status.UNAUTHENTICATED, details: unauthenticated, metadata: new Metadata() })
          },
        })
      },
    })
  return { credentials, interceptors: [interceptor] }
}

/** For the answer to those who are not let in. */
export const unauthenticated = 'a token is needed here: Authorization: Bearer TOKEN'

function secureOptions({ cert, key, client_ca }: NonNullable<DoorConfig['tls']>): SecureOptions {
  const ca = client_ca === undefined ? undefined : readFileSync(client_ca)
  return {
    cert: readFileSync(cert),
    key: readFileSync(key),
    ...(ca === undefined ? {} : { ca }),
    requestCert: ca !== undefined,
    rejectUnauthorized: ca !== undefined,
    minVersion: 'TLSv1.2',
  }
}

interface Token {
  readonly name: string | undefined
  readonly digest: Buffer
}

function readTokens(file: string): readonly Token[] {
  const found: Token[] = []
  for (const [i, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    const words = line
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/)
    const token = words.at(-1)
    if (token === undefined || token === '') continue
    if (words.length > 2) throw new Error(`${file}:${i + 1}: expected NAME TOKEN, or a TOKEN alone`)
    if (token.length < shortestToken) throw new Error(`${file}:${i + 1}: a token has at least ${shortestToken} characters`)
    found.push({ name: words.length === 2 ? words[0] : undefined, digest: hash(token) })
  }
  if (found.length === 0) throw new Error(`${file} has no token: nobody could come in`)
  return found
}

/** Of equal length, whatever the token's. */
function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function tokenIn(authorization: string | undefined): { readonly token: string; readonly name?: string } | undefined {
  const [, scheme = '', credentials = ''] = /^(\w+) +(\S+)$/.exec(authorization?.trim() ?? '') ?? []
  if (scheme.toLowerCase() === 'bearer') return { token: credentials }
  if (scheme.toLowerCase() !== 'basic') return undefined
  const text = Buffer.from(credentials, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { name: text.slice(0, colon), token: text.slice(colon + 1) }
}
