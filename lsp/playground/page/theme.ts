/** Light or dark: as the system says, until somebody says otherwise. The page's `data-theme` always has the answer. */
import { byId } from './dom.ts'

const key = 'scale-playground-theme'

/** `onChange`: what is drawn by hand must be drawn again. Returns what the button does. */
export function themeToggle(onChange: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const button = byId('theme')
  const root = document.documentElement
  let chosen = read()
  const isDark = (): boolean => (chosen === undefined ? system.matches : chosen === 'dark')
  const tell = (): void => {
    root.dataset.theme = isDark() ? 'dark' : 'light'
    button.setAttribute('aria-label', `${isDark() ? 'Light' : 'Dark'} colours`)
    byId('theme-name').textContent = isDark() ? 'Light' : 'Dark'
    onChange()
  }
  const toggle = (): void => {
    chosen = isDark() ? 'light' : 'dark'
    try {
      localStorage.setItem(key, chosen)
    } catch {
      // Without a store it is only for now.
    }
    tell()
  }
  button.addEventListener('click', toggle)
  system.addEventListener('change', tell)
  tell()
  return toggle
}

function read(): 'dark' | 'light' | undefined {
  try {
    const kept = localStorage.getItem(key)
    return kept === 'dark' || kept === 'light' ? kept : undefined
  } catch {
    return undefined
  }
}
