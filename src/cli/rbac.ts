/** `scalec rbac [BUNDLE|FILES…]`: the least that scaled needs in a cluster for these rules. */
import { accessOf, rbacYaml } from '../orchestrators/index.ts'
import { bundleFromPaths } from './bundle-input.ts'
import type { ExitCode } from './exit.ts'
import { exit } from './exit.ts'
import { inputsOf, type ProjectOptions } from './project.ts'
import type { Terminal } from './terminal.ts'

export interface RbacOptions extends Pick<ProjectOptions, 'project'> {
  /** Of workloads that name none. */
  readonly namespace: string
  /** `NAMESPACE:NAME`, as kubectl writes it. */
  readonly serviceAccount: string
  /** Of Role and RoleBinding. */
  readonly name: string
}

/** 1 when nothing could be granted for some workload: the manifests are printed, and are not enough. */
export function run(files: readonly string[], options: RbacOptions, terminal: Terminal): ExitCode {
  const account = /^([a-z0-9-]+):([a-z0-9.-]+)$/.exec(options.serviceAccount)
  if (account === null) {
    terminal.err(`scalec: --service-account ${options.serviceAccount}: expected NAMESPACE:NAME, such as scale:scaled\n`)
    return exit.usage
  }
  const [, namespace = '', name = ''] = account
  const inputs = inputsOf(files, options, terminal)
  if (inputs === undefined) return exit.usage
  const bundle = bundleFromPaths(inputs.paths, terminal, inputs.catalog)
  if (typeof bundle === 'number') return bundle
  const access = accessOf(bundle, options.namespace)
  const head = [
    `What ${name} in ${namespace} needs for the rules of ${bundle.digest}, and nothing more.`,
    'The kinds of the cluster are found through discovery, which every service account may read (system:discovery).',
    ...access.notes.map((note) => `Note: ${note}.`),
    ...access.unknown.map((workload) => `Missing: ${workload}.`),
  ]
  for (const workload of access.unknown) terminal.err(`scalec: nothing is granted for ${workload}\n`)
  for (const note of access.notes) terminal.err(`scalec: ${note}\n`)
  terminal.out(rbacYaml(access, { role: options.name, serviceAccount: { namespace, name } }, head))
  return access.unknown.length === 0 ? exit.fine : exit.problems
}
