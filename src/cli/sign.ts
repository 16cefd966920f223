/** `scalec sign BUNDLE --key private.pem`: puts a signature on a bundle. */
import { readBundle, readPrivateKey, serialize, signBundle } from '../bundle/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { readText, writeWhole } from './file.ts'
import { printJson } from './json.ts'
import type { Format } from './rules.ts'
import type { Terminal } from './terminal.ts'

export interface SignOptions {
  readonly format: Format
  /** A PEM file. */
  readonly key: string
  /** `-` is the standard output; by default the bundle itself is written anew. */
  readonly output?: string
  readonly passphrase?: string
}

export function run(path: string, options: SignOptions, terminal: Terminal): ExitCode {
  const problem = (file: string, why: string): ExitCode => {
    terminal.err(`scalec: ${file}: ${why}\n`)
    return exit.usage
  }
  const text = readText(path)
  const read = 'error' in text ? text : readBundle(text.text)
  if ('error' in read) return problem(path, read.error)
  const pem = readText(options.key)
  const key = 'error' in pem ? pem : readPrivateKey(pem.text, options.passphrase)
  if ('error' in key) return problem(options.key, key.error)

  const signed = signBundle(read.bundle, key)
  const output = options.output ?? path
  if (output === '-') {
    terminal.out(serialize(signed))
    return exit.fine
  }
  const failed = writeWhole(output, serialize(signed))
  if (failed !== undefined) {
    terminal.err(`scalec: ${failed}\n`)
    return exit.usage
  }
  const { digest, signatures = [] } = signed
  terminal.out(
    options.format === 'json'
      ? printJson({ output, digest, key: key.id, signatures: signatures.map((signature) => signature.key) })
      : `${output}: signed by key ${key.id}, ${digest}\n`,
  )
  return exit.fine
}
