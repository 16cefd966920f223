/// <reference lib="dom" />
/**
 * What is wrong, under the text, with the server's fixes as buttons. The page asks for it after each edit: an answer is of the text that it was asked for, and one that
 * comes too late is dropped.
 */
import { type Action, type Diagnostic, setDiagnostics } from '@codemirror/lint'
import { type LSPClient, LSPPlugin } from '@codemirror/lsp-client'
import { type Extension, type Text, Transaction } from '@codemirror/state'
import { type EditorView, ViewPlugin } from '@codemirror/view'
import type { CodeAction, FullDocumentDiagnosticReport, Diagnostic as Reported, TextEdit } from 'vscode-languageserver-protocol'
import { element } from './dom.ts'

/** After the last keystroke, ms. */
const pause = 250
/** Fixes are asked for so many at most: who has more errors mends the first ones first. */
const mostFixed = 20

/** `views`: of all open files, since an edit of one may mend another. */
export function diagnostics(client: LSPClient, views: () => readonly EditorView[]): Extension {
  let timer: ReturnType<typeof setTimeout> | undefined
  const ask = (): void => {
    client.sync()
    askAgain(client, views())
  }
  const soon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(ask, pause)
  }
  return ViewPlugin.define(() => {
    soon()
    return {
      update: ({ docChanged }) => {
        if (docChanged) soon()
      },
    }
  })
}

/** What is wrong may be something else without an edit. */
export function askAgain(client: LSPClient, views: readonly EditorView[]): void {
  for (const view of views) pull(client, view).catch(() => {})
}

async function pull(client: LSPClient, view: EditorView): Promise<void> {
  const plugin = LSPPlugin.get(view)
  if (plugin === null) return
  const doc = view.state.doc
  const textDocument = { uri: plugin.uri }
  const report = await client.request<object, FullDocumentDiagnosticReport>('textDocument/diagnostic', { textDocument })
  if (report.kind !== 'full') return
  const fixes = await Promise.all(report.items.slice(0, mostFixed).map((item) => fixesOf(client, plugin, item)))
  if (view.state.doc !== doc) return
  const found = report.items.map((item, i) => shown(item, plugin, doc, fixes[i] ?? []))
  view.dispatch(setDiagnostics(view.state, found))
}

function shown(item: Reported, plugin: LSPPlugin, doc: Text, actions: readonly Action[]): Diagnostic {
  const message = typeof item.message === 'string' ? item.message : item.message.value
  const from = plugin.fromPosition(item.range.start, doc)
  return {
    from,
    to: Math.max(from, plugin.fromPosition(item.range.end, doc)),
    severity: item.severity === 1 || item.severity === undefined ? 'error' : item.severity === 2 ? 'warning' : 'info',
    message,
    renderMessage: () => element('span', {}, message, item.code === undefined ? undefined : element('code', { class: 'code' }, String(item.code))),
    actions: [...actions],
  }
}

async function fixesOf(client: LSPClient, { uri, view }: LSPPlugin, item: Reported): Promise<readonly Action[]> {
  const actions = await client.request<object, readonly CodeAction[] | null>('textDocument/codeAction', {
    textDocument: { uri },
    range: item.range,
    context: { diagnostics: [item], only: ['quickfix'] },
  })
  return (actions ?? []).flatMap(({ title, edit }): Action[] => {
    const edits = editsOf(edit, uri)
    return edits === undefined ? [] : [{ name: title, apply: () => apply(view, edits) }]
  })
}

/** Undefined where there are none, or they are of other files as well. */
function editsOf(edit: CodeAction['edit'], uri: string): readonly TextEdit[] | undefined {
  const changes = Object.entries(edit?.changes ?? {})
  const documents = (edit?.documentChanges ?? []).flatMap((change) => ('textDocument' in change ? [change] : []))
  const all = [...changes, ...documents.map(({ textDocument, edits }) => [textDocument.uri, edits.filter((each) => 'newText' in each)] as const)]
  const [only, ...others] = all
  return only === undefined || others.length > 0 || only[0] !== uri ? undefined : only[1]
}

function apply(view: EditorView, edits: readonly TextEdit[]): void {
  const plugin = LSPPlugin.get(view)
  if (plugin === null) return
  const changes = edits.map(({ range, newText }) => ({ from: plugin.fromPosition(range.start), to: plugin.fromPosition(range.end), insert: newText }))
  view.dispatch({ changes, annotations: Transaction.userEvent.of('input.fix') })
}
