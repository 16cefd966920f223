/**
 * The file that a bearer token is in, for tokens that are rotated: a kubelet writes a pod's anew, and other tools do so for a kubeconfig's `tokenFile`, which
 * client-node does not know. Read for each request, which costs some microseconds: a rotated token is used at once, and one that has expired never.
 */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import type { KubeConfig } from '@kubernetes/client-node'
import { parse } from 'yaml'

interface Written {
  readonly users?: readonly { readonly name?: string; readonly user?: { readonly tokenFile?: string } }[]
}

/** Of the current context's user, if its token is in a file. `kubeconfig` is the file that was loaded; undefined for the default ones. */
export function tokenFileOf(config: KubeConfig, kubeconfig: string | undefined): string | undefined {
  const user = config.getCurrentUser()
  const ofPod: unknown = user?.authProvider?.config?.tokenFile
  if (typeof ofPod === 'string') return ofPod
  for (const file of kubeconfig === undefined ? defaultFiles() : [kubeconfig]) {
    if (!existsSync(file)) continue
    const { users = [] } = (parse(readFileSync(file, 'utf8')) ?? {}) as Written
    const found = users.find(({ name }) => name === user?.name)
    // The first file that has the user is the one that counts, as in kubectl.
    if (found !== undefined) return found.user?.tokenFile === undefined ? undefined : resolve(dirname(file), found.user.tokenFile)
  }
  return undefined
}

/** Throws where it cannot be read: for that request there are no credentials. */
export function readToken(file: string): string {
  return readFileSync(file, 'utf8').trim()
}

function defaultFiles(): readonly string[] {
  const { KUBECONFIG } = process.env
  return KUBECONFIG === undefined || KUBECONFIG === '' ? [join(homedir(), '.kube', 'config')] : KUBECONFIG.split(delimiter).filter((file) => file !== '')
}
