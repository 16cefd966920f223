/** The language server as the other parts know it: the same one through restarts, whichever `scalec` it is. */
import * as vscode from 'vscode'
import { type Client, type ClientOptions, createClient } from './client.ts'
import type { Located } from './locate.ts'
import type { Language } from './requests.ts'

export interface Server {
  readonly language: Language
  /** The `scalec` that serves; undefined where none does. */
  readonly located: Located | undefined
  /** Why none serves, as a sentence. */
  readonly problem: string | undefined
  /** Looks for a `scalec` anew. Says what is wrong where none serves after that. */
  restart(): Promise<void>
  /** Says why none serves, with what can be done about it. */
  sayProblem(): Promise<void>
  stop(): Promise<void>
}

export function createServer(options: ClientOptions): Server {
  let client: Client | undefined
  let problem: string | undefined
  /** Whether the output says more of the problem. */
  let isLogged = false
  /** Restarts that are asked for while one is under way wait for it. */
  let last: Promise<void> = Promise.resolve()
  const listeners = new Set<readonly [method: string, hear: (params: unknown) => void]>()

  async function stop(): Promise<void> {
    const stopped = client
    client = undefined
    // One that has crashed cannot be stopped.
    await stopped?.stop().catch(() => {})
  }

  async function restart(): Promise<void> {
    await stop()
    problem = undefined
    isLogged = false
    const created = createClient(options)
    if ('problem' in created) {
      problem = created.problem
      return void sayProblem()
    }
    for (const [method, hear] of listeners) created.language.onNotification(method, hear)
    try {
      await created.start()
      client = created
    } catch (error) {
      const { message, cause } = error as Error
      isLogged = true
      options.output.error(cause instanceof Error ? cause : message)
      problem = `${created.located.file} does not start${message === '' ? '' : `: ${message}`}`
      void sayProblem()
    }
  }

  async function sayProblem(): Promise<void> {
    const [why, settings, again] = ['Show Why', 'Settings', 'Try Again']
    const actions = isLogged ? [why, settings, again] : [settings, again]
    const chosen = await vscode.window.showErrorMessage(`SCALE: ${problem ?? 'the language server does not run'}`, ...actions)
    if (chosen === why) options.output.show(true)
    if (chosen === settings) await vscode.commands.executeCommand('workbench.action.openSettings', 'scale.path')
    if (chosen === again) await vscode.commands.executeCommand('scale.restart')
  }

  return {
    language: {
      request: async (method, params, token) => {
        if (client === undefined) throw new Error('the language server does not run')
        return client.language.request(method, params, token)
      },
      onNotification(method, hear) {
        const listener = [method, hear] as const
        listeners.add(listener)
        return { dispose: () => void listeners.delete(listener) }
      },
    },
    get located() {
      return client?.located
    },
    get problem() {
      return problem
    },
    sayProblem,
    restart() {
      last = last.then(restart)
      return last
    },
    async stop() {
      await last
      await stop()
    },
  }
}
