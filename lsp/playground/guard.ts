/**
 * Who may speak to a server on this machine: pages that it served itself. Any page in the world can send requests to 127.0.0.1, and one whose name has been made
 * to mean 127.0.0.1 can read the answers (DNS rebinding); both show in these headers, which pages cannot choose.
 */
import type { IncomingHttpHeaders } from 'node:http'

/** Why the request is refused; undefined where it is not. Of a WebSocket the origin must be there: browsers always say it. */
export function refusal(headers: IncomingHttpHeaders, port: number, kind: 'page' | 'socket'): string | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const { host, origin } = headers
  if (host === undefined || !hosts.includes(host)) return `this server answers to ${hosts.join(' and ')} only`
  if (origin === undefined) return kind === 'socket' ? 'a request without an origin is no page of this server' : undefined
  return hosts.some((own) => origin === `http://${own}`) ? undefined : 'pages of other origins may not speak to this server'
}

/** Nothing from elsewhere is loaded, nothing is framed; styles are written by the editor and the charts themselves. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
}
