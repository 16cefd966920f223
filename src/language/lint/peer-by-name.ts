/**
 * A service that is called as a database or a broker is in the attributes of its callers: these send no spans, and a selector that counts the spans of
 * the service itself is empty. With a catalog, that says which services are peers, and this keeps silent.
 */
import { defaultKinds, printName } from '../check/print.ts'
import type { Fix } from '../diagnostics.ts'
import type { SelectorNode } from '../tree.ts'
import { inRule, type Lint } from './context.ts'
import { messages } from './messages.ts'
import { selectorsOf } from './walk.ts'

/** Values of `db.system.name` and `messaging.system` that OpenTelemetry's semantic conventions list, the present ones and those before them. */
const systems: ReadonlySet<string> = new Set([
  ...['postgresql', 'mysql', 'mariadb', 'microsoft.sql_server', 'mssql', 'oracle.db', 'oracle', 'sqlite', 'cockroachdb', 'clickhouse', 'aws.redshift'],
  ...['redis', 'memcached', 'mongodb', 'couchdb', 'couchbase', 'cassandra', 'hbase', 'aws.dynamodb', 'dynamodb', 'azure.cosmosdb', 'cosmosdb', 'neo4j'],
  ...['elasticsearch', 'opensearch', 'influxdb', 'gcp.spanner', 'spanner'],
  ...['kafka', 'rabbitmq', 'activemq', 'rocketmq', 'pulsar', 'nats', 'jms', 'aws_sqs', 'aws.sns', 'gcp_pubsub', 'servicebus', 'eventhubs'],
])

export const peerByName: Lint = ({ program, resolved, view }) => {
  if (view !== undefined) return []
  return program.rules.flatMap((rule) => {
    const nodes = selectorsOf(rule)
    const above = new Set(nodes.map(({ ancestor }) => ancestor?.selector))
    return nodes.flatMap((node) => {
      const selector = resolved.selectors.get(node)
      if (selector === undefined || above.has(node) || !systems.has(selector.service)) return []
      if (String(selector.kinds) !== String(defaultKinds(node.operation !== undefined))) return []
      return [inRule(rule, messages.peerByName, node.service.range, { service: printName(selector.service) }, { fix: askForPeer(node) })]
    })
  })
}

function askForPeer({ service, operation, where }: SelectorNode): Fix {
  const { end } = (operation ?? service).range
  const test = ' where kind == peer'
  const edits =
    where === undefined
      ? [{ range: { start: end, end }, text: test }]
      : [
          { range: { start: end, end: where.range.start }, text: `${test} and (` },
          { range: { start: where.range.end, end: where.range.end }, text: ')' },
        ]
  return { title: 'count the calls to it', edits }
}
