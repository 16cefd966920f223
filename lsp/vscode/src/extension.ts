/** The extension: what is put together when the first rule file is opened. */
import { dirname } from 'node:path'
import * as vscode from 'vscode'
import { type Client, createClient } from './client.ts'
import { activeFile, createActions } from './commands.ts'
import type { Located } from './locate.ts'
import { createReports } from './reports.ts'
import type { Language, Position } from './requests.ts'
import { createStatus } from './status.ts'
import { createTests } from './tests.ts'

let client: Client | undefined

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  // Lenses are pressed when everything is there.
  let parts: Parts | undefined
  const created = createClient(context, {
    'scale.runTest': (uri, name) => parts?.tests.run(String(uri), typeof name === 'string' ? name : undefined),
    'scale.replay': (uri, recording) => parts?.actions.replay(String(uri), typeof recording === 'string' ? recording : undefined),
    'scale.explain': (uri, position) => parts?.actions.explain(String(uri), position as Position | undefined),
  })
  if ('problem' in created) {
    void vscode.window.showErrorMessage(`SCALE: ${created.problem}`)
    return
  }
  client = created
  await client.start()
  parts = assemble(context, client.language, () => created.restart(), created.located)
  await Promise.all([parts.status.refresh(), parts.tests.refresh()])
}

export async function deactivate(): Promise<void> {
  await client?.stop()
}

export interface Parts {
  readonly tests: ReturnType<typeof createTests>
  readonly status: ReturnType<typeof createStatus>
  readonly actions: ReturnType<typeof createActions>
}

/** Everything beside the language client itself. */
export function assemble(context: Pick<vscode.ExtensionContext, 'subscriptions'>, language: Language, restart: () => Promise<void>, scalec: Located): Parts {
  const reports = createReports()
  const status = createStatus(language)
  const tests = createTests(language)
  const actions = createActions(language, reports)
  const commands: Readonly<Record<string, () => unknown>> = {
    'scale.replayFile': () => withFile(({ uri }) => actions.replay(uri)),
    'scale.testFile': () => withFile(({ uri }) => tests.run(uri)),
    'scale.explainHere': () => withFile(({ uri, position }) => actions.explain(uri, position)),
    'scale.explainFile': () => withFile(({ uri }) => actions.explain(uri)),
    'scale.playground': () => withFile(({ uri }) => openPlayground(scalec, vscode.Uri.parse(uri).fsPath)),
    'scale.showCatalog': () => status.show(),
    'scale.refreshCatalog': async () => {
      await language.request('scale/refreshCatalog', {})
      await status.refresh()
    },
    'scale.restart': async () => {
      await restart()
      await Promise.all([status.refresh(), tests.refresh()])
    },
  }
  context.subscriptions.push(reports, status, tests, ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)))
  return { tests, status, actions }
}

function withFile(act: (file: NonNullable<ReturnType<typeof activeFile>>) => unknown): unknown {
  const file = activeFile()
  return file === undefined ? undefined : act(file)
}

/** It serves until its terminal is closed, and prints its address, which the terminal makes a link. No shell reads the file's name. */
function openPlayground({ file, isScript }: Located, path: string): void {
  const args = ['playground', path, '--port', '0']
  const program = isScript
    ? { shellPath: process.execPath, shellArgs: [file, ...args], env: { ELECTRON_RUN_AS_NODE: '1' } }
    : { shellPath: file, shellArgs: args }
  vscode.window.createTerminal({ name: 'SCALE playground', cwd: dirname(path), ...program }).show(true)
}
