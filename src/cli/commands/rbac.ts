import type { RbacOptions } from '../rbac.ts'
import type { Declare } from './command.ts'
import { project } from './command.ts'

export const rbac: Declare = (program, { terminal, finish }) => {
  program
    .command('rbac')
    .description('Prints the Kubernetes Roles that scaled needs for these rules, and no wider ones.')
    .argument('[files...]', 'a bundle, or rule files or folders; those of scale.json by default')
    .option('--namespace <namespace>', 'of workloads that name none', 'default')
    .option('--service-account <namespace:name>', 'the account that scaled runs as', 'scale:scaled')
    .option('--name <name>', 'of Role and RoleBinding', 'scaled')
    .addOption(project())
    .action(async (files: string[], options: RbacOptions) => {
      const { run } = await import('../rbac.ts')
      finish(run(files, options, terminal))
    })
}
