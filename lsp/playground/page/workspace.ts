/** The rule files that are open in the page, each with an editor of its own: the language server knows the text of all, not only of the one in view. */
import { type LSPClient, LSPPlugin, Workspace, type WorkspaceFile } from '@codemirror/lsp-client'
import type { ChangeSet, Text } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'

class OpenFile implements WorkspaceFile {
  readonly uri: string
  readonly languageId: string
  readonly view: EditorView
  version = 0
  doc: Text

  constructor(uri: string, languageId: string, view: EditorView) {
    this.uri = uri
    this.languageId = languageId
    this.view = view
    this.doc = view.state.doc
  }

  getView(): EditorView {
    return this.view
  }
}

export class OpenFiles extends Workspace {
  files: OpenFile[] = []
  readonly #show: (uri: string) => EditorView | undefined

  /** `show` brings a file's editor in front. */
  constructor(client: LSPClient, show: (uri: string) => EditorView | undefined) {
    super(client)
    this.#show = show
  }

  syncFiles(): { readonly file: OpenFile; readonly prevDoc: Text; readonly changes: ChangeSet }[] {
    const updates: { file: OpenFile; prevDoc: Text; changes: ChangeSet }[] = []
    for (const file of this.files) {
      const plugin = LSPPlugin.get(file.view)
      if (plugin === null || plugin.unsyncedChanges.empty) continue
      updates.push({ file, prevDoc: file.doc, changes: plugin.unsyncedChanges })
      file.doc = file.view.state.doc
      file.version++
      plugin.clear()
    }
    return updates
  }

  openFile(uri: string, languageId: string, view: EditorView): void {
    const file = new OpenFile(uri, languageId, view)
    this.files.push(file)
    this.client.didOpen(file)
  }

  closeFile(uri: string): void {
    this.files = this.files.filter((file) => file.uri !== uri)
    this.client.didClose(uri)
  }

  override displayFile(uri: string): Promise<EditorView | null> {
    return Promise.resolve(this.#show(uri) ?? null)
  }
}
