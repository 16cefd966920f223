/** The reference's pages (grammar/**.md): part of the built program, read from the folder when the sources run as they are. */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Put in by .ci/build.ts: text by path below grammar/. */
declare const SCALE_PAGES: Readonly<Record<string, string>> | undefined

let read: Readonly<Record<string, string>> | undefined

/** `diagnostics/SC1001.md`, `words/p99.md` → text. Undefined if there is no such page. */
export function page(path: string): string | undefined {
  if (typeof SCALE_PAGES !== 'undefined') return SCALE_PAGES[path]
  read ??= readAll()
  return read[path]
}

function readAll(): Readonly<Record<string, string>> {
  const folder = fileURLToPath(new URL('../../grammar/', import.meta.url))
  return Object.fromEntries(globSync('*/*.md', { cwd: folder }).map((path) => [path, readFileSync(`${folder}${path}`, 'utf8')]))
}
