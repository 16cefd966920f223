/** The editors, one for each rule file, and their language server. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language'
import { lintGutter, lintKeymap } from '@codemirror/lint'
import {
  findReferencesKeymap,
  formatKeymap,
  hoverTooltips,
  jumpToDefinitionKeymap,
  LSPClient,
  renameKeymap,
  serverCompletion,
  signatureHelp,
} from '@codemirror/lsp-client'
import { Compartment, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, type KeyBinding, keymap, lineNumbers } from '@codemirror/view'
import type { EditedFile } from '../contract.ts'
import { languageTransport } from './connection.ts'
import { askAgain, diagnostics } from './diagnostics.ts'
import { element } from './dom.ts'
import { keepDraft, readDraft } from './drafts.ts'
import { highlighting, scaleLanguage, type Words } from './highlight.ts'
import { sanitized } from './sanitize.ts'
import { OpenFiles } from './workspace.ts'

export interface Editors {
  /** The texts of the editors, as they are now. */
  texts(): readonly { readonly name: string; readonly text: string }[]
  /** The file in view. */
  current(): EditedFile
  show(name: string): void
  /** Brings the file's line in view, and the cursor there. One-based. */
  goTo(name: string, line: number): void
  focus(): void
  isChanged(name: string): boolean
  /** As it is on disk, for all that the page knows. */
  kept(name: string): string
  saved(name: string, text: string): void
  /** What is on disk now: shown in editors that were not edited; of the others, those that cannot be saved over it. */
  onDisk(files: readonly EditedFile[]): void
  /** Another text in the place of the whole; undoing brings the one before back. */
  replace(name: string, text: string): void
  /** For completion, hints and lints. */
  useCatalog(catalog: UsedCatalog): void
  readonly names: readonly string[]
}

/** After the last keystroke, ms. */
const draftPause = 300

export interface UsedCatalog {
  readonly catalog: unknown
  readonly source: string
}

export interface EditorEvents {
  readonly onEdit: () => void
  readonly onShow: () => void
  readonly onLanguage: (state: 'starting' | 'ready' | 'lost') => void
  /** An edited text was not saved when the page was left; it is in the editor again, or only kept where the file has changed since. */
  readonly onDraft: (name: string, text: string, found: 'restored' | 'outdated') => void
  /** A text was edited, and its file has changed on disk. */
  readonly onConflict: (name: string, onDisk: string) => void
}

interface Open {
  readonly file: EditedFile
  readonly view: EditorView
  /** As it is on disk. */
  kept: string
}

export function createEditors(parent: HTMLElement, files: readonly EditedFile[], words: Words, rootUri: string, events: EditorEvents): Editors {
  const open = new Map<string, Open>()
  const server = new Compartment()
  const language = scaleLanguage(words)
  let client: LSPClient | undefined
  let shown = files[0] as EditedFile
  let catalog: UsedCatalog | undefined
  let keeping: ReturnType<typeof setTimeout> | undefined
  /** By name: files whose draft is this page's. */
  const drafted = new Set<string>()

  const fromServer = (lsp: LSPClient, file: EditedFile): Extension => [lsp.plugin(file.uri, 'scale'), diagnostics(lsp, views)]
  const views = (): readonly EditorView[] => [...open.values()].map(({ view }) => view)

  const editorOf = (file: EditedFile): Open => {
    const known = open.get(file.name)
    if (known !== undefined) return known
    const host = element('div', { class: 'editor', role: 'tabpanel', 'aria-label': file.name, hidden: true })
    parent.append(host)
    const view = new EditorView({
      doc: file.text,
      parent: host,
      extensions: [
        basics,
        language,
        server.of(client === undefined ? [] : fromServer(client, file)),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return
          keepSoon()
          events.onEdit()
        }),
        EditorView.contentAttributes.of({ 'aria-label': `${file.name}: rules`, spellcheck: 'false' }),
      ],
    })
    const made = { file, view, kept: file.text }
    open.set(file.name, made)
    restore(made)
    return made
  }

  const replace = ({ view }: Open, text: string): void => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })

  const restore = (made: Open): void => {
    const { file } = made
    const draft = readDraft(file.uri)
    if (draft === undefined || draft.text === file.text) return
    const isOfThisFile = draft.over === file.text
    if (isOfThisFile) {
      drafted.add(file.name)
      replace(made, draft.text)
    }
    events.onDraft(file.name, draft.text, isOfThisFile ? 'restored' : 'outdated')
  }

  /** Texts that are not saved outlive the page. Looking at a file takes no draft away: it may be another tab's. */
  const keepDrafts = (): void => {
    clearTimeout(keeping)
    for (const { file, view, kept } of open.values()) {
      const text = view.state.doc.toString()
      if (text !== kept) {
        drafted.add(file.name)
        keepDraft(file.uri, { text, over: kept })
      } else if (drafted.delete(file.name)) keepDraft(file.uri, undefined)
    }
  }
  const keepSoon = (): void => {
    clearTimeout(keeping)
    keeping = setTimeout(keepDrafts, draftPause)
  }
  addEventListener('pagehide', keepDrafts)

  const show = (name: string): EditorView | undefined => {
    const file = files.find((candidate) => candidate.name === name)
    if (file === undefined) return undefined
    shown = file
    const { view } = editorOf(file)
    for (const [other, { view: each }] of open) (each.dom.parentElement as HTMLElement).hidden = other !== name
    events.onShow()
    return view
  }

  const speak = async (): Promise<void> => {
    events.onLanguage('starting')
    const transport = await languageTransport(() => {
      events.onLanguage('lost')
      // What it was asked has no answer any more; the text goes on without it, and another one is tried.
      client?.disconnect()
      client = undefined
      for (const { view } of open.values()) view.dispatch({ effects: server.reconfigure([]) })
      setTimeout(() => void speak(), 3000)
    })
    const made = new LSPClient({
      rootUri,
      timeout: 10_000,
      sanitizeHTML: sanitized,
      highlightLanguage: (name) => (name === 'scale' ? language : null),
      workspace: (lsp) => new OpenFiles(lsp, (uri) => show(files.find((file) => file.uri === uri)?.name ?? '')),
      extensions: served(() => {
        for (const file of files) editorOf(file)
      }),
    }).connect(transport)
    client = made
    await made.initializing
    if (catalog !== undefined) made.notification('scale/useCatalog', catalog)
    for (const { file, view } of open.values()) view.dispatch({ effects: server.reconfigure(fromServer(made, file)) })
    events.onLanguage('ready')
  }

  show(shown.name)
  for (const file of files) if (readDraft(file.uri) !== undefined) editorOf(file)
  speak().catch(() => events.onLanguage('lost'))

  return {
    texts: () => [...open.values()].map(({ file, view }) => ({ name: file.name, text: view.state.doc.toString() })),
    current: () => shown,
    show,
    goTo(name, line) {
      const view = show(name)
      if (view === undefined) return
      const at = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines)).from
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
      view.focus()
    },
    focus: () => open.get(shown.name)?.view.focus(),
    isChanged: (name) => {
      const known = open.get(name)
      return known !== undefined && known.view.state.doc.toString() !== known.kept
    },
    saved(name, text) {
      const known = open.get(name)
      if (known === undefined) return
      known.kept = text
      keepDrafts()
    },
    kept: (name) => open.get(name)?.kept ?? '',
    onDisk(now) {
      for (const { name, text } of now) {
        const known = open.get(name)
        if (known === undefined || known.kept === text) continue
        const edited = known.view.state.doc.toString()
        const isEdited = edited !== known.kept && edited !== text
        if (isEdited) events.onConflict(name, text)
        else {
          known.kept = text
          if (edited !== text) replace(known, text)
        }
      }
    },
    replace(name, text) {
      const known = open.get(name)
      if (known !== undefined) replace(known, text)
    },
    useCatalog({ catalog: found, source }) {
      catalog = { catalog: found, source }
      // One that is still starting is given it then.
      if (client?.connected !== true || client.serverCapabilities === null) return
      client.notification('scale/useCatalog', catalog)
      askAgain(client, views())
    },
    names: files.map(({ name }) => name),
  }
}

/** What the language server does by itself; what is wrong with the text is asked for. */
function served(openAll: () => void): readonly Extension[] {
  // A name may be in any of the files, and only what is open can be shown and edited.
  const across = [...renameKeymap, ...jumpToDefinitionKeymap, ...findReferencesKeymap].map((binding): KeyBinding => {
    const { key, run } = binding
    if (key === 'Escape' || run === undefined) return binding
    return {
      ...binding,
      run: (view) => {
        openAll()
        return run(view)
      },
    }
  })
  return [serverCompletion(), hoverTooltips(), signatureHelp(), keymap.of([...formatKeymap, ...across])]
}

/** Tab moves on, as everywhere on a page: nobody is caught in the editor. */
const basics: Extension = [
  lineNumbers(),
  foldGutter(),
  lintGutter(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  autocompletion({ maxRenderedOptions: 60 }),
  highlighting,
  EditorView.lineWrapping,
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap]),
]
