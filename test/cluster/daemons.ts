/** Daemons that share a lease, each with a name of its own and a way of its own to the API server. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LogLine, type Scaled, startScaled, type Workspace, workspace } from '../daemon/process.ts'
import type { Caller, Cluster } from './cluster.ts'
import { type Relay, startRelay } from './relay.ts'

export interface MemberOptions {
  readonly cluster: Cluster
  readonly name: Caller
  readonly rules: string
  /** Of the lease; none: there is no lease. */
  readonly lease?: { readonly name: string; readonly duration: string; readonly deadline: string; readonly retry: string }
  /** A kubeconfig of its own, given the relay's address; by default one of the caller `name`. */
  readonly kubeconfig?: (url: string) => string
  /** Further lines of `orchestrators.kubernetes`, in YAML's flow style. */
  readonly kubernetes?: string
  /** Other values of the section `engine`, in YAML's flow style. */
  readonly engine?: string
  /** Whether its clock can be set. */
  readonly clock?: boolean
}

export class Member {
  readonly name: Caller
  readonly space: Workspace
  readonly relay: Relay
  readonly #clock: boolean
  /** What each of its runs logged, live. */
  readonly #logs: (readonly LogLine[])[] = []
  #scaled: Scaled | undefined
  #frozen = false

  private constructor(name: Caller, space: Workspace, relay: Relay, clock: boolean) {
    this.name = name
    this.space = space
    this.relay = relay
    this.#clock = clock
  }

  static async start(options: MemberOptions): Promise<Member> {
    const { cluster, name, rules, lease, kubernetes = '', engine = 'lateness: 200ms', clock = false } = options
    const relay = await startRelay(cluster)
    const kubeconfig = options.kubeconfig?.(relay.url) ?? cluster.kubeconfigOf(name, relay.url)
    const leased =
      lease === undefined
        ? ''
        : `, lease: {name: ${lease.name}, identity: ${name}, duration: ${lease.duration}, deadline: ${lease.deadline}, retry: ${lease.retry}}`
    const space = workspace(rules, `orchestrators: {poll: 1s, kubernetes: {kubeconfig: ${kubeconfig}${leased}${kubernetes}}}`)
    writeFileSync(space.config, readFileSync(space.config, 'utf8').replace('engine: {lateness: 200ms}', `engine: {${engine}}`))
    const member = new Member(name, space, relay, clock)
    await member.run()
    return member
  }

  get scaled(): Scaled {
    if (this.#scaled === undefined) throw new Error(`${this.name} does not run`)
    return this.#scaled
  }

  get running(): boolean {
    return this.#scaled !== undefined
  }

  get frozen(): boolean {
    return this.#frozen
  }

  async run(): Promise<void> {
    if (this.#clock) {
      this.#setClock(0)
      process.env.SCALE_TEST_CLOCK = this.#clockFile
    }
    const preload = this.#clock ? ['--import', new URL('clock-that-jumps.mjs', import.meta.url).href] : []
    this.#scaled = await startScaled(this.space, undefined, undefined, preload)
    this.#logs.push(this.#scaled.log)
  }

  /** Of all its runs, oldest first. */
  get log(): readonly LogLine[] {
    return this.#logs.flat()
  }

  /** As a crash, and what the machine forgot. */
  async kill(): Promise<void> {
    const scaled = this.#scaled
    this.#scaled = undefined
    this.#frozen = false
    await scaled?.end('SIGKILL')
  }

  /** As Kubernetes ends a pod; the exit code. */
  async stop(): Promise<number | null> {
    const scaled = this.scaled
    const code = await scaled.end('SIGTERM')
    this.#scaled = undefined
    return code
  }

  freeze(): void {
    this.#frozen = true
    this.scaled.child.kill('SIGSTOP')
  }

  thaw(): void {
    this.#frozen = false
    this.#scaled?.child.kill('SIGCONT')
  }

  /** The wall clock is ahead by so much from now on. */
  jump(ms: number): void {
    this.#setClock(ms)
    this.#scaled?.child.kill('SIGUSR2')
  }

  get #clockFile(): string {
    return join(this.space.dir, 'ahead')
  }

  #setClock(ms: number): void {
    writeFileSync(this.#clockFile, String(ms))
  }

  async close(): Promise<void> {
    await this.kill()
    await this.relay.close()
    this.space.remove()
  }
}
