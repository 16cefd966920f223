/** From a metric's labels to the selector of the spans that it was made of. A guess by the names that instrumentations use. */
import { operationText, quoted, serviceText } from '../names.ts'
import type { Matcher } from './parse.ts'

export interface Selected {
  /** `span(cart where http.route == "/cart")` */
  readonly text: string
  /** A label says that only failed requests are counted. */
  readonly errors: boolean
  readonly notes: readonly string[]
}

const serviceLabels = [
  ...['service_name', 'service', 'destination_service_name', 'destination_workload', 'destination_canonical_service', 'exported_service'],
  ...['app', 'app_kubernetes_io_name', 'application', 'deployment', 'workload', 'container', 'job', 'exported_job'],
]
const routeLabels = ['http_route', 'route', 'http_target', 'path', 'uri', 'handler']
const methodLabels = ['http_request_method', 'http_method']
const statusLabels = ['http_response_status_code', 'http_status_code', 'status_code', 'response_code', 'code', 'status', 'grpc_code']
/** They say where or how it is measured, not what. */
const silent = new Set(['le', 'cluster', 'env', 'environment', 'reporter', 'stage', 'region'])

/** `fallback`: the name of the scaled workload, taken for the service where no label names one. */
export function selectSpans(matchers: readonly Matcher[], fallback: string): Selected {
  const notes: string[] = []
  const rest = new Map(matchers.map((matcher) => [matcher.label, matcher]))
  const take = (labels: readonly string[]): Matcher | undefined => {
    const label = labels.find((name) => rest.has(name))
    const found = label === undefined ? undefined : rest.get(label)
    if (label !== undefined) rest.delete(label)
    return found
  }
  const pattern = (matcher: Matcher | undefined): string | undefined => {
    const text = matcher === undefined ? undefined : patternOf(matcher)
    if (matcher !== undefined && text === undefined) notes.push(`The test ${shown(matcher)} is left out.`)
    return text
  }

  const named = pattern(take(serviceLabels))
  if (named === undefined) notes.push(`No label names the service: it is taken to be called ${fallback}, as the workload.`)
  // `job="shop/cart"` is namespace and name.
  const service = named?.split('/').at(-1) ?? fallback
  const span = pattern(take(['span_name', 'operation', 'operation_name']))
  const rpcMethod = pattern(take(['grpc_method', 'rpc_method']))
  const rpcService = pattern(take(['grpc_service', 'rpc_service']))
  const operation = span ?? (rpcMethod === undefined ? undefined : rpcService === undefined ? rpcMethod : `${rpcService}/${rpcMethod}`)

  const tests: string[] = []
  const test = (field: string, text: string | undefined): void => {
    if (text !== undefined) tests.push(text.includes('*') ? `${field} matches ${quoted(text)}` : `${field} == ${quoted(text)}`)
  }
  test('http.route', pattern(take(routeLabels)))
  test(
    'http.request.method',
    pattern(take([...methodLabels, ...(/^(GET|POST|PUT|PATCH|DELETE|HEAD)$/.test(rest.get('method')?.value ?? '') ? ['method'] : [])])),
  )
  const kind = /^SPAN_KIND_(\w+)$/.exec(take(['span_kind'])?.value ?? '')?.[1]?.toLowerCase()
  if (kind !== undefined && kind !== 'server' && kind !== 'consumer') tests.push(`kind == ${kind}`)
  const status = take(statusLabels)
  const errors = status !== undefined && failed(status)
  if (status !== undefined && !errors) notes.push(`The test ${shown(status)} is left out.`)
  for (const matcher of rest.values()) if (!silent.has(matcher.label)) notes.push(`The test ${shown(matcher)} is left out.`)

  const where = tests.length === 0 ? '' : ` where ${tests.join(' and ')}`
  return { text: `span(${serviceText(service)}${operation === undefined ? '' : `/${operationText(operation)}`}${where})`, errors, notes }
}

function patternOf({ operator, value }: Matcher): string | undefined {
  if (value === '' || /["\\\n]/.test(value)) return undefined
  if (operator === '=') return value.includes('*') ? undefined : value
  if (operator !== '=~') return undefined
  const glob = value.replace(/^\^|\$$/g, '').replaceAll(/\.[*+]/g, '*')
  return /[[\](){}|?+^$]/.test(glob) || glob === '*' ? undefined : glob
}

/** `code=~"5.."`, `status_code="STATUS_CODE_ERROR"` */
function failed({ operator, value }: Matcher): boolean {
  return (operator === '=' || operator === '=~') && /^(?:5|STATUS_CODE_ERROR|ERROR|\(?5)/.test(value)
}

function shown({ label, operator, value }: Matcher): string {
  return `${label}${operator}${JSON.stringify(value)}`
}
