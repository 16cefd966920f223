/** Texts to read that are no files: what a replay says, what a rule means. */
import * as vscode from 'vscode'

export const scheme = 'scale-report'
/** Long lines are wrapped in it: see the manifest. */
export const language = 'scale-report'

export interface Reports extends vscode.Disposable {
  /** In an editor of its own; the same name again takes the place of what was there. */
  show(name: string, text: string): Promise<void>
  /** As formatted text. */
  preview(name: string, markdown: string): Promise<void>
}

export function createReports(): Reports {
  const texts = new Map<string, string>()
  const changed = new vscode.EventEmitter<vscode.Uri>()
  const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: changed.event,
    provideTextDocumentContent: ({ path }) => texts.get(path) ?? '',
  })
  const put = (name: string, text: string): vscode.Uri => {
    const uri = vscode.Uri.from({ scheme, path: `/${name}` })
    texts.set(uri.path, text)
    changed.fire(uri)
    return uri
  }
  return {
    async show(name, text) {
      const opened = await vscode.workspace.openTextDocument(put(name, text))
      const document = await vscode.languages.setTextDocumentLanguage(opened, language)
      await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true })
    },
    async preview(name, markdown) {
      await vscode.commands.executeCommand('markdown.showPreviewToSide', put(name, markdown))
    },
    dispose() {
      provider.dispose()
      changed.dispose()
    },
  }
}
