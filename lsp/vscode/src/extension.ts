/** The extension: what is put together when the first rule file is opened. */
import { dirname } from 'node:path'
import * as vscode from 'vscode'
import type { LensCommands } from './client.ts'
import { activeFile, createActions } from './commands.ts'
import type { Located } from './locate.ts'
import { createReports } from './reports.ts'
import type { Position } from './requests.ts'
import { createServer, type Server } from './server.ts'
import { createStatus } from './status.ts'
import { createTests } from './tests.ts'

let server: Server | undefined

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('SCALE', { log: true })
  context.subscriptions.push(output)
  const lenses: LensCommands = {
    'scale.runTest': (uri, name) => told(serving, () => parts.tests.run(String(uri), typeof name === 'string' ? name : undefined)),
    'scale.replay': (uri, recording) => told(serving, () => parts.actions.replay(String(uri), typeof recording === 'string' ? recording : undefined)),
    'scale.explain': (uri, position) => told(serving, () => parts.actions.explain(String(uri), position as Position | undefined)),
  }
  const serving = createServer({ extensionPath: context.extensionPath, lenses, output })
  server = serving
  const parts = assemble(context, serving)
  await parts.restart()
}

export async function deactivate(): Promise<void> {
  await server?.stop()
}

export interface Parts {
  readonly tests: ReturnType<typeof createTests>
  readonly status: ReturnType<typeof createStatus>
  readonly actions: ReturnType<typeof createActions>
  restart(): Promise<void>
}

/** Everything beside the language server itself. */
function assemble(context: Pick<vscode.ExtensionContext, 'subscriptions'>, server: Server): Parts {
  const { language } = server
  const reports = createReports()
  const status = createStatus(language)
  const tests = createTests(language)
  const actions = createActions(language, reports)
  const restart = async (): Promise<void> => {
    await server.restart()
    if (server.located === undefined) status.lost(server.problem ?? '')
    else await Promise.all([status.refresh(), tests.refresh()])
  }
  const commands: Readonly<Record<string, () => unknown>> = {
    'scale.replayFile': () => withFile(({ uri }) => actions.replay(uri)),
    'scale.testFile': () => withFile(({ uri }) => tests.run(uri)),
    'scale.explainHere': () => withFile(({ uri, position }) => actions.explain(uri, position)),
    'scale.explainFile': () => withFile(({ uri }) => actions.explain(uri)),
    'scale.playground': () => withFile(() => openPlayground(server.located)),
    'scale.showCatalog': () => status.show(),
    'scale.refreshCatalog': () => status.renew(),
  }
  context.subscriptions.push(
    ...[reports, status, tests],
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, () => told(server, run))),
    vscode.commands.registerCommand('scale.restart', restart),
    // Both decide which scalec serves.
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('scale.path')) void restart()
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void restart()),
  )
  return { tests, status, actions, restart }
}

/** The editor would say of a command that fails no more than that it did, in a window in the way of everything else. */
async function told(server: Server, run: () => unknown): Promise<void> {
  if (server.located === undefined) return server.sayProblem()
  try {
    await run()
  } catch (error) {
    void vscode.window.showErrorMessage(`SCALE: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function withFile(act: (file: NonNullable<ReturnType<typeof activeFile>>) => unknown): unknown {
  const file = activeFile()
  return file === undefined ? undefined : act(file)
}

/** It serves until its terminal is closed, and prints its address, which the terminal makes a link. No shell reads the file's name. */
async function openPlayground(located: Located | undefined): Promise<void> {
  const document = vscode.window.activeTextEditor?.document
  if (located === undefined || document === undefined) return
  if (document.isUntitled) return void vscode.window.showInformationMessage('SCALE: save this text first: the playground reads a file.')
  // As before a task that runs.
  if (document.isDirty && !(await document.save())) return
  const path = document.uri.fsPath
  const { file, isScript } = located
  const args = ['playground', path, '--port', '0']
  const program = isScript
    ? { shellPath: process.execPath, shellArgs: [file, ...args], env: { ELECTRON_RUN_AS_NODE: '1' } }
    : { shellPath: file, shellArgs: args }
  vscode.window.createTerminal({ name: 'SCALE playground', cwd: dirname(path), ...program }).show(true)
}
