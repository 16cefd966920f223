/** `scalec keygen NAME`: a pair of keys to sign bundles with. */
import { rmSync } from 'node:fs'
import { generateKeys } from '../bundle/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { writeNew } from './file.ts'
import { printJson } from './json.ts'
import type { Format } from './rules.ts'
import type { Terminal } from './terminal.ts'

/** Writes NAME.pem, which only its owner may read, and NAME.pub.pem; overwrites nothing. */
export function run(name: string, { format }: { readonly format: Format }, terminal: Terminal): ExitCode {
  const { id, privatePem, publicPem } = generateKeys()
  const [privateFile, publicFile] = [`${name}.pem`, `${name}.pub.pem`]
  let problem = writeNew(privateFile, privatePem, 0o600)
  if (problem === undefined) {
    problem = writeNew(publicFile, publicPem)
    if (problem !== undefined) rmSync(privateFile)
  }
  if (problem !== undefined) {
    terminal.err(`scalec: ${problem}\n`)
    return exit.usage
  }
  terminal.out(
    format === 'json'
      ? printJson({ key: id, private: privateFile, public: publicFile })
      : `${privateFile}: the private key ${id}, to sign with: keep it secret\n${publicFile}: its public key, for \`scalec verify --key\` and \`bundle.public_keys\` of scaled\n`,
  )
  return exit.fine
}
