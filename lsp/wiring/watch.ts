/** Changes of files that no editor holds: told by the client where it can, else noticed here. */
import { dirname } from 'node:path'
import { type Connection, DidChangeWatchedFilesNotification, type InitializeParams } from 'vscode-languageserver/node'
import { createWatcher, type Watcher } from '../../src/files/index.ts'
import { pathOf } from '../workspace/uris.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { guardedNotification, type Report } from './answers.ts'

export interface FileWatch {
  initialize(params: InitializeParams): void
  initialized(): void
  /** Other folders matter than before. */
  refresh(): void
  close(): void
}

export function createFileWatch(connection: Connection, workspace: Workspace, report: Report): FileWatch {
  let byClient = false
  let watcher: Watcher | undefined

  connection.onDidChangeWatchedFiles(
    guardedNotification('workspace/didChangeWatchedFiles', report, ({ changes }) => workspace.filesChanged(changes.map(({ uri }) => uri))),
  )

  function refresh(): void {
    if (byClient) return
    watcher ??= createWatcher(
      () => workspace.refresh(),
      (folder, error) => report(`watching ${folder}`, error),
      (name) => name === undefined || name.endsWith('.scale') || name.endsWith('.json'),
    )
    const files = workspace.projects.flatMap((project) => [...project.watched, ...project.roots.map(({ uri }) => pathOf(uri) ?? '')])
    watcher.folders([...workspace.folders, ...files.filter((file) => file !== '').map((file) => dirname(file))])
  }

  return {
    initialize({ capabilities }) {
      byClient = capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true
    },
    initialized() {
      if (byClient)
        void connection.client
          .register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: '**/*.scale' }, { globPattern: '**/*.json' }] })
          .catch((error) => report('client/registerCapability', error))
      refresh()
    },
    refresh,
    close: () => watcher?.close(),
  }
}
