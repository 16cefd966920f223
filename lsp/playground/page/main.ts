/// <reference lib="dom" />
/** The page: rules on the left; on the right what they do, replayed whenever they change. */
import type { Hello, Picture, Problem, ServerMessage } from '../contract.ts'
import { connect } from './connection.ts'
import { dividerMoves } from './divider.ts'
import { byId, element } from './dom.ts'
import { createEditors, type Editors } from './editor.ts'
import { createExplanation } from './explanation.ts'
import { bytes, counted } from './format.ts'
import { bindKeys } from './keys.ts'
import { createNotices } from './notices.ts'
import { themeToggle } from './theme.ts'
import { createView } from './view.ts'

/** After the last keystroke, ms: long enough for a word, short enough to see at once. */
const pause = 200
/** Replays that are done sooner are never told of as running. */
const patience = 250

const status = byId('status')
const chooser = byId<HTMLSelectElement>('recording')
const problemList = byId('problems')
const told = createNotices(byId('notice'))

let editors: Editors | undefined
let request = 0
let asked = 0
let timer: ReturnType<typeof setTimeout> | undefined
let waiting: ReturnType<typeof setTimeout> | undefined
/** What the rules did before they were edited. */
let before: Picture | undefined
let picture: Picture | undefined
const starts: Record<string, number> = {}
/** By file: the text that was sent to be written last. */
const saving = new Map<string, string>()

const view = createView({
  onDecision: (decision, target) => explanation.open(decision, target),
  onRule: ({ file, line }) => editors?.goTo(file, line),
  onStart: (target, replicas) => {
    starts[target] = replicas
    before = undefined
    replay()
  },
})
const explanation = createExplanation({
  onOpen: (decision) => {
    view.select(decision)
    if (!connection.send({ kind: 'explain', request, decision: decision.id })) explanation.tell(decision.id, ended)
  },
  onClose: () => view.select(undefined),
  onMove: step,
})
const ended = 'The playground has ended; waiting for it to come back…'
const connection = connect(onMessage, (state) => {
  if (state === 'open') return
  clearTimeout(waiting)
  status.textContent = ended
  explanation.tell(explanation.shown?.id ?? '', ended)
})

function onMessage(message: ServerMessage): void {
  switch (message.kind) {
    case 'hello':
      begin(message)
      break
    case 'progress':
      if (message.request === request) status.textContent = `Replaying, ${Math.round(100 * message.share)} %`
      break
    case 'picture':
      if (message.request === request) show(message.picture)
      break
    case 'refused':
      if (message.request === request) refuse(message.problems)
      break
    case 'explanation':
      explanation.tell(message.decision, message.text)
      break
    case 'catalog':
      editors?.useCatalog(message)
      break
    case 'saved':
      status.textContent = message.error ?? `${message.file} is saved`
      if (message.error === undefined) {
        editors?.saved(message.file, saving.get(message.file) ?? '')
        told.hide(message.file)
      }
      tellChanges()
      break
    default:
      message satisfies never
  }
}

function begin({ files, recordings, words, rootUri }: Hello): void {
  const chosen = chooser.value
  chooser.replaceChildren(...recordings.map(({ id, name, bytes: size }) => element('option', { value: id }, `${name}  (${bytes(size)})`)))
  chooser.disabled = recordings.length === 0
  if (recordings.some(({ id }) => id === chosen)) chooser.value = chosen
  if (editors === undefined) {
    editors = createEditors(byId('editors'), files, words, rootUri, { onEdit, onShow: tellChanges, onLanguage, onDraft, onConflict })
    if (files.length > 1) showTabs(editors)
    tellChanges()
  } else editors.onDisk(files)
  if (recordings.length === 0) noRecording()
  replay()
}

function onDraft(name: string, text: string, found: 'restored' | 'outdated'): void {
  if (found === 'restored') told.show(name, `${name}: your text is back, which is not saved`, ['Discard it', () => editors?.replace(name, editors.kept(name))])
  else told.show(name, `${name} has changed on disk since you edited it here`, ['Bring my text back', () => editors?.replace(name, text)])
}

function onConflict(name: string, onDisk: string): void {
  told.show(name, `${name} has changed on disk while you edit it here, and will not be overwritten`, [
    'Take what is on disk',
    () => {
      editors?.saved(name, onDisk)
      editors?.replace(name, onDisk)
    },
  ])
}

function noRecording(): void {
  status.textContent = ''
  showInstead(
    'No recording yet',
    element('p', {}, 'What the rules do is seen on recorded traces: OTLP JSON lines or protobuf, as the Collector’s file exporter writes them.'),
    element('pre', {}, 'scalec playground RULES.scale --recording traces.jsonl.gz'),
  )
}

function noRule(): void {
  showInstead(
    'No rule yet',
    element('p', {}, 'Write one on the left, and what it does on the recording is seen here. Ctrl Space shows what may come next.'),
    element('pre', {}, 'scale deployment/ads +1\n  when span(ads/GetAds).p99 > 400ms for 1m'),
  )
  status.textContent = ''
}

/** In the place of a picture. */
function showInstead(title: string, ...words: readonly HTMLElement[]): void {
  picture = undefined
  problemList.hidden = true
  view.setStale(false)
  byId('summary').replaceChildren()
  byId('picture').replaceChildren(element('div', { class: 'empty' }, element('h2', {}, title), ...words))
}

/** Before the first picture. */
function notYet(): void {
  showInstead('Nothing to see yet', element('p', {}, 'Mend what is said below, and what the rules do on the recording is seen here.'))
}

function onEdit(): void {
  clearTimeout(timer)
  timer = setTimeout(replay, pause)
  tellChanges()
}

function showTabs({ names, show }: Editors): void {
  const tabs = names.map((name) => element('button', { type: 'button', role: 'tab', class: 'tab', 'data-file': name, title: name, click: () => show(name) }))
  byId('tabs').addEventListener('keydown', (event) => {
    const at = tabs.indexOf(event.target as HTMLButtonElement)
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key]
    if (at === -1 || to === undefined) return
    event.preventDefault()
    const tab = tabs[(to + tabs.length) % tabs.length]
    tab?.click()
    tab?.focus()
  })
  byId('tabs').replaceChildren(...tabs)
  byId('tabs').hidden = false
  tellChanges()
}

/** Which file is in view, and which are not saved. The tabs stay the same elements, so that none loses the focus. */
function tellChanges(): void {
  if (editors === undefined) return
  const { name: shown, saved } = editors.current()
  byId('save').hidden = !saved || !editors.isChanged(shown)
  for (const tab of byId('tabs').querySelectorAll<HTMLElement>('.tab')) {
    const { file = '' } = tab.dataset
    tab.textContent = `${file}${editors.isChanged(file) ? ' •' : ''}`
    tab.setAttribute('aria-selected', String(file === shown))
    // Arrows go from one to the next; Tab goes on, to the text.
    tab.tabIndex = file === shown ? 0 : -1
  }
}

function onLanguage(state: 'starting' | 'ready' | 'lost'): void {
  byId('language').textContent =
    state === 'ready'
      ? 'Ctrl Space completes · F2 renames · F12 goes to what is defined'
      : state === 'starting'
        ? 'The language server starts…'
        : 'Without the language server, which has ended: no completion, no hints'
  byId('language').dataset.state = state
}

/** Everything that the editors hold is replayed; an older replay that still runs is given up. */
function replay(): void {
  if (editors === undefined || chooser.value === '') return
  request++
  asked = performance.now()
  clearTimeout(waiting)
  // Whoever comes back is told everything then.
  if (!connection.send({ kind: 'replay', request, recording: chooser.value, files: editors.texts(), replicas: starts })) {
    view.setStale(true)
    return
  }
  waiting = setTimeout(() => {
    status.textContent = 'Replaying…'
  }, patience)
}

function show(next: Picture): void {
  clearTimeout(waiting)
  picture = next
  before ??= next
  problemList.hidden = true
  view.draw(next, before)
  view.setStale(false)
  renewExplanation()
  status.textContent = `Replayed in ${Math.round(performance.now() - asked)} ms`
}

/** What is explained belonged to the picture before. Its id is of the rules as well, so it is another one now. */
function renewExplanation(): void {
  const { shown, target } = explanation
  if (shown === undefined || target === undefined) return
  const same = view.decisions.find((each) => each.target.id === target.id && each.decision.at === shown.at)
  explanation.renew(same?.decision, same?.target ?? target)
  if (same === undefined) view.select(undefined)
}

function refuse(problems: readonly Problem[]): void {
  clearTimeout(waiting)
  if (problems.every(({ severity }) => severity === 'warning')) {
    noRule()
    return
  }
  const few = 4
  const lines = problems
    .slice(0, few)
    .map(({ message, code, file, line }) =>
      element(
        'li',
        {},
        file === undefined || line === undefined
          ? message
          : element(
              'button',
              { type: 'button', class: 'problem', click: () => editors?.goTo(file, line) },
              element('code', {}, `${editors !== undefined && editors.names.length > 1 ? `${file}:` : 'line '}${line}:`),
              ` ${message}`,
              code === undefined ? undefined : element('code', { class: 'code' }, code),
            ),
      ),
    )
  const more = problems.length > few ? [element('li', {}, `and ${problems.length - few} more`)] : []
  const old = picture === undefined ? '' : ' Above is what the rules did before.'
  if (picture === undefined) notYet()
  const list = element('ul', {}, ...lines, ...more)
  // The same again would be read out again, at each keystroke.
  if (problemList.hidden || problemList.querySelector('ul')?.textContent !== list.textContent)
    problemList.replaceChildren(element('p', {}, `${counted(problems.length, 'problem')} to mend.${old}`), list)
  problemList.hidden = false
  view.setStale(picture !== undefined)
  status.textContent = counted(problems.length, 'problem')
}

/** Opens the decision before or behind the one that is open; without one the first or the last. */
function step(by: 1 | -1): void {
  const all = view.decisions
  const at = all.findIndex(({ decision }) => decision.id === explanation.shown?.id)
  const next = all[at === -1 ? (by === 1 ? 0 : all.length - 1) : at + by]
  if (next === undefined) return
  const card = document.querySelector<HTMLDetailsElement>(`[data-target="${CSS.escape(next.target.id)}"]`)
  if (card !== null) card.open = true
  requestAnimationFrame(() => {
    document.querySelector(`[data-decision="${CSS.escape(next.decision.id)}"]`)?.scrollIntoView({ block: 'center' })
    explanation.open(next.decision, next.target)
  })
}

function save(): void {
  const file = editors?.current()
  const text = editors?.texts().find(({ name }) => name === file?.name)?.text
  if (editors === undefined || file === undefined || text === undefined) return
  saving.set(file.name, text)
  const before = editors.kept(file.name)
  if (!connection.send({ kind: 'save', file: file.name, text, before })) status.textContent = `${file.name} is not saved: the playground has ended`
}

chooser.addEventListener('change', () => {
  before = undefined
  view.forget()
  explanation.close()
  replay()
})
byId('save').addEventListener('click', save)
const toggleTheme = themeToggle(() => view.repaint())
dividerMoves()
const toggleKeys = bindKeys({
  Page: [
    { keys: 'Alt 1', does: 'to the rules', on: { code: 'Digit1', modifier: 'alt', run: () => editors?.focus() } },
    { keys: 'Alt 2', does: 'to the picture', on: { code: 'Digit2', modifier: 'alt', run: () => byId('scroll').focus() } },
    { keys: 'Alt 3', does: 'to the recording', on: { code: 'Digit3', modifier: 'alt', run: () => chooser.focus() } },
    { keys: 'Ctrl S', does: 'save the file', on: { code: 'KeyS', modifier: 'ctrl', run: save } },
    { keys: 'Alt T', does: 'light or dark', on: { code: 'KeyT', modifier: 'alt', run: () => toggleTheme() } },
    { keys: '?', does: 'these keys', on: { code: '?', modifier: 'none', run: () => toggleKeys() } },
  ],
  Decisions: [
    { keys: 'Alt .', does: 'explain the next', on: { code: 'Period', modifier: 'alt', run: () => step(1) } },
    { keys: 'Alt ,', does: 'explain the one before', on: { code: 'Comma', modifier: 'alt', run: () => step(-1) } },
    { keys: '← →', does: 'the same, while one is open' },
    { keys: 'Esc', does: 'close the explanation' },
  ],
  Rules: [
    { keys: 'Ctrl Space', does: 'complete' },
    { keys: 'F2', does: 'rename' },
    { keys: 'F12', does: 'to the definition' },
    { keys: 'Shift F12', does: 'all references' },
    { keys: 'Shift Alt F', does: 'format' },
    { keys: 'F8', does: 'next problem; Tab to its fixes' },
    { keys: 'Tab', does: 'leave the editor' },
  ],
})
byId('help').addEventListener('click', toggleKeys)
