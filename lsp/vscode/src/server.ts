/** The language server as the other parts know it: the same one through restarts, whichever `scalec` it is. */
import * as vscode from 'vscode'
import { type Client, type ClientOptions, createClient } from './client.ts'
import type { Located } from './locate.ts'
import type { Language } from './requests.ts'

export interface Server {
  readonly language: Language
  /** The `scalec` that serves; undefined where none does. */
  readonly located: Located | undefined
  /** Looks for a `scalec` anew. Says what is wrong where none serves after that. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export function createServer(options: ClientOptions): Server {
  let client: Client | undefined
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
    const created = createClient(options)
    if ('problem' in created) return void vscode.window.showErrorMessage(`SCALE: ${created.problem}`)
    for (const [method, hear] of listeners) created.language.onNotification(method, hear)
    try {
      await created.start()
      client = created
    } catch (error) {
      options.output.error(error instanceof Error ? error : String(error))
      void sayThatItDidNot(created.located.file)
    }
  }

  async function sayThatItDidNot(file: string): Promise<void> {
    const why = 'Show Why'
    if ((await vscode.window.showErrorMessage(`SCALE: ${file} does not start`, why)) === why) options.output.show(true)
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
