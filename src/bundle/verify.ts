/** Whether a bundle may be loaded by somebody who trusts these keys. */

import type { Bundle } from './ir.ts'
import { readBundle } from './read.ts'
import { isSignedBy, type PublicKey } from './sign.ts'

export type Trust =
  /** Ids of the keys that signed it; none when none is asked for. */
  { readonly trusted: true; readonly by: readonly string[] } | { readonly trusted: false; readonly why: string }

/**
 * With keys, a signature of one of them is needed, and none of theirs may be wrong; signatures of other keys do not matter. Without keys
 * a bundle must have no signature: somebody wanted it verified, and nobody here can.
 */
export function verifySignatures(bundle: Bundle, keys: readonly PublicKey[]): Trust {
  const signatures = bundle.signatures ?? []
  if (keys.length === 0) {
    if (signatures.length === 0) return { trusted: true, by: [] }
    return refused(`the bundle is signed (by key ${signatures.map(({ key }) => key).join(' and ')}), and no public key is configured to verify it with`)
  }
  const expected = keys.map(({ id }) => id).join(' or ')
  if (signatures.length === 0) return refused(`the bundle is not signed, and a signature of key ${expected} is expected`)
  const by: string[] = []
  for (const signature of signatures) {
    const key = keys.find(({ id }) => id === signature.key)
    if (key === undefined) continue
    if (!isSignedBy(bundle.digest, signature, key))
      return refused(`the signature of key ${key.id} is not one of this bundle: the bundle or the signature was changed after signing`)
    by.push(key.id)
  }
  if (by.length === 0)
    return refused(`the bundle is signed by key ${signatures.map(({ key }) => key).join(' and ')}, and a signature of key ${expected} is expected`)
  return { trusted: true, by }
}

function refused(why: string): Trust {
  return { trusted: false, why }
}

/** What `readBundle` and then `verifySignatures` say: the only way in for somebody who does not trust where the file came from. */
export function readTrusted(
  json: string,
  keys: readonly PublicKey[],
): { readonly bundle: Bundle; readonly by: readonly string[] } | { readonly error: string } {
  const read = readBundle(json)
  if ('error' in read) return read
  const trust = verifySignatures(read.bundle, keys)
  return trust.trusted ? { bundle: read.bundle, by: trust.by } : { error: trust.why }
}
