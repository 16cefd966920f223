/// <reference lib="dom" />
/** The explanation of a decision, as `scalec explain --decision` prints it, in a panel over the picture. Escape closes it. */
import type { DecisionPicture, TargetPicture } from '../contract.ts'
import { byId, element } from './dom.ts'
import { clock } from './format.ts'
import { decisionWords, kindOf } from './view.ts'

export interface Explanation {
  open(decision: DecisionPicture, target: TargetPicture): void
  /** The text has come; of another decision than the one that is open it is of no use. */
  tell(decision: string, text: string | undefined): void
  /** The rules were replayed anew: the same decision, as it is now, or none. Whoever types goes on typing. */
  renew(decision: DecisionPicture | undefined, target: TargetPicture): void
  close(): void
  readonly shown: DecisionPicture | undefined
  /** Of the decision that is shown. */
  readonly target: TargetPicture | undefined
}

export interface ExplanationEvents {
  readonly onOpen: (decision: DecisionPicture) => void
  readonly onClose: () => void
  /** To the decision before (-1) or behind (1). */
  readonly onMove: (by: 1 | -1) => void
}

export function createExplanation({ onOpen, onClose, onMove }: ExplanationEvents): Explanation {
  const panel = byId('explanation')
  let shown: DecisionPicture | undefined
  let shownTarget: TargetPicture | undefined

  const fill = (decision: DecisionPicture, target: TargetPicture, text: string): void => {
    shown = decision
    shownTarget = target
    const button = (label: string, key: string, press: () => void): HTMLElement =>
      element('button', { type: 'button', class: 'plain', title: `${label} (${key})`, 'aria-label': label, click: press }, key)
    panel.replaceChildren(
      element(
        'header',
        {},
        element('span', { class: `chip ${kindOf(decision)}` }, decision.reason),
        element(
          'h2',
          { id: 'explanation-title' },
          `${target.id}: ${decisionWords(decision)}`,
          element('span', { class: 'muted' }, ` at ${clock(decision.at)}`),
        ),
        element(
          'span',
          { class: 'buttons' },
          button('Decision before', '←', () => onMove(-1)),
          button('Decision behind', '→', () => onMove(1)),
          button('Close', 'Esc', close),
        ),
      ),
      element('pre', { tabindex: 0, 'aria-label': 'Explanation' }, text),
      element('footer', { class: 'muted' }, 'The same as ', element('code', {}, `scalec explain --decision ${decision.id}`), ' of a decision log'),
    )
  }

  const close = (): void => {
    if (shown === undefined) return
    const opener = markerOf(shown)
    const hadFocus = panel.contains(document.activeElement)
    shown = undefined
    panel.hidden = true
    document.body.classList.remove('explains')
    onClose()
    if (!hadFocus) return
    if (opener !== null) opener.focus()
    else byId('scroll').focus()
  }
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close()
    else if (event.key === 'ArrowLeft') onMove(-1)
    else if (event.key === 'ArrowRight') onMove(1)
    else return
    event.preventDefault()
    event.stopPropagation()
  })

  return {
    get shown() {
      return shown
    },
    get target() {
      return shownTarget
    },
    open(decision, target) {
      fill(decision, target, '…')
      panel.hidden = false
      // What the panel covers can be scrolled above it.
      document.body.classList.add('explains')
      panel.focus()
      onOpen(decision)
    },
    renew(decision, target) {
      if (shown === undefined) return
      const hadFocus = panel.contains(document.activeElement)
      // The text before stays until the new one comes, so that nothing flickers.
      if (decision === undefined) fill(shown, target, 'With the rules as they are now, no such decision is made at this time.')
      else fill(decision, target, panel.querySelector('pre')?.textContent ?? '…')
      if (hadFocus) panel.focus()
      if (decision !== undefined) onOpen(decision)
    },
    tell(decision, text) {
      const pre = panel.querySelector('pre')
      if (decision !== shown?.id || pre === null) return
      pre.replaceChildren(...(text === undefined ? ['This decision is of a replay that has been replaced.'] : toned(text)))
    },
    close,
  }
}

function markerOf({ id }: DecisionPicture): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-decision="${CSS.escape(id)}"]`)
}

/** Its headings and its truths get a tone; the text stays the text. */
function toned(text: string): readonly (Node | string)[] {
  return text.split('\n').flatMap((line): (Node | string)[] => {
    if (/^ {2}\S/.test(line) && !line.endsWith('.') && /^ {2}(From|What)\b/.test(line)) return [element('b', {}, line), '\n']
    const truth = /^(\s*)(true|false|unknown(?: \(\w+\))?)(:.*)$/.exec(line)
    if (truth === null) return [line, '\n']
    const [, indent = '', word = '', rest = ''] = truth
    return [indent, element('span', { class: `truth ${word.split(' ')[0]}` }, word), rest, '\n']
  })
}
