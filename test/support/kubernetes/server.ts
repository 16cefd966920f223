/**
 * A Kubernetes API server for tests: discovery, objects, and the scale subresource with the semantics of a real one, over HTTP.
 * A real kubectl works against it (kubectl.test.ts), which is what keeps it honest.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { groupList, groupOf, type KindOf, kinds, resourceList } from './kinds.ts'

export interface ApiObject {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace: string
    uid: string
    resourceVersion: string
    generation: number
    labels?: Record<string, string>
    ownerReferences?: { kind: string; name: string; controller: boolean }[]
    managedFields?: { manager: string; operation: string; subresource: string }[]
  }
  spec: Record<string, unknown>
  status: Record<string, unknown>
}

interface Answer {
  readonly status: number
  /** Text is sent as it is, as the API server does for paths that it does not know. */
  readonly body: object | string
}

/** `get deployments/scale`: a verb and a resource that the account may not. */
type Denied = `${'get' | 'list' | 'update' | 'patch'} ${string}`

export interface AccessRequest {
  readonly verb: string
  readonly group: string
  /** `deployments/scale` */
  readonly resource: string
  readonly namespace: string
  /** Undefined of a list. */
  readonly name: string | undefined
}

export class KubernetesDouble {
  readonly #server: Server
  readonly #objects = new Map<string, ApiObject>()
  readonly #hanging = new Set<ServerResponse>()
  #resourceVersion = 100
  kinds: readonly KindOf[] = kinds
  readonly denied = new Set<Denied>()
  /** What RBAC says of a request; by default everything is allowed that is not in `denied`. */
  authorize: ((request: AccessRequest) => boolean) | undefined
  /** Group/versions whose server is down: `metrics.k8s.io/v1beta1`. */
  readonly down = new Set<string>()
  /** A status or a text (with 200) that answers every request, or `hang` for no answer at all. */
  broken: number | 'hang' | { readonly text: string } | undefined
  /** Lists that are continued so often are told that they have expired. */
  expiring = 0
  /** Called before a PUT is carried out: the place for somebody else's change. */
  beforePut: (() => void) | undefined
  /** The one that is accepted; the kubeconfig says `secret`. */
  token = 'secret'
  /** `GET /apis/…?…`, oldest first. */
  readonly requests: string[] = []
  connections = 0

  url = ''

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response))
    this.#server.on('connection', () => this.connections++)
  }

  static async start(): Promise<KubernetesDouble> {
    const double = new KubernetesDouble()
    await new Promise<void>((resolve) => double.#server.listen(0, '127.0.0.1', resolve))
    double.url = `http://127.0.0.1:${(double.#server.address() as AddressInfo).port}`
    return double
  }

  /** For a file that both client-node and kubectl read. */
  kubeconfig(namespace = 'shop'): string {
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'double', cluster: { server: this.url } }],
      users: [{ name: 'tester', user: { token: 'secret' } }],
      contexts: [{ name: 'double', context: { cluster: 'double', user: 'tester', namespace } }],
      'current-context': 'double',
    })
  }

  /** Creates or replaces an object; its status says that all replicas are ready unless told otherwise. */
  add(
    kind: string,
    name: string,
    spec: Record<string, unknown>,
    more: { status?: Record<string, unknown>; metadata?: Partial<ApiObject['metadata']> } = {},
  ): ApiObject {
    const of = this.#kind(kind)
    const replicas = spec.replicas
    const settled = { observedGeneration: 1, replicas, readyReplicas: replicas, updatedReplicas: replicas }
    const object: ApiObject = {
      apiVersion: of.group === '' ? of.version : `${of.group}/${of.version}`,
      kind: of.kind,
      metadata: {
        name,
        namespace: 'shop',
        uid: `uid-${of.plural}-${name}-${this.#resourceVersion}`,
        resourceVersion: this.#next(),
        generation: 1,
        ...more.metadata,
      },
      spec,
      status: more.status ?? (replicas === undefined ? {} : settled),
    }
    this.#objects.set(keyOf(of, object.metadata.namespace, name), object)
    return object
  }

  get(kind: string, name: string, namespace = 'shop'): ApiObject {
    const object = this.#objects.get(keyOf(this.#kind(kind), namespace, name))
    if (object === undefined) throw new Error(`the double has no ${kind} ${name} in ${namespace}`)
    return object
  }

  remove(kind: string, name: string, namespace = 'shop'): void {
    this.#objects.delete(keyOf(this.#kind(kind), namespace, name))
  }

  /** What a controller does: a new status, and with it a new resourceVersion. */
  setStatus(kind: string, name: string, status: Record<string, unknown>): void {
    const object = this.get(kind, name)
    object.status = { ...object.status, ...status }
    object.metadata.resourceVersion = this.#next()
  }

  /** What a person does. */
  scale(kind: string, name: string, replicas: number): void {
    this.#write(this.get(kind, name), replicas, 'somebody')
  }

  /** Requests that changed something. */
  get writes(): string[] {
    return this.requests.filter((r) => !r.startsWith('GET '))
  }

  async close(): Promise<void> {
    for (const response of this.#hanging) response.destroy()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #kind(kind: string): KindOf {
    const found = this.kinds.find((k) => k.kind === kind)
    if (found === undefined) throw new Error(`the double does not serve ${kind}`)
    return found
  }

  #next(): string {
    return String(++this.#resourceVersion)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(`${request.method} ${request.url}`)
    if (this.broken === 'hang') {
      this.#hanging.add(response)
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { status, body } = this.#answer(request, Buffer.concat(chunks).toString())
    const text = typeof body === 'string'
    response.writeHead(status, { 'content-type': text ? 'text/plain; charset=utf-8' : 'application/json' })
    response.end(text ? body : JSON.stringify(body))
  }

  #answer(request: IncomingMessage, text: string): Answer {
    if (typeof this.broken === 'object') return { status: 200, body: this.broken.text }
    if (this.broken !== undefined) return failure(Number(this.broken), 'ServiceUnavailable', 'the double is broken on purpose')
    // kubectl sends no token over plain HTTP.
    if (![undefined, `Bearer ${this.token}`].includes(request.headers.authorization)) return failure(401, 'Unauthorized', 'Unauthorized')
    const url = new URL(request.url as string, this.url)
    const parts = url.pathname
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent)
    const discovered = request.method === 'GET' ? this.#discover(parts) : undefined
    if (discovered !== undefined) return discovered
    // [api, VERSION] or [apis, GROUP, VERSION], then [namespaces, NAMESPACE, PLURAL, NAME, SUBRESOURCE].
    const [group, version, rest] = parts[0] === 'api' ? ['', parts[1], parts.slice(2)] : [parts[1] ?? '', parts[2], parts.slice(3)]
    const [namespaces, namespace, plural, name, subresource] = rest
    // Every namespace exists: kubectl looks before it says that an object does not.
    if (group === '' && namespaces === 'namespaces' && namespace !== undefined && plural === undefined)
      return { status: 200, body: { kind: 'Namespace', apiVersion: 'v1', metadata: { name: namespace }, status: { phase: 'Active' } } }
    const everywhere =
      rest.length === 1 && request.method === 'GET' ? this.kinds.find((k) => k.group === group && k.version === version && k.plural === namespaces) : undefined
    if (everywhere !== undefined) {
      if (this.denied.has(`list ${everywhere.plural} everywhere`)) return forbidden('list', everywhere, everywhere.plural, undefined, undefined)
      return this.#list(everywhere, undefined, url.searchParams)
    }
    const kind = this.kinds.find((k) => k.group === group && k.version === version && k.plural === plural)
    if (kind === undefined || namespaces !== 'namespaces' || namespace === undefined) return unknownPath
    if (subresource !== undefined && !(subresource === 'scale' && kind.scale)) return unknownPath
    const verb = request.method === 'GET' ? (name === undefined ? 'list' : 'get') : request.method === 'PUT' ? 'update' : 'patch'
    const resource = subresource === undefined ? kind.plural : `${kind.plural}/${subresource}`
    const allowed = this.authorize?.({ verb, group, resource, namespace, name }) ?? true
    if (!allowed || this.denied.has(`${verb} ${resource}`)) return forbidden(verb, kind, resource, namespace, name)
    if (name === undefined) return this.#list(kind, namespace, url.searchParams)
    if (request.method === 'PUT') this.beforePut?.()
    const object = this.#objects.get(keyOf(kind, namespace, name))
    if (object === undefined) return failure(404, 'NotFound', `${qualified(kind)} "${name}" not found`)
    if (subresource === undefined) return request.method === 'GET' ? { status: 200, body: object } : unknownPath
    if (request.method === 'GET') return { status: 200, body: scaleOf(kind, object) }
    return this.#update(kind, object, JSON.parse(text), url.searchParams.get('fieldManager') ?? (request.headers['user-agent'] ?? '').split('/')[0] ?? '')
  }

  #discover(parts: readonly string[]): Answer | undefined {
    const [root, group, version, ...rest] = parts
    if (root === 'version') return { status: 200, body: { major: '1', minor: '35', gitVersion: 'v1.35.0' } }
    if (root === 'api' && group === undefined) return { status: 200, body: { kind: 'APIVersions', versions: ['v1'] } }
    if (root === 'apis' && group === undefined) return { status: 200, body: groupList(this.kinds) }
    if (root === 'apis' && version === undefined && this.kinds.some((k) => k.group === group))
      return { status: 200, body: { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(this.kinds, group as string) } }
    if (this.down.has(`${group}/${version}`)) return failure(503, 'ServiceUnavailable', 'error trying to reach service')
    const listed = root === 'api' && version === undefined ? resourceList(this.kinds, '', group as string) : undefined
    const inGroup = root === 'apis' && rest.length === 0 && version !== undefined ? resourceList(this.kinds, group as string, version) : undefined
    const body = listed ?? inGroup
    return body === undefined ? undefined : { status: 200, body }
  }

  /** Of all namespaces without one; in pages where a limit asks for them. */
  #list(kind: KindOf, namespace: string | undefined, query: URLSearchParams): Answer {
    const labels = (query.get('labelSelector') ?? '').split(',').filter((pair) => pair !== '')
    const phase = /^status\.phase=(.*)$/.exec(query.get('fieldSelector') ?? '')?.[1]
    const items = [...this.#objects.entries()]
      .filter(([key]) => key.startsWith(namespace === undefined ? `${kind.group}/${kind.plural}/` : keyOf(kind, namespace, '')))
      .map(([, object]) => object)
      .filter((object) => labels.every((pair) => object.metadata.labels?.[pair.split('=')[0] as string] === pair.split('=')[1]))
      .filter((object) => phase === undefined || object.status.phase === phase)
    const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
    const from = Number(query.get('continue') ?? 0)
    if (from > 0 && this.expiring > 0) {
      this.expiring--
      return failure(410, 'Expired', 'The provided continue parameter is too old to display a consistent list result.')
    }
    const to = from + (Number(query.get('limit') ?? 0) || items.length)
    const metadata = {
      resourceVersion: String(this.#resourceVersion),
      ...(to < items.length ? { continue: String(to), remainingItemCount: items.length - to } : {}),
    }
    return { status: 200, body: { kind: `${kind.kind}List`, apiVersion, metadata, items: items.slice(from, to) } }
  }

  /** PUT with a whole Scale, PATCH with a part of one: both are refused where they name another resourceVersion or uid than the object's. */
  #update(kind: KindOf, object: ApiObject, body: { metadata?: Record<string, unknown>; spec?: { replicas?: unknown } }, manager: string): Answer {
    const { name, resourceVersion, uid } = object.metadata
    const told = body.metadata ?? {}
    if (told.name !== undefined && told.name !== name) return failure(400, 'BadRequest', 'the name of the object does not match the name on the URL')
    const conflict = (why: string) => failure(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(kind)} "${name}": ${why}`)
    if (told.uid !== undefined && told.uid !== uid) return conflict(`Precondition failed: UID in precondition: ${told.uid}, UID in object meta: ${uid}`)
    if (told.resourceVersion !== undefined && told.resourceVersion !== resourceVersion)
      return conflict('the object has been modified; please apply your changes to the latest version and try again')
    const replicas = body.spec?.replicas ?? 0
    if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0)
      return failure(422, 'Invalid', `Scale.autoscaling "${name}" is invalid: spec.replicas: Invalid value: ${replicas}: must be greater than or equal to 0`)
    this.#write(object, replicas, manager)
    return { status: 200, body: scaleOf(kind, object) }
  }

  /** An update that changes nothing is none: generation and resourceVersion stay. */
  #write(object: ApiObject, replicas: number, manager: string): void {
    if (object.spec.replicas === replicas) return
    object.spec = { ...object.spec, replicas }
    object.metadata.generation++
    object.metadata.resourceVersion = this.#next()
    object.metadata.managedFields = [{ manager, operation: 'Update', subresource: 'scale' }]
  }
}

function keyOf(kind: KindOf, namespace: string, name: string): string {
  return `${kind.group}/${kind.plural}/${namespace}/${name}`
}

/** Zeros are left out, as a real API server does. */
function scaleOf(kind: KindOf, { metadata, spec, status }: ApiObject): object {
  const { name, namespace, uid, resourceVersion } = metadata
  const replicas = Number(spec.replicas ?? 0)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: Number(status.replicas ?? 0), ...(kind.group === 'argoproj.io' ? {} : { selector: `app=${name}` }) },
  }
}

function qualified(kind: KindOf): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
}

function failure(code: number, reason: string, message: string): Answer {
  return { status: code, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code } }
}

const unknownPath: Answer = { status: 404, body: '404 page not found\n' }

function forbidden(verb: string, kind: KindOf, resource: string, namespace: string | undefined, name: string | undefined): Answer {
  const what = name === undefined ? qualified(kind) : `${qualified(kind)} "${name}"`
  return failure(
    403,
    'Forbidden',
    `${what} is forbidden: User "tester" cannot ${verb} resource "${resource}" in API group "${kind.group}" ${namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`}`,
  )
}
