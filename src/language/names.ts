/**
 * Names of operations and services as patterns see them. One RPC has at least five spellings in real traces
 * (`pkg.Svc/M`, `grpc.pkg.Svc/M`, `/pkg.Svc/M`, `POST /pkg.Svc/M`, `Recv.pkg.Svc/M`); a pattern written in any of them,
 * as `Svc/M` or as `M` means them all. HTTP routes are no RPCs: `GET /api/GetAds` is only ever itself. Case matters.
 */

/** `pkg.Svc/M`; `*` so that patterns pass too. */
const plain = /^[\w*]+(?:\.[\w*]+)*\/[\w*]+$/
/** Behind a slash only what cannot be a path of a website: a service is written `Name`, as protobuf's style has it. */
const slashed = /^\/(?:[\w*]+\.)*[A-Z*][\w*]*\/[\w*]+$/
/** Behind an HTTP method, a package as well: `GET /Home/Index` is a page. */
const posted = /^[A-Z]+ \/(?:[\w*]+\.)+[A-Z*][\w*]*\/[\w*]+$/
/** OpenCensus' plugins write `Recv.pkg.Svc.M`. */
const dotted = /^[\w*]+(?:\.[\w*]+)+$/

/**
 * The name without what some instrumentations put around an RPC's name: `POST `, a leading `/`, `grpc.`, `Recv.`,
 * `Sent.`. A name that is no RPC comes back as it is.
 */
export function canonicalOperation(name: string): string {
  return rpcOf(name) ?? name
}

/** `pkg.Svc/M`, or undefined for a name that is no RPC. */
function rpcOf(name: string): string | undefined {
  const direction = name.startsWith('Recv.') || name.startsWith('Sent.') ? 5 : 0
  const rest = name.slice(direction)
  if (plain.test(rest)) return rest.startsWith('grpc.') ? rest.slice(5) : rest
  if (slashed.test(rest)) return rest.slice(1)
  if (posted.test(rest)) return rest.slice(rest.indexOf('/') + 1)
  if (direction > 0 && dotted.test(rest)) {
    const last = rest.lastIndexOf('.')
    return `${rest.slice(0, last)}/${rest.slice(last + 1)}`
  }
  return undefined
}

/**
 * A test of span names against an operation pattern: the name itself, its canonical name, `Svc/M` or `M`, with `*` for
 * any run of characters. It costs microseconds: ask once a dictionary code, not once a span.
 */
export function operationMatcher(pattern: string): (name: string) => boolean {
  const asWritten = globMatcher(pattern)
  const asRpc = globMatcher(canonicalOperation(pattern))
  return (name) => {
    if (asWritten(name)) return true
    const rpc = rpcOf(name)
    if (rpc === undefined) return false
    const slash = rpc.indexOf('/')
    return asRpc(rpc) || asRpc(rpc.slice(rpc.lastIndexOf('.', slash) + 1)) || asRpc(rpc.slice(slash + 1))
  }
}

export function matchesOperation(pattern: string, name: string): boolean {
  return operationMatcher(pattern)(name)
}

/** A test of service names against a pattern: the name itself, with `*` for any run of characters. */
export function serviceMatcher(pattern: string): (name: string) => boolean {
  return globMatcher(pattern)
}

/**
 * A test of the names of peers, those who send no spans themselves: as of services, and a name without the namespace behind its slash means all of them
 * (`postgresql` also `postgresql/orders`).
 */
export function peerMatcher(pattern: string): (name: string) => boolean {
  const matches = globMatcher(pattern)
  return (name) => matches(name) || matches(peerSystem(name))
}

/** The name without a namespace. */
export function peerSystem(name: string): string {
  const slash = name.indexOf('/')
  return slash < 0 ? name : name.slice(0, slash)
}

/** A test of whole texts against a pattern in which `*` stands for any run of characters, none included. */
export function globMatcher(pattern: string): (text: string) => boolean {
  if (!pattern.includes('*')) return (text) => text === pattern
  return (text) => matchesGlob(pattern, text)
}

/** Greedy, going back to the last star only, which is enough: time is bounded by the product of the lengths. */
function matchesGlob(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let resume = 0
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++
      resume = t
    } else if (p < pattern.length && pattern[p] === text[t]) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++resume
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}
