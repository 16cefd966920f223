/** Canonical JSON: the same value is always the same bytes. */
import { createHash } from 'node:crypto'

/** JSON without white space, members in the order of their keys' code units, those that are undefined left out. */
export function canonical(value: unknown): string {
  // A sorted copy for JSON.stringify takes half the time of joining the text here.
  return JSON.stringify(sorted(value))
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(sorted)
  const members = value as Readonly<Record<string, unknown>>
  // Without a prototype, for `__proto__` to be a key like any other.
  const copy: Record<string, unknown> = { __proto__: null } as never
  for (const key of Object.keys(members).sort()) copy[key] = sorted(members[key])
  return copy
}

/** `sha256:` and the hash of the canonical JSON, in hex. */
export function digestOf(value: unknown): string {
  return `sha256:${createHash('sha256').update(canonical(value)).digest('hex')}`
}
