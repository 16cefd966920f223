/** The control plane's program: built by Go once, and kept until its sources or the Go version change. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const host = new URL('host/', import.meta.url).pathname

/** The path of the program, built if need be (minutes, the first time), or why there can be none. */
export function clusterBinary(): { readonly path: string } | { readonly missing: string } {
  const go = spawnSync('go', ['version'], { encoding: 'utf8' })
  if (go.status !== 0) return { missing: 'Go is not installed, and the control plane is built with it' }
  const hash = createHash('sha256').update(go.stdout)
  for (const name of readdirSync(host).sort()) hash.update(name).update(readFileSync(join(host, name)))
  hash.update(readFileSync(new URL(import.meta.url)))
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'scale-test-cluster')
  const path = join(folder, `cluster-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(path)) return { path }
  mkdirSync(folder, { recursive: true })
  // A release's build passes its own version in; without it the API server would not know which it is.
  const version = /k8s\.io\/kubernetes (v[\d.]+)/.exec(readFileSync(join(host, 'go.mod'), 'utf8'))?.[1] ?? ''
  const unfinished = `${path}.${process.pid}`
  try {
    // Without debugging information: it is half of the program, and of the time to link it.
    execFileSync('go', ['build', '-mod=readonly', `-ldflags=-s -w -X k8s.io/component-base/version.gitVersion=${version}`, '-o', unfinished, '.'], {
      cwd: host,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
  } catch (error) {
    return { missing: `Go could not build the control plane: ${(error as Error).message}` }
  }
  renameSync(unfinished, path)
  return { path }
}
