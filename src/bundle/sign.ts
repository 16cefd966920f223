/**
 * Ed25519 signatures of bundles, over the digest. What is signed is the text `scale-bundle-v1 DIGEST`, so that a key that signs other things
 * too cannot be made to sign a bundle unawares.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import type { Bundle, SignatureIR } from './ir.ts'

export interface PublicKey {
  /** Sixteen hex digits of the SHA-256 of the key's SPKI DER form. */
  readonly id: string
  readonly key: KeyObject
}

export interface PrivateKey extends PublicKey {
  readonly secret: KeyObject
}

/** The text to sign and to verify. */
function statement(digest: string): Buffer {
  return Buffer.from(`scale-bundle-v1 ${digest}\n`)
}

/** The bundle with one more signature; an older one of the same key is replaced. By key id, so that the order of signing leaves no trace. */
export function signBundle(bundle: Bundle, { id, secret }: PrivateKey): Bundle {
  const signature: SignatureIR = { algorithm: 'ed25519', key: id, value: sign(null, statement(bundle.digest), secret).toString('base64') }
  const others = (bundle.signatures ?? []).filter(({ key }) => key !== id)
  return { ...bundle, signatures: [...others, signature].sort((a, b) => (a.key < b.key ? -1 : 1)) }
}

/** Whether this key made this signature of a bundle with this digest. */
export function isSignedBy(digest: string, signature: SignatureIR, { key }: PublicKey): boolean {
  return verify(null, statement(digest), key, Buffer.from(signature.value, 'base64'))
}

/** Errors: not PEM, another algorithm, a passphrase that is missing or wrong. */
export function readPrivateKey(pem: string, passphrase?: string): PrivateKey | { readonly error: string } {
  if (/-----BEGIN (?:[A-Z]+ )?PUBLIC KEY-----/.test(pem)) return { error: 'is a public key: signing takes the private one' }
  let secret: KeyObject
  try {
    secret = createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) })
  } catch (error) {
    if (!pem.includes('ENCRYPTED')) return { error: `is not a private key in PEM form (${reason(error)})` }
    return { error: passphrase === undefined ? 'is encrypted: a passphrase is needed' : 'cannot be decrypted with this passphrase' }
  }
  return notEd25519(secret) ?? { ...publicKey(createPublicKey(secret)), secret }
}

const block = /-----BEGIN ([A-Z ]+)-----[^-]*-----END \1-----/g

/** Every public key of a file, which may hold several, as while keys are rotated. Errors: none in it, a private key, another algorithm. */
export function readPublicKeys(pem: string): readonly PublicKey[] | { readonly error: string } {
  const keys: PublicKey[] = []
  for (const [text, label = ''] of pem.matchAll(block)) {
    // What verifies must not be able to sign: the private key belongs on no machine that only loads bundles.
    if (label.includes('PRIVATE')) return { error: 'holds a private key: verifying takes the public one' }
    let key: KeyObject
    try {
      key = createPublicKey(text)
    } catch (error) {
      return { error: `holds something that is not a public key (${reason(error)})` }
    }
    const wrong = notEd25519(key)
    if (wrong !== undefined) return wrong
    keys.push(publicKey(key))
  }
  return keys.length > 0 ? keys : { error: 'holds no public key in PEM form' }
}

/** A new pair, as PEM. */
export function generateKeys(): { readonly id: string; readonly privatePem: string; readonly publicPem: string } {
  const pair = generateKeyPairSync('ed25519')
  return {
    id: publicKey(pair.publicKey).id,
    privatePem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicPem: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

function publicKey(key: KeyObject): PublicKey {
  const der = key.export({ type: 'spki', format: 'der' })
  return { id: createHash('sha256').update(der).digest('hex').slice(0, 16), key }
}

function notEd25519({ asymmetricKeyType: type }: KeyObject): { readonly error: string } | undefined {
  return type === 'ed25519' ? undefined : { error: `is a key of ${type}: bundles are signed with ed25519 (scalec keygen makes one)` }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^error:[0-9A-F]+:/, '') : String(error)
}
