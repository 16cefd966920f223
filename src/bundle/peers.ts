/**
 * Which attributes of a CLIENT or PRODUCER span say whom it went to, by OpenTelemetry's semantic conventions: the present name of each before the one that it
 * replaced.
 */
import type { AttributeRef } from './ir.ts'

/** The first of these that a span has names its peer. A database is named with its namespace; a broker without its topics, which it serves all alike. */
export const peerNaming: readonly { readonly name: readonly string[]; readonly part: readonly string[] }[] = [
  { name: ['service.peer.name', 'peer.service'], part: [] },
  { name: ['db.system.name', 'db.system'], part: ['db.namespace', 'db.name'] },
  { name: ['messaging.system'], part: [] },
  { name: ['server.address', 'net.peer.name'], part: [] },
]

/** What decoders must read where peers are asked for. */
export const peerAttributes: readonly AttributeRef[] = peerNaming.flatMap(({ name, part }) => [...name, ...part]).map((name) => ({ scope: 'span', name }))
