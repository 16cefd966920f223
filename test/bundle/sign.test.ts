import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Bundle,
  compile,
  generateKeys,
  type PrivateKey,
  readBundle,
  readPrivateKey,
  readPublicKeys,
  readTrusted,
  serialize,
  signBundle,
  verifySignatures,
} from '../../src/bundle/index.ts'

function bundleOf(text: string): Bundle {
  const { bundle } = compile({ roots: [{ name: 'rules.scale', text }] }, { compiler: '0.1.0' })
  if (bundle === undefined) throw new Error('does not compile')
  return bundle
}

function privateKey(pem: string, passphrase?: string): PrivateKey {
  const key = readPrivateKey(pem, passphrase)
  if ('error' in key) throw new Error(key.error)
  return key
}

const bundle = bundleOf(readFileSync(new URL('./golden/glance.scale', import.meta.url), 'utf8'))
const other = bundleOf('target deployment/a { between 1 and 3 }\nscale deployment/a +1 when span(a).p99 > 1s for 1m')
const [pem, pem2] = [generateKeys(), generateKeys()]
const [key, key2] = [privateKey(pem.privatePem), privateKey(pem2.privatePem)]
const signed = signBundle(bundle, key)
const why = (of: Bundle, ...keys: PrivateKey[]): string => {
  const trust = verifySignatures(of, keys)
  return trust.trusted ? `by ${trust.by.join(' and ')}` : trust.why
}

describe('signing', () => {
  it('leaves the digest and everything else as it was, and reads back', () => {
    const { signatures, ...rest } = signed
    expect(rest).toEqual(bundle)
    expect(signatures).toHaveLength(1)
    expect(readBundle(serialize(signed))).toEqual({ bundle: signed })
  })

  it('gives the same bytes each time, whoever signed first', () => {
    expect(serialize(signBundle(signed, key))).toBe(serialize(signed))
    expect(serialize(signBundle(signBundle(bundle, key2), key))).toBe(serialize(signBundle(signed, key2)))
  })
})

describe('verifying', () => {
  it('finds the key among several', () => {
    expect(why(signed, key)).toBe(`by ${key.id}`)
    expect(why(signed, key2, key)).toBe(`by ${key.id}`)
    expect(why(signBundle(signed, key2), key)).toBe(`by ${key.id}`)
  })

  it('refuses what is not signed where a signature is expected, and what is signed where nobody can tell', () => {
    expect(why(bundle)).toBe('by ')
    expect(why(bundle, key)).toBe(`the bundle is not signed, and a signature of key ${key.id} is expected`)
    expect(why(signed)).toBe(`the bundle is signed (by key ${key.id}), and no public key is configured to verify it with`)
  })

  it('refuses a key that is not expected', () => {
    expect(why(signed, key2)).toBe(`the bundle is signed by key ${key.id}, and a signature of key ${key2.id} is expected`)
  })

  it('refuses a signature that was made for another bundle, or says another key made it', () => {
    const moved = { ...other, signatures: signed.signatures ?? [] }
    expect(why(moved, key)).toContain(`the signature of key ${key.id} is not one of this bundle`)
    const renamed = { ...bundle, signatures: (signed.signatures ?? []).map((signature) => ({ ...signature, key: key2.id })) }
    expect(why(renamed, key2)).toContain(`the signature of key ${key2.id} is not one of this bundle`)
    // One good signature does not make up for a forged one.
    expect(why({ ...moved, signatures: [...moved.signatures, ...(signBundle(other, key2).signatures ?? [])] }, key, key2)).toContain(
      'is not one of this bundle',
    )
  })

  it('refuses every change of a byte of a signed file', () => {
    const file = serialize(signed)
    fc.assert(
      fc.property(fc.nat(file.length - 2), fc.integer({ min: 32, max: 126 }), (at, code) => {
        const changed = `${file.slice(0, at)}${String.fromCharCode(code)}${file.slice(at + 1)}`
        const result = readTrusted(changed, [key])
        // Base64 has spare bits in its last letter before the padding: another letter there may be the same signature.
        return changed === file || 'error' in result || result.bundle.digest === bundle.digest
      }),
    )
  })
})

describe('keys', () => {
  it('are named alike from both halves, and by a text that openssl gives too', () => {
    const keys = readPublicKeys(pem.publicPem)
    expect('error' in keys ? keys : keys.map(({ id }) => id)).toEqual([key.id])
    expect(key.id).toBe(pem.id)
    expect(key.id).toMatch(/^[0-9a-f]{16}$/)
  })

  it('are several in one file', () => {
    const keys = readPublicKeys(`# the present one\n${pem.publicPem}\n# the one before\n${pem2.publicPem}`)
    expect('error' in keys ? keys : keys.map(({ id }) => id)).toEqual([key.id, key2.id])
  })

  it('may be encrypted', () => {
    const { privateKey: secret } = generateKeyPairSync('ed25519')
    const encrypted = secret.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'opensesame' }).toString()
    const read = privateKey(encrypted, 'opensesame')
    expect(createPublicKey(read.secret).equals(createPublicKey(secret))).toBe(true)
    expect(readPrivateKey(encrypted)).toEqual({ error: 'is encrypted: a passphrase is needed' })
    expect(readPrivateKey(encrypted, 'no')).toEqual({ error: 'cannot be decrypted with this passphrase' })
  })

  it('are told what is wrong with them', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const wrong = 'is a key of rsa: bundles are signed with ed25519 (scalec keygen makes one)'
    expect(readPrivateKey(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).toEqual({ error: wrong })
    expect(readPublicKeys(rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString())).toEqual({ error: wrong })
    expect(readPrivateKey(pem.publicPem)).toEqual({ error: 'is a public key: signing takes the private one' })
    expect(readPublicKeys(pem.privatePem)).toEqual({ error: 'holds a private key: verifying takes the public one' })
    expect(readPublicKeys('')).toEqual({ error: 'holds no public key in PEM form' })
    expect(readPrivateKey('hello')).toEqual({ error: expect.stringContaining('is not a private key in PEM form') })
    expect(readPublicKeys('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----')).toEqual({ error: expect.stringContaining('is not a public key') })
  })
})
