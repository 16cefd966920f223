/** `scalec verify BUNDLE [--key public.pem]…`: whether a bundle is whole, by whom it is signed, and whether it is what its sources say. */
import { type Bundle, type PublicKey, readBundle, readPublicKeys, rebuild, verifySignatures } from '../bundle/index.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { readText } from './file.ts'
import { printJson } from './json.ts'
import type { Format } from './rules.ts'
import type { Terminal } from './terminal.ts'

export interface VerifyOptions {
  readonly format: Format
  /** PEM files. */
  readonly key: readonly string[]
  /** Compiles the sources in the bundle again and compares. */
  readonly rebuild: boolean
}

export function run(path: string, options: VerifyOptions, terminal: Terminal): ExitCode {
  const keys = readKeys(options.key, terminal)
  if (keys === undefined) return exit.usage
  const text = readText(path)
  if ('error' in text) {
    terminal.err(`scalec: ${path}: ${text.error}\n`)
    return exit.usage
  }
  const read = readBundle(text.text)
  if ('error' in read) return report(path, { problems: [read.error] }, options.format, terminal)
  const { bundle } = read
  const trust = verifySignatures(bundle, keys)
  const rebuilt = options.rebuild ? rebuildProblem(bundle) : undefined
  const problems = [...(trust.trusted ? [] : [trust.why]), ...(rebuilt === undefined ? [] : [rebuilt])]
  return report(path, { bundle, by: trust.trusted ? trust.by : [], rebuilt: options.rebuild && rebuilt === undefined, problems }, options.format, terminal)
}

/** Undefined when a file cannot be used, which is said on `err`. */
function readKeys(files: readonly string[], terminal: Terminal): readonly PublicKey[] | undefined {
  const keys: PublicKey[] = []
  for (const file of files) {
    const pem = readText(file)
    const found = 'error' in pem ? pem : readPublicKeys(pem.text)
    if ('error' in found) {
      terminal.err(`scalec: ${file}: ${found.error}\n`)
      return undefined
    }
    keys.push(...found)
  }
  return keys
}

function rebuildProblem(bundle: Bundle): string | undefined {
  const again = rebuild(bundle)
  if (again === undefined) return 'the sources in the bundle do not compile with this version of scalec'
  return again.digest === bundle.digest ? undefined : `the sources in the bundle compile to ${again.digest} with this version of scalec, not to this bundle`
}

interface Findings {
  readonly bundle?: Bundle
  readonly by?: readonly string[]
  readonly rebuilt?: boolean
  readonly problems: readonly string[]
}

function report(path: string, { bundle, by = [], rebuilt = false, problems }: Findings, format: Format, terminal: Terminal): ExitCode {
  const code = problems.length === 0 ? exit.fine : exit.problems
  if (format === 'json') {
    const about = bundle === undefined ? {} : { digest: bundle.digest, compiler: bundle.compiler }
    const signatures = (bundle?.signatures ?? []).map(({ key, algorithm }) => ({ key, algorithm, verified: by.includes(key) }))
    terminal.out(printJson({ bundle: path, valid: code === exit.fine, ...about, signatures, rebuilt, problems }))
    return code
  }
  for (const problem of problems) terminal.out(`${path}: ${problem}\n`)
  if (code === exit.fine && bundle !== undefined) {
    const signed = by.length === 0 ? 'not signed' : `signed by key ${by.join(' and ')}`
    terminal.out(`${path}: whole, ${signed}${rebuilt ? ', and what its sources compile to' : ''}, ${bundle.digest}\n`)
  }
  return code
}
