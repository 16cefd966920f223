/**
 * A genuine Kubernetes control plane on loopback: etcd, kube-apiserver, the controllers of deployments, replica sets, stateful sets and
 * horizontal pod autoscalers, and a stand-in that makes pods ready. Every part is a process, so that a test can kill, freeze and restart it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clusterBinary } from './binary.ts'

export type Part = 'etcd' | 'apiserver' | 'controllers' | 'kubelet'

export interface ClusterOptions {
  /** From a pod's creation until it is ready; 300 ms by default. */
  readonly readyAfter?: string
  /** How often HorizontalPodAutoscalers are looked at; 15 s by default, as everywhere. */
  readonly autoscalerPeriod?: string
}

/** Who may call; the groups of an administrator. */
const adminToken = 'admin-token'

/** Further administrators, so that the audit log tells who did what. */
const others = ['scaled-a', 'scaled-b', 'scaled-c', 'person', 'gitops'] as const
export type Caller = (typeof others)[number]
export const tokenOf = (caller: Caller): string => `${caller}-token`

export class Cluster {
  readonly folder: string
  readonly url: string
  readonly #binary: string
  readonly #ports: { readonly api: number; readonly etcd: number; readonly peer: number }
  readonly #options: ClusterOptions
  readonly #parts = new Map<Part, ChildProcess>()

  private constructor(binary: string, folder: string, ports: { api: number; etcd: number; peer: number }, options: ClusterOptions) {
    this.#binary = binary
    this.folder = folder
    this.#ports = ports
    this.#options = options
    this.url = `https://127.0.0.1:${ports.api}`
  }

  /** A running cluster, or why there can be none. */
  static async start(options: ClusterOptions = {}): Promise<Cluster | { readonly missing: string }> {
    const binary = clusterBinary()
    if ('missing' in binary) return binary
    const folder = mkdtempSync(join(tmpdir(), 'scale-cluster-'))
    const [api, etcd, peer] = await freePorts(3)
    const cluster = new Cluster(binary.path, folder, { api: api as number, etcd: etcd as number, peer: peer as number }, options)
    // A test that dies must not leave a control plane behind.
    process.once('exit', () => cluster.#killAll())
    cluster.#prepare()
    await cluster.startPart('etcd')
    await cluster.startPart('apiserver')
    await cluster.startPart('controllers')
    await cluster.startPart('kubelet')
    return cluster
  }

  get kubeconfig(): string {
    return join(this.folder, 'admin.kubeconfig')
  }

  /** What the API server has logged of every request, oldest first; see `audit.yaml`. */
  audit(): readonly AuditEvent[] {
    const text = readFileSync(join(this.folder, 'audit.log'), 'utf8')
    // The last line may still be being written, and a server that is killed leaves a piece of one, which the next one writes on behind.
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .map((line) => parsed(line.slice(Math.max(0, line.lastIndexOf('{"kind":"Event","apiVersion":"audit.k8s.io')))))
      .filter((event): event is AuditEvent => typeof event === 'object')
  }

  /** A kubeconfig of one of the callers, by way of a proxy if there is a `url`. */
  kubeconfigOf(caller: Caller, url: string = this.url): string {
    const path = join(this.folder, `${caller}-${new URL(url).port}.kubeconfig`)
    writeFileSync(path, kubeconfigText(url, tokenOf(caller)))
    return path
  }

  /** What the API server identifies itself with. */
  get certificate(): { readonly cert: Buffer; readonly key: Buffer } {
    return { cert: readFileSync(join(this.folder, 'certs', 'apiserver.crt')), key: readFileSync(join(this.folder, 'certs', 'apiserver.key')) }
  }

  /** A kubeconfig for a service account's token, or any other bearer token. */
  kubeconfigFor(token: string, name: string): string {
    const path = join(this.folder, `${name}.kubeconfig`)
    writeFileSync(path, kubeconfigText(this.url, token, join(this.folder, 'certs', 'apiserver.crt')))
    return path
  }

  async startPart(part: Part): Promise<void> {
    const out = openSync(join(this.folder, `${part}.log`), 'a')
    const child = spawn(this.#binary, [part, ...this.#argumentsOf(part)], { stdio: ['ignore', out, out] })
    closeSync(out)
    this.#parts.set(part, child)
    if (part === 'apiserver') await this.untilReady()
  }

  /** Ends a part at once, as a crash would, and waits until it is gone. */
  async kill(part: Part): Promise<void> {
    const child = this.#parts.get(part)
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    this.#parts.delete(part)
  }

  /** Stops a part's clock without ending it; `thaw` lets it go on. */
  freeze(part: Part): void {
    this.#parts.get(part)?.kill('SIGSTOP')
  }

  thaw(part: Part): void {
    this.#parts.get(part)?.kill('SIGCONT')
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    token: string = adminToken,
    contentType = 'application/json',
  ): Promise<{ status: number; body: never }> {
    const { request } = await import('node:https')
    return new Promise((resolve, reject) => {
      const call = request(
        `${this.url}${path}`,
        { method, rejectUnauthorized: false, headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': contentType }) } },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8')
            resolve({ status: response.statusCode as number, body: parsed(text) as never })
          })
        },
      )
      call.on('error', reject)
      call.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  /** Until the API server says that it is ready; an error with the end of its log after `seconds`. */
  async untilReady(seconds = 60): Promise<void> {
    const deadline = Date.now() + seconds * 1000
    for (;;) {
      const answer = await this.call('GET', '/readyz').catch(() => undefined)
      if (answer?.status === 200) return
      if (Date.now() > deadline || this.#parts.get('apiserver')?.exitCode != null)
        throw new Error(`the API server is not ready:\n${readFileSync(join(this.folder, 'apiserver.log'), 'utf8').slice(-3000)}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  #killAll(): void {
    for (const child of this.#parts.values()) child.kill('SIGKILL')
  }

  async close(): Promise<void> {
    for (const part of ['kubelet', 'controllers', 'apiserver', 'etcd'] as const) await this.kill(part)
    rmSync(this.folder, { recursive: true, force: true })
  }

  #prepare(): void {
    const at = (name: string): string => join(this.folder, name)
    execFileSync('openssl', ['genrsa', '-out', at('accounts.key'), '2048'], { stdio: 'ignore' })
    writeFileSync(
      at('tokens.csv'),
      `${adminToken},admin,admin,system:masters\ncontrollers-token,system:kube-controller-manager,controllers,system:masters\nkubelet-token,kubelet,kubelet,system:masters\n${others.map((name) => `${tokenOf(name)},${name},${name},system:masters\n`).join('')}`,
    )
    writeFileSync(at('audit.yaml'), auditPolicy)
    writeFileSync(at('admin.kubeconfig'), kubeconfigText(this.url, adminToken))
    writeFileSync(at('controllers.kubeconfig'), kubeconfigText(this.url, 'controllers-token'))
    writeFileSync(at('kubelet.kubeconfig'), kubeconfigText(this.url, 'kubelet-token'))
  }

  #argumentsOf(part: Part): readonly string[] {
    const at = (name: string): string => join(this.folder, name)
    const { api, etcd, peer } = this.#ports
    switch (part) {
      case 'etcd':
        return [`--data-dir=${at('etcd')}`, `--listen-client-url=http://127.0.0.1:${etcd}`, `--listen-peer-url=http://127.0.0.1:${peer}`]
      case 'apiserver':
        return [
          `--etcd-servers=http://127.0.0.1:${etcd}`,
          '--bind-address=127.0.0.1',
          '--advertise-address=127.0.0.1',
          '--endpoint-reconciler-type=none',
          `--secure-port=${api}`,
          `--cert-dir=${at('certs')}`,
          `--token-auth-file=${at('tokens.csv')}`,
          '--authorization-mode=RBAC',
          '--service-account-issuer=https://cluster.test',
          `--service-account-key-file=${at('accounts.key')}`,
          `--service-account-signing-key-file=${at('accounts.key')}`,
          '--service-cluster-ip-range=10.96.0.0/16',
          '--disable-admission-plugins=ServiceAccount',
          `--audit-policy-file=${at('audit.yaml')}`,
          `--audit-log-path=${at('audit.log')}`,
          '--audit-log-mode=blocking-strict',
          '--v=0',
        ]
      case 'controllers':
        return [
          `--kubeconfig=${at('controllers.kubeconfig')}`,
          '--controllers=deployment-controller,replicaset-controller,statefulset-controller,horizontal-pod-autoscaler-controller,disruption-controller,garbage-collector-controller,namespace-controller,serviceaccount-controller',
          '--leader-elect=false',
          '--use-service-account-credentials=false',
          `--service-account-private-key-file=${at('accounts.key')}`,
          '--secure-port=0',
          `--horizontal-pod-autoscaler-sync-period=${this.#options.autoscalerPeriod ?? '15s'}`,
          '--v=0',
        ]
      case 'kubelet':
        return [`--kubeconfig=${at('kubelet.kubeconfig')}`, `--ready-after=${this.#options.readyAfter ?? '300ms'}`]
    }
  }
}

/** Of the audit log, what the tests look at. */
export interface AuditEvent {
  readonly verb: string
  readonly requestURI: string
  readonly stage: string
  readonly user: { readonly username: string }
  readonly userAgent?: string
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly namespace?: string; readonly name?: string }
  readonly responseStatus?: { readonly code?: number }
  readonly requestObject?: unknown
  readonly responseObject?: unknown
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
}

/** Bodies of what changes something; everything else by its metadata. */
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: RequestResponse
    resources:
      - {group: apps, resources: [deployments, deployments/scale, statefulsets, statefulsets/scale]}
      - {group: "*", resources: ["*/scale"]}
      - {group: coordination.k8s.io, resources: [leases]}
  - level: Metadata
`

function kubeconfigText(url: string, token: string, authority?: string): string {
  const trust = authority === undefined ? 'insecure-skip-tls-verify: true' : `certificate-authority: ${authority}`
  return `apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: test, user: test}}]
clusters: [{name: test, cluster: {server: "${url}", ${trust}}}]
users: [{name: test, user: {token: "${token}"}}]
`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Ports that nothing listens on now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
