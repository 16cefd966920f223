/** One sentence on a file below the editor, with what can be done about it. */
import { element } from './dom.ts'

export interface Notices {
  /** `action`: what its button says and does; the notice goes with it. */
  show(file: string, sentence: string, action: readonly [label: string, act: () => void]): void
  hide(file: string): void
}

export function createNotices(host: HTMLElement): Notices {
  const hide = (file: string): void => {
    for (const shown of host.querySelectorAll<HTMLElement>('p')) if (shown.dataset.file === file) shown.remove()
    host.hidden = host.childElementCount === 0
  }
  return {
    hide,
    show(file, sentence, [label, act]) {
      hide(file)
      const button = (text: string, press: () => void): HTMLElement =>
        element(
          'button',
          {
            type: 'button',
            class: 'plain',
            click: () => {
              hide(file)
              press()
            },
          },
          text,
        )
      host.append(
        element(
          'p',
          { 'data-file': file },
          element('span', {}, sentence),
          button(label, act),
          button('Dismiss', () => {}),
        ),
      )
      host.hidden = false
    },
  }
}
