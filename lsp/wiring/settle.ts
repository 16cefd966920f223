/** Settings as they come from the client, and what follows from them. */
import { type Connection, DidChangeConfigurationNotification, type InitializeParams } from 'vscode-languageserver/node'
import type { Workspace } from '../workspace/workspace.ts'
import type { Report } from './answers.ts'
import { defaultSettings, readSettings, type Settings } from './settings.ts'
import { type LiveCatalog, liveCatalog } from './tempo.ts'

export interface SettingsState {
  readonly now: Settings
  /** The client tells of folders that come and go. */
  readonly canFolders: boolean
  readonly canRefreshLenses: boolean
  initialize(params: InitializeParams): void
  initialized(): void
  /** Asks Tempo now, if there is one. Whether there is. */
  refreshLive(): Promise<boolean>
  close(): void
}

export function createSettings(connection: Connection, workspace: Workspace, report: Report, changed: () => void): SettingsState {
  let now = defaultSettings
  let can: InitializeParams['capabilities'] = {}
  let live: LiveCatalog | undefined

  function take(given: unknown): void {
    const before = now
    now = readSettings(given)
    workspace.setDelay(now.delayMs)
    if (now.tempo !== before.tempo || now.refreshMs !== before.refreshMs) {
      live?.close()
      live = now.tempo === undefined ? undefined : liveCatalog(now.tempo, now.refreshMs, (state) => workspace.setLiveCatalog(state))
      if (now.tempo === undefined) workspace.setLiveCatalog(undefined)
    }
    if (now.lint !== before.lint) changed()
  }

  async function ask(): Promise<void> {
    try {
      const given: unknown = await connection.workspace.getConfiguration('scale')
      // A client that knows no such section leaves what it said at the start.
      if (given !== null && given !== undefined) take(given)
    } catch (error) {
      report('workspace/configuration', error)
    }
  }

  connection.onDidChangeConfiguration(({ settings }) => {
    if (can.workspace?.configuration === true) void ask()
    else take((settings as { readonly scale?: unknown } | null | undefined)?.scale)
  })

  return {
    get now() {
      return now
    },
    get canFolders() {
      return can.workspace?.workspaceFolders === true
    },
    get canRefreshLenses() {
      return can.workspace?.codeLens?.refreshSupport === true
    },
    initialize(params) {
      can = params.capabilities
      const given = params.initializationOptions as { readonly scale?: unknown } | undefined
      take(given?.scale ?? given)
    },
    initialized() {
      if (can.workspace?.configuration === true) void ask()
      if (can.workspace?.didChangeConfiguration?.dynamicRegistration === true)
        void connection.client
          .register(DidChangeConfigurationNotification.type, { section: 'scale' })
          .catch((error) => report('client/registerCapability', error))
    },
    async refreshLive() {
      await live?.refresh()
      return live !== undefined
    },
    close() {
      live?.close()
    },
  }
}
