import type { Command } from 'commander'
import type { CatalogOptions, FromClusterOptions, FromTempoOptions } from '../catalog.ts'
import type { Declare } from './command.ts'
import { collected, format } from './command.ts'

export const catalog: Declare = (program, { terminal, finish }) => {
  const group = program.command('catalog').description('Learns what the live system has: services, operations, attributes and workloads.')
  const progress = { progress: process.stderr.isTTY }

  output(group.command('from-recording'))
    .description('Learns from recorded traces: operations with rates, latencies and calls, attributes, workloads.')
    .argument('<recordings...>', 'recordings: OTLP JSON lines or length-prefixed protobuf, plain, gzip or zstd')
    .option('--no-examples', 'keep no values of attributes')
    .action(async (recordings: string[], options: CatalogOptions & { readonly examples: boolean }) => {
      const { fromRecording } = await import('../catalog.ts')
      finish(await fromRecording(recordings, { ...options, ...progress }, terminal))
    })

  output(group.command('from-tempo'))
    .description('Learns from a Grafana Tempo: services, operations and attributes, without rates and latencies.')
    .argument('<url>', 'its address, such as http://tempo:3200')
    .option('--tenant <id>', 'of a Tempo with several tenants')
    .option('--since <duration>', 'how far back to look', '1h')
    .option('--header <name: value>', 'a further header, such as "Authorization: Bearer …"; $NAME in it is a variable; may be repeated', collected)
    .option('--no-examples', 'keep no values of attributes')
    .action(async (url: string, options: FromTempoOptions) => {
      const { fromTempo } = await import('../catalog.ts')
      finish(await fromTempo(url, { ...options, ...progress }, process.env, terminal))
    })

  output(group.command('from-cluster'))
    .description('Learns from a Kubernetes cluster: its Deployments and StatefulSets, and their replicas.')
    .option('--context <name>', 'of the kubeconfig; the current one by default')
    .option('--kubeconfig <file>', 'KUBECONFIG, or ~/.kube/config, by default')
    .option('-n, --namespace <name>', 'one namespace; all by default')
    .action(async (options: FromClusterOptions) => {
      const { fromCluster } = await import('../catalog.ts')
      finish(await fromCluster(options, terminal))
    })

  output(group.command('merge'))
    .description('Makes one catalog of several. The order does not matter, nor whether one is there twice.')
    .argument('<catalogs...>', 'files that scalec catalog wrote')
    .action(async (catalogs: string[], options: CatalogOptions) => {
      const { merge } = await import('../catalog.ts')
      finish(merge(catalogs, options, terminal))
    })

  group
    .command('show')
    .description('Shows what a catalog has.')
    .argument('<catalog>', 'a file that scalec catalog wrote')
    .addOption(format())
    .action(async (file: string, options: Pick<CatalogOptions, 'format'>) => {
      const { merge } = await import('../catalog.ts')
      finish(merge([file], options, terminal))
    })
}

function output(command: Command): Command {
  return command
    .option('-o, --output <file>', 'the file to write; - is the standard output; without it the catalog is shown')
    .option('--merge', 'keep what the file has already, and add to it')
    .addOption(format())
}
