/** What people call by name: replays, explanations, the playground. */
import * as vscode from 'vscode'
import type { Reports } from './reports.ts'
import type { Language, Position } from './requests.ts'
import { uriOf } from './uris.ts'

export interface Actions {
  /** Of the recording, or of one that is chosen. */
  replay(uri: string, recording?: string): Promise<void>
  explain(uri: string, position?: Position): Promise<void>
}

const recordings = '**/*.{jsonl,binpb,jsonl.gz,binpb.gz,jsonl.zst,binpb.zst}'
const mostOffered = 100

export function createActions(language: Language, reports: Reports): Actions {
  return {
    async replay(uri, recording) {
      const chosen = recording ?? (await chooseRecording())
      if (chosen === undefined) return
      const answer = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: 'SCALE: replaying…', cancellable: false }, () =>
        language.request('scale/replay', chosen === sameAgain ? { uri } : { uri, recording: chosen }),
      )
      if (answer.problem !== undefined) return void vscode.window.showWarningMessage(`SCALE: ${answer.problem}`)
      await reports.show('replay.txt', answer.text)
    },
    async explain(uri, position) {
      const { markdown } = await language.request('scale/explain', position === undefined ? { uri } : { uri, position })
      await reports.preview('explanation.md', markdown)
    },
  }
}

/** Whichever the server took last, or a test names. */
const sameAgain = ''
const elsewhere = '…'

async function chooseRecording(): Promise<string | undefined> {
  const found = await vscode.workspace.findFiles(recordings, '**/node_modules/**', mostOffered)
  const same = { label: '$(history) The last one', description: 'or the one that a test of this file names', path: sameAgain }
  const items = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), path: uri.fsPath })).sort((a, b) => (a.label < b.label ? -1 : 1))
  const browse = { label: '$(folder-opened) Another one…', description: 'what the Collector’s file exporter wrote', path: elsewhere }
  const picked = await vscode.window.showQuickPick([same, ...items, browse], { placeHolder: 'Which recording?', matchOnDescription: true })
  if (picked?.path !== elsewhere) return picked?.path
  const chosen = await vscode.window.showOpenDialog({ title: 'A recording', filters: { Recordings: ['jsonl', 'binpb', 'json', 'gz', 'zst'] } })
  return chosen?.[0]?.fsPath
}

/** The rule file in view; says so where there is none. */
export function activeFile(): { readonly uri: string; readonly position: Position } | undefined {
  const editor = vscode.window.activeTextEditor
  if (editor?.document.languageId !== 'scale') {
    void vscode.window.showInformationMessage('Open a SCALE file first.')
    return undefined
  }
  const { line, character } = editor.selection.active
  const { uri } = editor.document
  return { uri: uriOf(uri), position: { line, character } }
}
