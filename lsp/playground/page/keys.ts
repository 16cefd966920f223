/** Keys of the page, and the list of them. */
import { byId, element } from './dom.ts'

export interface Shortcut {
  /** As people read it. */
  readonly keys: string
  readonly does: string
  /** Absent: the editor or the browser does it. */
  readonly on?: { readonly code: string; readonly modifier: 'ctrl' | 'alt' | 'none'; readonly run: () => void }
}

export function bindKeys(groups: Readonly<Record<string, readonly Shortcut[]>>): () => void {
  const all = Object.values(groups).flat()
  addEventListener('keydown', (event) => {
    for (const { on } of all) {
      if (on === undefined || !matches(event, on)) continue
      event.preventDefault()
      on.run()
      return
    }
  })
  const dialog = byId<HTMLDialogElement>('keys')
  dialog.replaceChildren(
    element('h2', { id: 'keys-title' }, 'Keys'),
    ...Object.entries(groups).map(([title, shortcuts]) =>
      element(
        'section',
        {},
        element('h3', {}, title),
        element(
          'dl',
          {},
          ...shortcuts.flatMap(({ keys, does }) => [element('dt', {}, ...keys.split(' ').map((key) => element('kbd', {}, key))), element('dd', {}, does)]),
        ),
      ),
    ),
    element('form', { method: 'dialog' }, element('button', { class: 'plain' }, 'Close ', element('kbd', {}, 'Esc'))),
  )
  return () => (dialog.open ? dialog.close() : dialog.showModal())
}

function matches(event: KeyboardEvent, { code, modifier }: NonNullable<Shortcut['on']>): boolean {
  if (modifier === 'none') return !event.ctrlKey && !event.metaKey && !event.altKey && event.key === code && !isTyping(event.target)
  return event.code === code && (modifier === 'alt' ? event.altKey && !event.ctrlKey : (event.ctrlKey || event.metaKey) && !event.altKey)
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'SELECT', 'TEXTAREA'].includes(target.tagName))
}
