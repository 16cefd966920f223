/** Where the built page lies: beside the built program, wherever in it this code ended up, or in dist/ when it runs from source. */
import { existsSync } from 'node:fs'

/** Absent where nothing is built. */
export function builtFolder(): URL | undefined {
  return ['./', '../', '../../dist/'].map((path) => new URL(path, import.meta.url)).find((folder) => existsSync(new URL('playground/index.html', folder)))
}

/** All that is served; what is not here does not exist. */
export const assets: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/': { file: 'playground/index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { file: 'playground/page.js', type: 'text/javascript; charset=utf-8' },
  '/styles.css': { file: 'playground/styles.css', type: 'text/css; charset=utf-8' },
  '/icon.svg': { file: 'playground/icon.svg', type: 'image/svg+xml' },
}
